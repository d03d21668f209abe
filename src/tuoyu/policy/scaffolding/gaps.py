"""What a document leaves open, as far as it can be counted."""

from collections.abc import Iterable, Sequence
from typing import Any

from tuoyu.policy.reading.model import Reading
from tuoyu.policy.scaffolding.units import Units

Clauses = Sequence[dict[str, Any]]
# Nobody gives these a duty of their own in an annex.
_WITHOUT_DUTY = ("lower_government", "joint_conference")


def gaps_of(
    reading: Reading, clauses: Clauses, duties: Sequence[dict[str, Any]], units: Units
) -> list[dict[str, Any]]:
    """The gaps of a draft: an annex that is missing, clauses and departments left out."""
    if not clauses:
        return []
    gaps = []
    if any("职责分工附件" in warning for warning in reading.warnings):
        gaps.append({"clause": clauses[-1]["id"], "note": "正文提到职责分工附件，所得文本没有它的内容。"})
    return [*gaps, *_without_units(clauses), *_without_duty(clauses, duties, units)]


def _without_units(clauses: Clauses) -> Iterable[dict[str, Any]]:
    """Clauses nobody answers for while others beside them have somebody."""
    groups_with_units = {_group(clause) for clause in clauses if _has_units(clause)}
    for clause in clauses:
        ordering = not clause.get("declaratory") and clause["kind"] in ("item", "subsection")
        if ordering and not _has_units(clause) and _group(clause) in groups_with_units:
            yield {"clause": clause["id"], "note": "这一条没有写责任单位，同组的其他条写了。"}


def _without_duty(
    clauses: Clauses, duties: Sequence[dict[str, Any]], units: Units
) -> Iterable[dict[str, Any]]:
    """Departments with tasks in the clauses and no duty in the annex."""
    if not duties:
        return
    first: dict[str, str] = {}
    for clause in clauses:
        for unit in (*clause["lead"], *clause["responsible"]):
            key = units.of(unit).key
            if key and key not in _WITHOUT_DUTY:
                first.setdefault(key, clause["id"])
    with_duty = {duty["key"] for duty in duties}
    for key in (key for key in first if key not in with_duty):
        note = f"{units.name(key)}在条款里有任务，职责分工里却没有它。"
        yield {"clause": first[key], "department": key, "note": note}


def _has_units(clause: dict[str, Any]) -> bool:
    return bool(clause["lead"] or clause["responsible"])


def _group(clause: dict[str, Any]) -> str:
    return str(clause["id"]).rpartition(".")[0]
