"""What happened to each applicant, drawn by lot from one seed: the rows everything else follows from."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from tuoyu.cases import rules
from tuoyu.cases.plans import Plan, plan
from tuoyu.core import clock
from tuoyu.institutions import names
from tuoyu.institutions.policy import procedure_of
from tuoyu.institutions.vocabulary import Kind
from tuoyu.jurisdictions.names import place_name
from tuoyu.project.demo import words
from tuoyu.project.demo.bulk.regions import County, packs_of
from tuoyu.project.demo.bulk.variants import VARIANTS
from tuoyu.project.demo.playing import NONCONFORMING, REFUSED, Days

SEED = 20261122
YEARS = 900  # working days back that the oldest case began

# Where a case stands: share in a hundred. The first list is of those with an institution.
REGISTERED = (("done", 66), ("visit", 14), ("unfiled", 14), ("rectify", 3), ("nonconforming", 3))
OTHERS = (("first", 64), ("returned", 10), ("withdrawn", 13), ("refused", 13))
STATES = {"done": "done", "nonconforming": "refused", "rectify": "returned", "returned": "returned",
          "withdrawn": "withdrawn", "refused": "refused"}  # fmt: skip
FILINGS = {
    "done": "normal",
    "visit": "receipt_issued",
    "rectify": "rectification",
    "nonconforming": "published_nonconforming",
}
REASONS = {
    "nonconforming": NONCONFORMING,
    "refused": REFUSED,
    "withdrawn": "改租了别处场地，重新申报。（演示）",
}

# The kind of step at which a case stands (no kind: the first stage), and the state of its steps there.
STANDS = {
    "done": ("end", "approved"),
    "visit": ("verification", "active"),
    "rectify": ("verification", "defective"),
    "nonconforming": ("verification", "refused"),
    "unfiled": ("filing", "active"),
    "refused": ("registration", "refused"),
    "first": ("", "active"),
    "returned": ("", "defective"),
    "withdrawn": ("", "cancelled"),
}

CASE_COLUMNS = """
    n int, variant int, plan int, pack bigint, jurisdiction text, county text, place text, full_place text,
    authority text, course text, state text, at_stage int, at_state text, name text, contact text, address text,
    scope text, east text, north text, owner int, channel text, d_open date, d_pre date, d_reg date, d_fil date,
    d_ver date, closed date, reason text, inst int, filing text, inclusive bool, uscc text, pinyin text,
    initials text, keys text[]
