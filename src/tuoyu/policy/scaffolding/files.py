"""A draft as the files of a pack: TOML, with each mark as a comment beside what it concerns."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tuoyu.jurisdictions.packs.drafts import OPEN_MARK, PLACEHOLDERS
from tuoyu.policy.scaffolding.marking import COUNTED, NAMED, only_lacks
from tuoyu.policy.scaffolding.model import Mark

LONGEST_LINE = 110
# The sections of a pack, the file each stands in and what it is called there.
SECTIONS = {
    "gap": ("pack.toml", "gap"),
    "department": ("departments.toml", "department"),
    "name_of": ("departments.toml", "name"),
    "capability": ("capabilities.toml", "capability"),
    "clause": ("clauses.toml", "clause"),
    "target": ("targets.toml", "target"),
    "duty": ("duties.toml", "duty"),
    "seat": ("conference.toml", "seat"),
    "rule": ("rules.toml", "rule"),
    "setting": ("settings.toml", "setting"),
    "procedure": ("procedures.toml", "procedure"),
    "checklist": ("checklists.toml", "checklist"),
    "paper": ("papers.toml", "paper"),
    "assessment": ("assessment.toml", "assessment"),
    "text": ("texts.toml", "text"),
    "unit": ("units.toml", "unit"),
}


def files_of(content: Mapping[str, Any], marks: Sequence[Mark] = ()) -> dict[str, str]:
    """The files of a pack, by name. Read back they give `content`; every mark stands in one of them."""
    return _Writer(content, marks).files()


def content_of(files: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The content of a pack from its parsed files: the way back from `files_of`."""
    content: dict[str, Any] = dict(files.get("pack.toml", {}))
    for section, (file, name) in SECTIONS.items():
        if file != "pack.toml" and name in files.get(file, {}):
            content[section] = files[file][name]
    return content


class _Writer:
    def __init__(self, content: Mapping[str, Any], marks: Sequence[Mark]) -> None:
        self._content = content
        self._marks = {mark.where: mark for mark in marks}

    def files(self) -> dict[str, str]:
        bodies: dict[str, list[str]] = {"pack.toml": []}
        for section, (file, name) in SECTIONS.items():
            for at, entry in enumerate(self._content.get(section, ()), 1):
                bodies.setdefault(file, []).append("\n".join(self._entry(section, name, at, entry)))
        unknown = self._unknown_units()
        if unknown:
            bodies.setdefault("departments.toml", []).extend(unknown)
        head = self._head()
        # Whatever found no place of its own is said at the top of the pack.
        bodies["pack.toml"] = ["\n".join([*map(_comment, self._marks.values()), *head]), *bodies["pack.toml"]]
        return {file: "\n\n".join(parts) + "\n" for file, parts in bodies.items() if parts}

    def _head(self) -> list[str]:
        lines = [
            f"{key} = {_value(value)}"
            for key, value in self._content.items()
            if key != "document" and key not in SECTIONS
        ]
        document = self._content.get("document")
        if document is not None:
            lines += ["", "[document]", *self._fields("document", document, without=("basis",))]
            for basis in document.get("basis", ()):
                lines += ["", "[[document.basis]]", *(f"{_key(k)} = {_value(v)}" for k, v in basis.items())]
        return lines

    def _entry(self, section: str, name: str, at: int, entry: Mapping[str, Any]) -> list[str]:
        named = entry.get(NAMED[section]) if section in NAMED else at
        where = f"{section} {named}" if section in NAMED or section in COUNTED else ""
        lines = [f"[[{name}]]"]
        if section == "name_of":
            lines = [*(_comment(mark) for mark in self._of_forms(entry)), *lines]
        return lines + self._fields(where, entry, table=name)

    def _fields(
        self, where: str, entry: Mapping[str, Any], *, table: str = "", without: Sequence[str] = ()
    ) -> list[str]:
        lines: list[str] = []
        inner: list[str] = []
        for key, value in entry.items():
            if key in without:
                continue
            mark = self._marks.pop(f"{where} {key}", None) if where else None
            # A placeholder is a mark by itself.
            if mark and not (value in PLACEHOLDERS and only_lacks(mark.message)):
                lines.append(_comment(mark))
            if table and isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
                for item in value:
                    inner += [
                        "",
                        f"[[{table}.{_key(key)}]]",
                        *self._fields("", item, table=f"{table}.{_key(key)}"),
                    ]
            else:
                lines.append(f"{_key(key)} = {_value(value)}")
        rest = [
            where_ for where_, mark in self._marks.items() if where and where_.rpartition(" ")[0] == where
        ]
        lines += [_comment(self._marks.pop(where_)) for where_ in rest]
        return lines + inner

    def _of_forms(self, entry: Mapping[str, Any]) -> Iterable[Mark]:
        for form in entry.get("forms", ()):
            if mark := self._marks.pop(f"department {form} key", None):
                yield mark

    def _unknown_units(self) -> list[str]:
        """Units without a department: the entry a person completes stands ready, but commented out."""
        found = [mark for mark in self._marks.values() if mark.kind == "department"]
        for mark in found:
            self._marks.pop(mark.where)
        return [
            "\n".join(
                [
                    _comment(m),
                    "# [[name]]",
                    '# key = ""',
                    f"# forms = [{_value(m.id)}]",
                    f"# display = {_value(m.id)}",
                ]
            )
            for m in found
        ]


def _comment(mark: Mark) -> str:
    said = "".join(char if char.isprintable() else " " for char in mark.message)
    return f"# {OPEN_MARK}{said}"


def _key(key: str) -> str:
    return key if key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key) else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items()) + " }" if value else "{}"
        )
    if isinstance(value, (list, tuple)):
        return _list([_value(item) for item in value])
    # A JSON string is a TOML string but for one character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(items: Sequence[str]) -> str:
    line = "[" + ", ".join(items) + "]"
    # Han characters are two columns wide on a page; a long list breaks after each element.
    if len(line) <= LONGEST_LINE:
        return line
    return "[\n" + "".join(f"  {item},\n" for item in items) + "]"
