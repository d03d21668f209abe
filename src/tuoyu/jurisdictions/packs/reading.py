"""From a folder of TOML files to packs, with every mistake found at its file and line."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tuoyu.jurisdictions.packs.checks import check
from tuoyu.jurisdictions.packs.drafts import is_draft, open_marks
from tuoyu.jurisdictions.packs.positions import Path as Place
from tuoyu.jurisdictions.packs.positions import line_of, positions
from tuoyu.jurisdictions.packs.schema import FILES, DepartmentsFile, Entry, Pack

LARGEST_FILE = 512 * 1024
DEEPEST = 32
FILE_OF = {
    "department": "departments.toml",
    "name_of": "departments.toml",
    "capability": "capabilities.toml",
    "clause": "clauses.toml",
    "target": "targets.toml",
    "duty": "duties.toml",
    "seat": "conference.toml",
    "rule": "rules.toml",
    "setting": "settings.toml",
    "procedure": "procedures.toml",
    "checklist": "checklists.toml",
    "paper": "papers.toml",
    "assessment": "assessment.toml",
    "text": "texts.toml",
    "unit": "units.toml",
    "watch": "alerts.toml",
}


@dataclass(frozen=True, order=True)
class PackError:
    """One mistake in a pack: where it stands, and what is wrong and how to mend it."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class PacksInvalid(Exception):
    """The packs cannot be used; `errors` holds every mistake found."""

    def __init__(self, errors: Iterable[PackError]) -> None:
        self.errors = sorted(set(errors))
        super().__init__("\n".join(map(str, self.errors)))


@dataclass
class Source:
    """The files of one pack: what they are called and where everything in them stands."""

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)
    in_place: bool = True
    marks: list[PackError] = field(default_factory=list)
    _lines: dict[str, dict[Place, int]] = field(default_factory=dict)

    def error(self, file: str, path: Place, message: str) -> PackError:
        """A mistake at `path` of `file`."""
        return PackError(f"{self.folder.name}/{file}", line_of(self._lines_of(file), path), message)

    def _lines_of(self, file: str) -> dict[Place, int]:
        """Asked for only where something is wrong: most files are right."""
        if file in self.texts and file not in self._lines:
            self._lines[file] = positions(self.texts[file])
        return self._lines.get(file, {})

    def at(self, path: Place, message: str) -> PackError:
        """A mistake at a path of the whole pack, such as ("step", 3, "after")."""
        section = cast(str, path[0])
        inside = ("name" if section == "name_of" else section, *path[1:])
        return self.error(FILE_OF.get(section, "pack.toml"), inside, message)


@dataclass
class Reading:
    """What was read from a folder of packs."""

    packs: dict[str, Pack] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    errors: list[PackError] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)


def read_packs(root: Path, *, drafts: bool = True, also: Path | None = None) -> Reading:
    """Read every pack below `root` and check it, alone and against the others.

    With `drafts` false a pack that still waits for a person is only named. `also` is one more pack, which
    lies elsewhere; it stands in the place of one of the same code.
    """
    reading = Reading()
    folders = sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []
    if not folders:
        reading.errors.append(PackError(str(root), 1, "这里没有政策包：应有 cn 和各辖区的文件夹"))
    if also is not None and also.resolve() not in {folder.resolve() for folder in folders}:
        folders.insert(0, also)
    for folder in folders:
        if not drafts and is_draft(folder):
            reading.drafts.append(folder.name)
            continue
        pack, source, errors = _read_pack(folder)
        reading.errors += errors
        if pack is None:
            continue
        if pack.code in reading.packs and not reading.sources[pack.code].in_place:
            continue
        if pack.code in reading.packs:
            reading.errors.append(source.at(("code",), f"代码 {pack.code} 已被另一个政策包使用"))
            continue
        source.in_place = folder != also
        reading.packs[pack.code], reading.sources[pack.code] = pack, source
    complete = not reading.errors
    reading.errors += check(reading, complete=complete)
    reading.errors += [mark for source in reading.sources.values() for mark in source.marks]
    reading.errors = sorted(set(reading.errors))
    return reading


def _read_pack(folder: Path) -> tuple[Pack | None, Source, list[PackError]]:
    source = Source(folder)
    errors: list[PackError] = []
    content: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.suffix in (".md", ".txt"):
            continue
        if path.name not in FILES:
            known = "、".join(FILES)
            errors.append(source.error(path.name, (), f"不认识的文件，政策包里可以有：{known}"))
            continue
        parsed, found = _read_file(path, source)
        errors += found
        if parsed is not None:
            content |= _sections(parsed)
    if "code" not in content and not errors:
        errors.append(source.error("pack.toml", (), "缺少 pack.toml：先写 code、slug、name、level"))
    if errors:
        return None, source, errors
    return Pack.model_validate_json(json.dumps(content)), source, errors


def _sections(parsed: Entry) -> dict[str, Any]:
    content = parsed.model_dump(mode="json", exclude_unset=True)
    if isinstance(parsed, DepartmentsFile) and "name" in content:
        content["name_of"] = content.pop("name")
    return content


