"""The fields of each kind of part: what they are called, and what may be written into them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.core.problems import Problem, Refused
from tuoyu.jurisdictions.packs.drafts import TO_FILL, TO_SUMMARISE, UNKNOWN_KEY

LONG, SHORT = 2000, 120
MOST_ROWS = 60
_KEY = re.compile(r"([a-z][a-z0-9_]*(\.[a-z0-9_]+)*)?")
KINDS = {"section": "部分", "subsection": "小节", "item": "条目", "paragraph": "段落"}
COMPARATORS = {
    ">=": "不少于", ">": "超过", "=": "等于", "<=": "不超过", "<": "少于", "between": "在两数之间",
    "reached": "达到（不计数）",
}  # fmt: skip
PERIODS = {
    "": "不重复", "year": "每年", "half_year": "每半年", "quarter": "每季度", "month": "每月", "week": "每周",
}  # fmt: skip
ROLES = {
    "convenor": "召集人", "deputy_convenor": "副召集人", "lead": "牵头", "member": "成员", "office": "办公室",
}  # fmt: skip
SECTIONS = {
    "head": "文件信息",
    "departments": "部门叫法",
    "clause": "条款",
    "target": "目标",
    "duty": "部门职责",
    "seat": "联席会议席位",
    "gap": "文件没有写明的",
    "setting": "本地设定",
    "rule": "规则",
    "procedure": "办事流程",
    "checklist": "核查表",
    "paper": "申请材料",
    "assessment": "评估标准",
    "text": "文书",
}


class Wrong(ValueError):
    """A value that may not be written; the message is for the person."""


@dataclass(frozen=True)
class Field:
    """A field: what it is called, how a value is taken, and what stands for nothing written yet."""

    label: str
    take: Callable[[Any], Any]
    needed: bool = False
    blank: str = ""


def _text(most: int) -> Callable[[Any], str]:
    def take(value: Any) -> str:
        if not isinstance(value, str):
            raise Wrong("应为文字。")
        plain = re.sub(r"[^\S\n]+", " ", value.replace("\r\n", "\n")).strip()
        if any(not (char.isprintable() or char == "\n") for char in plain):
            raise Wrong("含有无法保存的字符，请去掉。")
        if len(plain) > most:
            raise Wrong(f"最多 {most} 个字，现在有 {len(plain)} 个。")
        return plain if most == LONG else plain.replace("\n", "")

    return take


def _names(value: Any) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_ROWS:
        raise Wrong(f"应为列表，最多 {MOST_ROWS} 行。")
    return list(dict.fromkeys(name for name in map(_text(SHORT), value) if name))


def _choice(options: Mapping[str, str]) -> Callable[[Any], str]:
    def take(value: Any) -> str:
        if value not in options:
            raise Wrong(f"可以选的是：{'、'.join(options.values())}。")
        return str(value)

    return take


def _key(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 80 or not _KEY.fullmatch(value):
        raise Wrong("只能用小写英文字母、数字、下划线和点，以字母开头，例如 demo.institutions。")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong("应为是或否。")
    return value


def _number(value: Any) -> float | int | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e12:
        raise Wrong("应为数字。")
    return int(value) if value == int(value) else value


def _day(value: Any) -> str | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise Wrong("应为日期，例如 2026-12-31。") from None


def _basis(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > MOST_ROWS or not all(isinstance(v, dict) for v in value):
        raise Wrong("应为依据文件的列表，每份写标题和文号。")
    rows = [{name: _text(SHORT)(row.get(name, "")) for name in ("title", "number")} for row in value]
    return [{name: words for name, words in row.items() if words} for row in rows if row["title"]]


def _slug(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{1,40}", value):
        raise Wrong("只能用小写英文字母，例如 nanjing。")
    return value


_NAME, _WORDS = _text(SHORT), _text(LONG)
FIELDS: dict[str, dict[str, Field]] = {
    "head": {
        "title": Field("标题", _NAME, blank=TO_FILL),
        "number": Field("文号", _NAME),
        "issuer": Field("发文机关", _NAME),
        "date": Field("成文日期", _day),
        "kind": Field("文种", _NAME),
        "basis": Field("依据的文件", _basis),
        "note": Field("备注", _text(500)),
        "name": Field("地方的名称", _NAME, needed=True),
        "slug": Field("拼音简称", _slug, needed=True),
    },
    "clause": {
        "id": Field("编号", _text(40), needed=True),
        "kind": Field("层级", _choice(KINDS), needed=True),
        "heading": Field("标题", _NAME, blank=TO_SUMMARISE),
        "summary": Field("摘要", _WORDS, blank=TO_SUMMARISE),
        "lead": Field("牵头单位", _names),
        "responsible": Field("责任单位", _names),
        "default_responsible": Field("统一加上的单位", _names),
        "capabilities": Field("对应的平台能力", _names),
        "declaratory": Field("宣示性条款", _flag),
    },
    "target": {
        "clause": Field("出自条款", _text(40), needed=True),
        "text": Field("摘要", _WORDS, blank=TO_SUMMARISE),
        "indicator": Field("指标", _key, needed=True),
        "comparator": Field("比较", _choice(COMPARATORS), needed=True),
        "value": Field("数值", _number),
        "value_max": Field("上限", _number),
        "unit": Field("单位", _NAME),
        "deadline": Field("期限", _day),
        "period": Field("周期", _choice(PERIODS)),
        "scope": Field("范围", _NAME),
        "note": Field("说明", _text(500)),
    },
    "duty": {
        "department": Field("单位", _NAME, needed=True),
        "key": Field("对应部门", _key, blank=UNKNOWN_KEY),
        "summary": Field("职责摘要", _WORDS, blank=TO_SUMMARISE),
    },
    "seat": {
        "role": Field("席位", _choice(ROLES), needed=True),
        "post": Field("职务或单位", _NAME, needed=True),
        "key": Field("对应部门", _key),
    },
    "gap": {
        "clause": Field("条款", _text(40), needed=True),
        "department": Field("部门", _key),
        "note": Field("没有写明什么", _WORDS, blank=TO_FILL),
    },
    "setting": {
        "key": Field("事项", _key, needed=True),
        "division": Field("地方", _text(9), needed=True),
        "value": Field("决定", _NAME, needed=True),
        "effective_from": Field("生效日期", _day),
        "note": Field("依据", _text(500), blank=TO_FILL),
    },
}  # fmt: skip


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value == "" or value == []


def label_of(section: str, field: str) -> str:
    """What a field is called."""
    found = FIELDS.get(section, {}).get(field)
    return found.label if found else {"units": "单位对应的部门", "": ""}.get(field, field)


def taken(section: str, given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is written into a part: `given` over what stood there `before`, tidied.

    Refused with every field that is wrong. What is left empty goes, or says that it is still to be written.
    """
    fields = FIELDS.get(section)
    if fields is None:
        raise Refused(f"{SECTIONS.get(section, section)}不能在这里改。")
    problems = [
        Problem(f"没有字段 {name}。", page=section, field=name) for name in given if name not in fields
    ]
    data = dict(before or {})
    for name, field in fields.items():
        if name not in given:
            continue
        try:
            value = field.take(given[name])
        except Wrong as wrong:
            problems.append(Problem(f"{field.label}：{wrong}", page=section, field=name))
            continue
        data.pop(name, None)
        if not _is_nothing(value):
            data[name] = value
    for name, field in fields.items():
        if field.needed and not data.get(name) and name not in {p.field for p in problems}:
            problems.append(Problem(f"请填写{field.label}。", page=section, field=name))
        elif field.blank:
            data.setdefault(name, field.blank)
    if problems:
        raise Refused(problems)
    return data
