"""What stands against adopting a draft: marks nobody settled and everything the pack's checks find."""

import re
from collections.abc import Iterable, Sequence

from tuoyu.core.problems import Problem
from tuoyu.jurisdictions.packs.content import Fault
from tuoyu.policy.drafting.changes import title_of
from tuoyu.policy.drafting.fields import SECTIONS, label_of
from tuoyu.policy.drafting.marks import Noted
from tuoyu.policy.drafting.parts import Part, Whole

# The checks speak of files and keys; a page speaks of its own parts.
_SAID = (
    (re.compile(r"词汇表里没有“(.*?)”.*"), r"“\1”还没有对应的部门，请在“部门叫法”里为它选一个。"),
    (re.compile(r"不认识的部门 (\S+)：.*"), r"没有部门 \1，请另选一个。"),
    (re.compile(r"本文件没有条款 (.+?)：.*"), r"本文件没有编号为“\1”的条款，请改成已有的编号。"),
    (re.compile(r"条款编号 (.+?) 重复.*"), r"编号“\1”有两条，请改一个或删去一条。"),
    (re.compile(r"不认识的能力 (\S+)：.*"), r"没有平台能力 \1，请另选。"),
    (
        re.compile(r"有两个登记机关.*没有生效的设定 (\S+?)：.*"),
        r"有两个登记机关可选，请添加一条本地设定 \1。",
    ),
    (re.compile(r"设定 (\S+) 的值 .*"), r"本地设定 \1 选的部门不在可选的登记机关里，请另选。"),
    (re.compile(r"宣示性条款不对应能力：.*"), "宣示性条款不对应平台能力：去掉“宣示性条款”的勾，或不选能力。"),
    (re.compile(r"comparator 为 between 时.*"), "比较选了“在两数之间”，请同时填写数值和上限。"),
    (re.compile(r"写了比较符就要写 value.*"), "请填写数值；只有期限没有数量的，比较选“达到”。"),
    (re.compile(r"value_max 只在.*"), "上限只在比较为“在两数之间”时填写。"),
    (re.compile(r".*还是“待(?:概括|填写)”.*|.*还没有定：部门代码见.*"), "还没有填写。"),
)
# Where a file would be mended is of no use to who sees none.
_FILES = re.compile(r"：[^：]*(?:\.toml|packs/).*")


def problems_of(
    whole: Whole, parts: Iterable[Part], faults: Sequence[Fault], marks: Iterable[Noted]
) -> list[Problem]:
    """Every problem with the part (`page`) and the field it stands at; no field is told of twice."""
    by_key = {part.key: part for part in parts}
    found: dict[tuple[str, str, str], Problem] = {}
    marked: set[tuple[str, str]] = set()
    for mark in marks:
        field = "units" if mark.unit else mark.field
        message = f"{_where(by_key[mark.key])}：{mark.message}"
        found[mark.key, field, mark.unit] = Problem(message, page=mark.key, field=field)
        marked.add((mark.key, field))
    for fault in faults:
        key, field = whole.part_at(fault.path)
        if (key, field) in marked:
            continue
        part = by_key[key]
        told = _said(fault.message, label_of(part.section, field), field)
        found.setdefault((key, field, told), Problem(f"{_where(part)}：{told}", page=key, field=field))
    order = {key: at for at, key in enumerate(by_key)}
    return sorted(found.values(), key=lambda problem: order[problem.page])


def _where(part: Part) -> str:
    name = SECTIONS[part.section]
    title = title_of(part)
    return name if title == name else f"{name} {title}"


def _said(message: str, label: str, field: str) -> str:
    for pattern, words in _SAID:
        if pattern.fullmatch(message):
            told = pattern.sub(words, message)
            return f"{label}{told}" if told == "还没有填写。" else told
    if field and re.match(rf"(?:缺少 )?{re.escape(field)}\b", message):
        return re.sub(rf"^(缺少 )?{re.escape(field)} ?", rf"\1{label}", message, count=1)
    return _FILES.sub("。", message)
