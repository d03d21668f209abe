"""What an office states when it records a bar, and whether all of it can be right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from tuoyu.core import clock, identifiers
from tuoyu.core.problems import Problem, Refused
from tuoyu.workforce.vocabulary import BarGround, BarKind, BarRole


@dataclass(frozen=True)
class BarGiven:
    """A bar as the office that records it states it."""

    name: str
    identity: str
    kind: str
    role: str
    ground: str
    document: str
    number: str
    decided_on: date
    authority: str


LABELS = {
    "name": "姓名",
    "kind": "种类",
    "role": "责任",
    "ground": "事由",
    "document": "决定文书名称",
    "number": "文号",
    "authority": "作出决定的机关",
}
LONGEST = {"name": 60, "document": 120, "number": 80, "authority": 120}
CHOICES = {"kind": BarKind, "role": BarRole, "ground": BarGround}


def checked(given: BarGiven, sources: Mapping[str, str]) -> str:
    """The identity number, if everything stated can be right; Refused with all that cannot.

    `sources` says for each kind of bar where its rule stands.
    """
    wrong: list[Problem] = []
    identity = ""
    try:
        identity = identifiers.identity_number(given.identity, field="identity").number
    except Refused as refusal:
        wrong += refusal.problems
    wrong += [*_unwritten(given), *_unfit(given, sources)]
    if wrong:
        raise Refused(wrong)
    return identity


def _unwritten(given: BarGiven) -> Iterator[Problem]:
    for field, longest in LONGEST.items():
        if not getattr(given, field).strip():
            yield Problem(f"请填写{LABELS[field]}。", field=field)
        elif len(getattr(given, field)) > longest:
            yield Problem(f"{LABELS[field]}不能超过{longest}个字。", field=field)
    for field, choices in CHOICES.items():
        if getattr(given, field) not in choices.values:
            yield Problem(f"请选择{LABELS[field]}。", field=field)


def _unfit(given: BarGiven, sources: Mapping[str, str]) -> Iterator[Problem]:
    if given.decided_on > clock.today():
        yield Problem("决定日期不能晚于今天。", field="decided_on")
    source = sources.get(given.kind, "")
    if given.kind == BarKind.LIFETIME and given.ground != BarGround.ABUSE:
        yield Problem("终身不得从业只能依据虐待婴幼儿的决定。", field="ground", source=source)
    if given.kind == BarKind.RECORD and given.role != BarRole.PERPETRATOR:
        yield Problem("违法犯罪记录只能记在本人名下。", field="role", source=source)