def _read_file(path: Path, source: Source) -> tuple[Entry | None, list[PackError]]:
    """One file, parsed and validated; or the mistakes in it."""
    raw, problem = _raw(path)
    if problem:
        return None, [source.error(path.name, (), problem)]
    try:
        tree = tomllib.loads(raw)
        if _depth(tree) > DEEPEST:
            raise RecursionError
        text = json.dumps(tree, default=_iso, allow_nan=False)
    except tomllib.TOMLDecodeError as error:
        line, message = _syntax(error, raw)
        return None, [PackError(f"{path.parent.name}/{path.name}", line, f"不是正确的 TOML：{message}")]
    except RecursionError:
        return None, [source.error(path.name, (), f"嵌套过深：最多 {DEEPEST} 层，政策包用不到更多")]
    except ValueError:
        return None, [source.error(path.name, (), "含有无法使用的数：不能写 nan、inf 或过长的整数")]
    source.texts[path.name] = raw
    source.marks += [
        PackError(f"{path.parent.name}/{path.name}", line, f"还有待核：{said}核对后删去这一行注释")
        for line, said in open_marks(raw)
    ]
    try:
        return FILES[path.name].model_validate_json(text), []
    except ValidationError as invalid:
        return None, [_explained(e, path.name, source, tree) for e in invalid.errors()]


def _raw(path: Path) -> tuple[str, str]:
    if path.is_symlink() or not path.is_file():
        return "", "不是普通文件，请换成文件本身"
    if path.stat().st_size > LARGEST_FILE:
        return "", f"文件过大：最多 {LARGEST_FILE // 1024} KiB，政策包只放条款和数值"
    try:
        return path.read_bytes().decode().replace("\r\n", "\n"), ""
    except UnicodeDecodeError:
        return "", "不是 UTF-8 文本，请另存为 UTF-8"


def _depth(tree: Any) -> int:
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        if deepest > DEEPEST:
            break
        inner = [v for x in level for v in (x.values() if isinstance(x, dict) else x)]
        level = [v for v in inner if isinstance(v, (dict, list))]
    return deepest


def _iso(value: Any) -> str:
    return str(value.isoformat())


def _syntax(error: tomllib.TOMLDecodeError, raw: str) -> tuple[int, str]:
    message = str(error)
    where = message.rpartition("(at ")[2].rstrip(")")
    if where.startswith("line "):
        return int(where.split()[1].rstrip(",")), message.partition(" (at ")[0]
    return raw.count("\n") + 1, message.partition(" (at ")[0]


def _explained(error: ErrorDetails, file: str, source: Source, tree: Any) -> PackError:
    """One mistake that pydantic found, in words, at its line."""
    path, message = explained(error, tree)
    return source.error(file, path, message)


def explained(error: ErrorDetails, tree: Any) -> tuple[Place, str]:
    """Where in `tree` a mistake stands that pydantic found, and what it is in words."""
    name = str(error["loc"][-1]) if error["loc"] else ""
    return _real(error["loc"], tree), _words(error, name)


def _real(loc: tuple[str | int, ...], tree: Any) -> Place:
    """The part of `loc` that exists in the file: pydantic adds the names of the types it tried."""
    path: list[str | int] = []
    for part in loc:
        keyed = isinstance(tree, dict) and part in tree
        listed = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if keyed or listed:
            tree = tree[part]
            path.append(part)
    return tuple(path)


def _words(error: ErrorDetails, name: str) -> str:
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    shown = json.dumps(given, ensure_ascii=False, default=str)[:60]
    said = {
        "missing": f"缺少 {name}",
        "extra_forbidden": f"不认识的键 {name}，请核对拼写或删去",
        "literal_error": f"{name} 的取值 {shown} 不对，应为 {context.get('expected', '')}".replace(
            " or ", " 或 "
        ),
        "string_pattern_mismatch": f"{name} 的写法 {shown} 不对，应符合 {context.get('pattern', '')}",
        "string_too_short": f"{name} 不能为空",
        "too_short": f"{name} 不能为空",
        "string_too_long": f"{name} 过长：最多 {context.get('max_length', '')} 个字",
        "value_error": str(context.get("error", "")),
    }.get(kind)
    if said:
        return said
    if kind.startswith("date"):
        return f"{name} 不是正确的日期：{shown}，请写成 2020-12-30"
    if kind.endswith("_type"):
        return f"{name} 的类型不对：{shown}，应为{_TYPES.get(kind, kind.removesuffix('_type'))}"
    return f"{name} 不对（{shown}）：{error['msg']}"


_TYPES = {
    "string_type": "文字（加引号）",
    "int_type": "整数",
    "float_type": "数",
    "bool_type": " true 或 false",
    "tuple_type": '列表，如 ["…"]',
    "model_type": "表，如 [[…]] 或 { … }",
    "dict_type": "表，如 { … }",
}