"""


@dataclass(frozen=True)
class Way:
    """A plan of a pack for a variant, numbered, with the stage of each step and of each kind of step."""

    number: int
    plan: Plan
    stages: dict[str, int]

    stages_by_kind: dict[str, int]


def ways(counties: list[County]) -> dict[tuple[str, int], Way]:
    """The way of every variant under every pack, as the engine would plan it today."""
    found: dict[tuple[str, int], Way] = {}
    for pack, county in packs_of(counties).items():
        for number, (_, story) in enumerate(VARIANTS):
            facts = {"kind": story.kind, "nature": story.nature, "legal_form": story.legal_form,
                     "division_code": county.place.code, "serves_meals": story.meals}  # fmt: skip
            course = plan(procedure_of(story.kind), county.place.code, facts, clock.today())
            stages = rules.stages({step.key: step.after for step in course.steps})
            kinds = {step.kind: stages[step.key] for step in course.steps}
            found[pack, number] = Way(len(found), course, stages, kinds)
    return found


@dataclass(frozen=True)
class Fate:
    """Where one case stands and on which days it got there; days count working days before today."""

    opened: int
    pre: int
    registered: int | None
    filed: int | None
    verified: int | None
    course: str


def fates(institutions: int, cases: int, lot: random.Random) -> list[Fate]:
    """The fates of all cases, the oldest first."""
    drawn = []
    for among, count in ((REGISTERED, institutions), (OTHERS, cases - institutions)):
        courses = lot.choices([c for c, _ in among], [w for _, w in among], k=count)
        drawn += [_fate(course, lot) for course in courses]
    return sorted(drawn, key=lambda fate: -fate.opened)


def _fate(course: str, lot: random.Random) -> Fate:
    late = lot.random() < 0.1
    if course in ("done", "nonconforming", "rectify"):
        verified = lot.randint(1, 40) if course == "rectify" else lot.randint(5, YEARS - 60)
        filed = verified + lot.randint(4, 12)
    elif course == "visit":
        verified, filed = None, lot.randint(13, 20) if late else lot.randint(1, 9)
    else:
        verified = filed = None
    if filed is not None:
        registered: int | None = filed + lot.randint(1, 4)
    elif course == "unfiled":
        registered = lot.randint(6, 14) if late else lot.randint(1, 5)
    elif course == "first":
        registered = None
    else:
        registered = lot.randint(1, YEARS - 60) if course != "returned" else lot.randint(1, 20)
    opened = lot.randint(1, 15) if registered is None else registered + lot.randint(4, 12)
    pre = opened if registered is None else (opened + registered) // 2
    return Fate(opened, pre, registered, filed, verified, course)


def rows(
    size: str,
    institutions: int,
    cases: int,
    counties: list[County],
    found: dict[tuple[str, int], Way],
    days: Days,
    packs: dict[str, int],
) -> Iterator[tuple[Any, ...]]:
    """The rows of the staging table, one a case. Asks the database nothing: it is read during a COPY."""
    lot = random.Random(f"{SEED}-{size}")  # noqa: S311
    at = list(accumulate(c.weight for c in counties))
    owners = max(1, cases * 2 // 3)
    shares = [share for share, _ in VARIANTS]
    parts = _Parts()
    taken = [0] * len(counties)
    number = 0
    among_registered = frozenset(course for course, _ in REGISTERED)
    drawn = fates(institutions, cases, lot)
    places = lot.choices(range(len(counties)), cum_weights=at, k=cases)
    variants = lot.choices(range(len(VARIANTS)), shares, k=cases)
    for n, fate in enumerate(drawn):
        here, variant = places[n], variants[n]
        county, story = counties[here], VARIANTS[variant][1]
        way = found[county.pack, variant]
        registered = fate.course in among_registered
        number += registered
        brand, end = words.brand(taken[here] * 7 + here), words.ending(story.kind, story.legal_form)
        taken[here] += 1
        name = f"{county.place.name}{brand}{end}"
        pinyin, initials = parts.pinyin(county.place.name, brand, end) if registered else ("", "")
        place = county.streets[n % len(county.streets)]
        at_stage, at_state = _standing(fate, way)
        day = days.before
        filed = day(fate.filed) if fate.filed is not None else None
        reg = day(fate.registered) if fate.registered is not None else None
        ver = day(fate.verified) if fate.verified is not None else None
        family = story.kind == Kind.FAMILY_POINT
        scope = (
            "家庭托育服务" if family else "婴幼儿照护服务" if county.jurisdiction == "370402" else "托育服务"
        )
        yield (
            n, variant, way.number, packs[county.pack], county.jurisdiction, county.place.code, place,
            parts.full_place(place), county.authority, fate.course, STATES.get(fate.course, "open"), at_stage, at_state,
            name, words.person(n % owners), f"{words.ROADS[n % 10]}{n * 7 % 300 + 1}号", scope,
            f"{county.longitude + (lot.random() - 0.5) * 0.08:.6f}", f"{county.latitude + (lot.random() - 0.5) * 0.06:.6f}",
            n % owners, ("online", "online", "online", "agent", "window")[n % 5], day(fate.opened), day(fate.pre), reg,
            filed, ver, _closed(fate, reg, ver), REASONS.get(fate.course, ""), number if registered else None,
            FILINGS.get(fate.course, "none"), registered and story.inclusive and n % 4 != 0,
            words.credit_code(county.place.code, story.legal_form, number, "TW") if registered else "",
            pinyin, initials, names.keys_of(name, initials) if registered else [],
        )  # fmt: skip


def _closed(fate: Fate, reg: date | None, ver: date | None) -> date | None:
    if fate.course in ("done", "nonconforming"):
        return ver
    return reg if fate.course in ("withdrawn", "refused") else None


def _standing(fate: Fate, way: Way) -> tuple[int, str]:
    """The stage at which a case stands, and the state of its steps there."""
    kind, state = STANDS[fate.course]
    return (way.stages_by_kind.get(kind, 1) if kind != "end" else 99), state


class _Parts:
    """Pinyin and place names, each part asked once: a name's pinyin is that of its parts."""

    def __init__(self) -> None:
        self._spelled: dict[str, tuple[str, str]] = {}
        self._places: dict[str, str] = {}

    def pinyin(self, *parts: str) -> tuple[str, str]:
        found = []
        for part in parts:
            if part not in self._spelled:
                self._spelled[part] = names.pinyin_of(part)
            found.append(self._spelled[part])
        return "".join(p for p, _ in found)[:240], "".join(i for _, i in found)[:80]

    def full_place(self, code: str) -> str:
        if code not in self._places:
            self._places[code] = place_name(code)
        return self._places[code]
