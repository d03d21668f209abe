"""What a person must look at, collected while a draft is made or found again in a corrected one."""

from collections.abc import Mapping
from typing import Any

from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.packs.drafts import TO_FILL, TO_SUMMARISE, UNKNOWN_KEY
from tuoyu.jurisdictions.packs.schema import Department, DepartmentName
from tuoyu.jurisdictions.vocabulary import Vocabulary
from tuoyu.policy.reading.model import Reading
from tuoyu.policy.scaffolding.knowledge import knowledge_for
from tuoyu.policy.scaffolding.model import Mark

# The sections whose entries have no name of their own are counted; the others go by it.
COUNTED = ("target", "duty", "seat", "gap")
NAMED = {"clause": "id", "setting": "key"}
NO_DEPARTMENT = "还不知道是哪个部门。"
_WORDS = {"heading": "标题", "summary": "摘要", "text": "摘要", "note": "说明", "title": "标题"}


class Marks:
    """Marks in the order they were made; a field is marked once."""

    def __init__(self) -> None:
        self._marks: dict[str, Mark] = {}

    def add(self, where: str, message: str) -> None:
        """Mark a field."""
        self._marks.setdefault(where, Mark(where, " ".join(message.split())))

    def all(self) -> tuple[Mark, ...]:
        """Every mark made."""
        return tuple(self._marks.values())


def marks_of(
    content: Mapping[str, Any], reading: Reading | None = None, *, packs: Mapping[str, Pack] | None = None
) -> tuple[Mark, ...]:
    """What still lacks in a draft somebody has worked on, as far as its content shows.

    These are the words and facts left open, the units nobody knows and, where the reading is given, its
    clauses that the draft lost. That a proposal was looked at cannot be seen in it.
    """
    marks = Marks()
    missing_words(content, marks)
    _unknown_units(content, knowledge_for(str(content["code"]), packs).line, marks)
    if reading is not None:
        kept = {clause["id"] for clause in content.get("clause", ())}
        for clause in reading.clauses:
            if clause.id not in kept:
                marks.add(f"clause {clause.id} id", f"读出的条款 {clause.id} 不在草稿里。")
    return marks.all()


def only_lacks(message: str) -> bool:
    """Whether a mark says no more than that something is missing; it is settled when that is there."""
    return "待概括：" in message or message.endswith("待填写。") or message == NO_DEPARTMENT


def missing_words(content: Mapping[str, Any], marks: Marks) -> None:
    """Mark every word and fact left open, and every department nobody could name."""
    document = content.get("document") or {}
    for field, value in document.items():
        if value in (TO_SUMMARISE, TO_FILL):
            marks.add(f"document {field}", f"{_WORDS.get(field, field)}待填写。")
    for section in (*NAMED, *COUNTED):
        for at, entry in enumerate(content.get(section, ()), 1):
            where = f"{section} {entry[NAMED[section]] if section in NAMED else at}"
            for field, value in entry.items():
                if value == TO_SUMMARISE:
                    marks.add(
                        f"{where} {field}", f"{_WORDS.get(field, field)}待概括：用自己的话写，不要抄原句。"
                    )
                elif value == TO_FILL:
                    marks.add(f"{where} {field}", f"{_WORDS.get(field, field)}待填写。")
                elif value == UNKNOWN_KEY and field == "key":
                    marks.add(f"{where} key", NO_DEPARTMENT)


def _unknown_units(content: Mapping[str, Any], line: tuple[Pack, ...], marks: Marks) -> None:
    own = Pack.model_construct(
        name_of=tuple(DepartmentName.model_construct(**entry) for entry in content.get("name_of", ())),
        department=tuple(Department.model_construct(**entry) for entry in content.get("department", ())),
    )
    known = Vocabulary.of((own, *line))
    written = [
        unit
        for clause in content.get("clause", ())
        for column in ("lead", "responsible", "default_responsible")
        for unit in clause.get(column, ())
    ]
    written += [duty["department"] for duty in content.get("duty", ())]
    for unit in dict.fromkeys(written):
        if known.key_of(unit) is None:
            marks.add(f"department {unit} key", f"词汇表里没有“{unit}”：归入已有部门，或新写一个部门。")
