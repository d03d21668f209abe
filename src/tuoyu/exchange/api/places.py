"""Jurisdictions and their documents, rules in force on a day, divisions, working days, local settings."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tuoyu.core import clock, workdays
from tuoyu.core.access import actor_of
from tuoyu.core.kernel_permissions import EDIT_WORKDAYS
from tuoyu.core.models import WorkdayOverride
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Asked, Code, Day, Given, PageAsked, PageOf, Reason, Told, page_of
from tuoyu.jurisdictions import actions, coverage, names, queries, shown
from tuoyu.jurisdictions.models import Division, DivisionSetting
from tuoyu.jurisdictions.packs.schema import Pack
from tuoyu.jurisdictions.permissions import DECIDE_SETTING, VIEW_SETTINGS
from tuoyu.jurisdictions.rulebook import RuleBook
from tuoyu.policy import indicators
from tuoyu.policy import queries as policy

router = Router(tags=["jurisdictions"])

POLICY = public("policy documents are public")
PLACES = public("the division table is public")
CALENDAR = public("the calendar is public")
PackCode = Annotated[str, Path(pattern=r"^(?:cn|[0-9]{6})$", description="a pack's code, or cn")]
MOST_DAYS = 400


class Jurisdiction(Told):
    """A jurisdiction whose document the program follows."""

    code: str
    name: str
    level: str
    title: str
    number: str
    clauses: int
    targets: int


class Clause(Told):
    """A clause, the units that answer for it, and whether it works here."""

    id: str
    kind: str
    heading: str
    summary: str
    lead: list[str]
    responsible: list[str]
    default_responsible: list[str]
    departments: list[str]
    capabilities: list[str]
    state: str


class MeasuredTold(Told):
    """What the platform's records say of a target on a day: so many of so many."""

    numerator: int
    denominator: int
    percent: float | None
    on: date
    reached: bool | None


class Target(Told):
    """Something promised, with its measure and its day; `measured` is null where it cannot be computed."""

    clause: str
    indicator: str
    comparator: str
    value: Any
    value_max: Any
    unit: str | None
    deadline: str | None
    period: str | None
    scope: str | None
    measured: MeasuredTold | None


class Rule(Told):
    """A rule in force, its source, and what another document says instead."""

    key: str
    name: str
    value: Any
    unit: str
    clause: str
    document: str
    number: str
    source: str
    force: str
    confidence: str
    jurisdiction: str
    effective_from: date | None
    effective_to: date | None
    note: str
    conflicts: list[dict[str, Any]]


class Place(Told):
    """A division of today."""

    code: str
    level: str
    name: str
    full_name: str
    parent: str
    abolished: bool


class Workday(Told):
    """A day of the office's calendar; provisional as long as its year is not published."""

    date: date
    is_workday: bool
    provisional: bool


class Deadline(Told):
    """The last day of a period."""

    on: date
    provisional: bool


class Setting(Told):
    """What a division decided where a document leaves a choice."""

    id: int
    division_code: str
    key: str
    value: Any
    effective_from: date | None
    effective_to: date | None
    basis: str
    decided_by: str


# ---------------------------------------------------------------- documents and rules


def _pack(code: str) -> Pack:
    try:
        digest = queries.version_at("" if code == queries.NATIONAL else code).digest
    except queries.PackMissing:
        raise Http404 from None
    pack = queries.pack_of(digest)
    if pack.code != code:
        raise Http404
    return pack


def _shown(code: str) -> dict[str, Any]:
    pack = _pack(code)
    digest = queries.version_at("" if code == queries.NATIONAL else code).digest
    return shown.shown(pack, names.vocabulary_of(digest), coverage.outcomes())


@operation(router, "GET", "/jurisdictions", door=POLICY, ok=list[Jurisdiction])
def jurisdictions(request: HttpRequest) -> Any:
    """Every jurisdiction with a document of its own."""
    return [
        {
            "code": pack.code,
            "name": pack.name,
            "level": pack.level,
            "title": pack.title,
            "number": pack.document.number if pack.document else "",
            "clauses": len(pack.clause),
            "targets": len(pack.target),
        }
        for pack in queries.jurisdictions()
    ]


@operation(router, "GET", "/jurisdictions/{code}/clauses", door=POLICY, ok=list[Clause])
def clauses(request: HttpRequest, code: PackCode) -> Any:
    """Every clause of a document, in its own order and numbering."""
    return _shown(code)["clauses"]


@operation(router, "GET", "/jurisdictions/{code}/targets", door=POLICY, ok=list[Target])
def targets(request: HttpRequest, code: PackCode) -> Any:
    """Every quantified or dated target of a document, and where it stands today."""
    told = _shown(code)["targets"]
    actor, today = actor_of(request), clock.today()
    found = [indicators.standing_of(target, code, actor, today) for target in _pack(code).target]
    return [one | {"measured": _measured(where)} for one, where in zip(told, found, strict=True)]


def _measured(standing: indicators.Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    found = standing.measured
    said = {"numerator": found.numerator, "denominator": found.denominator, "percent": found.percent}
    return said | {"on": found.on, "reached": standing.reached}


@operation(router, "GET", "/rules", door=POLICY, ok=list[Rule])
def rules_in_force(
    request: HttpRequest,
    place: Annotated[Code | Literal["cn"], Query()] = "cn",
    on: Annotated[Day | None, Query()] = None,
    key: Annotated[str, Query(max_length=80)] = "",
) -> Any:
    """The rules in force at a place on a day, each with its source and what contradicts it."""
    found = shown.rules_of(_book(place, on or clock.today()))
    return [rule for rule in found if rule["key"].startswith(key)]


def _book(place: str, on: date) -> RuleBook:
    try:
        return queries.book(place, on)
    except (queries.DivisionUnknown, queries.PackMissing):
        raise Http404 from None


class ChecklistLine(Told):
    """A line of a checklist; the value is that of its rule on the day."""

    key: str
    field: str
    text: str
    rule_key: str
    value: Any
    clause: str
    severity: str


class Checklist(Told):
    """A checklist in force."""

    key: str
    version: str
    name: str
    note: str
    lines: list[ChecklistLine]


@operation(router, "GET", "/checklists", door=POLICY, ok=list[Checklist])
def checklists(
    request: HttpRequest,
    place: Annotated[Code | Literal["cn"], Query()] = "cn",
    on: Annotated[Day | None, Query()] = None,
) -> Any:
    """The checklists in force at a place on a day, as an officer ticks them off."""
    found = policy.checklists_of(_book(place, on or clock.today()))
    return [
        {
            **{name: getattr(one.checklist, name) for name in ("key", "version", "name", "note")},
            "lines": [
                {
                    **{name: getattr(item, name) for name in ("key", "text", "clause", "severity")},
                    "field": field,
                    "rule_key": item.rule or "",
                    "value": rule.value if rule else None,
                }
                for field, items in one.fields
                for item, rule in items
            ],
        }
        for one in found
    ]


# ---------------------------------------------------------------- divisions


@operation(router, "GET", "/divisions", door=PLACES, ok=list[Place])
def divisions(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=40)] = "",
    parent: Annotated[Code | Literal[""], Query()] = "",
    level: Annotated[Literal["province", "city", "county", "street", ""], Query()] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Any:
    """Divisions by name, pinyin, initials or code; without a text those directly below `parent`."""
    if q.strip():
        return list(queries.search(q, level=level, limit=limit))
    return [p for p in queries.children_of(parent) if level in ("", p.level)][:limit]


@operation(router, "GET", "/divisions/{code}", door=PLACES, ok=Place)
def division(request: HttpRequest, code: Annotated[Code, Path()]) -> Any:
    """One division, one no longer in use included."""
    try:
        return queries.division_of(code)
    except queries.DivisionUnknown:
        raise Http404 from None


# ---------------------------------------------------------------- working days


@operation(router, "GET", "/workdays", door=CALENDAR, ok=list[Workday])
def workdays_between(
    request: HttpRequest, first: Annotated[Day, Query()], last: Annotated[Day, Query()]
) -> Any:
    """Each day from `first` to `last`: worked or not, published or estimated."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refused(Problem(f"结束日期不能早于开始日期，最多查询{MOST_DAYS}天。", field="last"))
    calendar = workdays.calendar()
    days = (first + workdays.DAY * n for n in range((last - first).days + 1))
    return [
        dict(zip(("date", "is_workday", "provisional"), (d, *calendar.is_workday(d)), strict=True))
        for d in days
    ]


@operation(router, "GET", "/workdays/deadline", door=CALENDAR, ok=Deadline)
def deadline(
    request: HttpRequest, start: Annotated[Day, Query()], days: Annotated[int, Query(ge=0, le=2000)]
) -> Any:
    """The last day of a period of `days` working days; the day on which it begins is not counted."""
    return workdays.add_working_days(start, days)


class WorkdayGiven(Given):
    """A day that differs from the published calendar, and why."""

    is_workday: bool
    note: Annotated[str, Field(min_length=1, max_length=200)]


class ReasonGiven(Given):
    """Why."""

    reason: Reason


class Done(Told):
    """That it was done."""

    done: bool = True


class Correction(Told):
    """A day that differs from the published calendar: why, and who said so."""

    date: date
    is_workday: bool
    note: str
    set_at: datetime
    set_by_label: str


@operation(router, "GET", "/workdays/corrections", door=permitted(EDIT_WORKDAYS), ok=PageOf[Correction])
def corrections(request: HttpRequest, asked: PageAsked) -> Any:
    """The corrections of the calendar, the latest day first."""
    rows = WorkdayOverride.objects.order_by("-date").values(*Correction.model_fields)
    return page_of(rows, asked)


@operation(router, "PUT", "/workdays/{day}", door=permitted(EDIT_WORKDAYS), ok=Workday)
def set_workday(request: HttpRequest, day: Annotated[Day, Path()], given: WorkdayGiven) -> Any:
    """Make a day a working day or a day off; running clocks are computed again."""
    workdays.set_workday(by=actor_of(request), on=day, is_workday=given.is_workday, note=given.note)
    return {"date": day, "is_workday": given.is_workday, "provisional": False}


@operation(router, "POST", "/workdays/{day}/clearance", door=permitted(EDIT_WORKDAYS), ok=Done)
def clear_workday(request: HttpRequest, day: Annotated[Day, Path()], given: ReasonGiven) -> Any:
    """Take a correction of the calendar back."""
    workdays.clear_workday(by=actor_of(request), on=day, reason=given.reason)
    return {"done": True}


# ---------------------------------------------------------------- settings


class SettingsAsked(Asked):
    """Whose settings."""

    place: Code | Literal[""] = ""


class SettingGiven(Given):
    """What a division decides, from when, and on what ground."""

    division_code: Code
    key: Annotated[str, Field(min_length=1, max_length=80)]
    value: Annotated[str, Field(max_length=200)] | int | float | bool
    effective_from: Day
    effective_to: Day | None = None
    basis: Annotated[str, Field(min_length=1, max_length=500)]


@operation(router, "GET", "/settings", door=permitted(VIEW_SETTINGS), ok=PageOf[Setting])
def settings(request: HttpRequest, asked: Annotated[SettingsAsked, Query()]) -> Any:
    """What divisions decided where a document leaves a choice."""
    rows = visible_to(actor_of(request), VIEW_SETTINGS, DivisionSetting.objects.all())
    if asked.place:
        rows = rows.filter(division=asked.place)
    found = page_of(rows.order_by("division_id", "key", "pk"), asked)
    found["rows"] = [_setting(row) for row in found["rows"]]
    return found


def _setting(row: DivisionSetting) -> dict[str, Any]:
    return {
        "id": row.pk,
        "division_code": row.division_id,
        "key": row.key,
        "value": row.value,
        "effective_from": row.valid.lower,
        "effective_to": row.valid.upper,
        "basis": row.basis,
        "decided_by": row.decided_by,
    }


@operation(router, "POST", "/settings", door=permitted(DECIDE_SETTING), ok=Setting)
def decide_setting(request: HttpRequest, given: SettingGiven) -> Any:
    """Decide a setting of a division from a day on."""
    # Places are no secret: who may not decide there is told so.
    place = Division.objects.filter(pk=given.division_code).first()
    if place is None:
        raise Refused(Problem("没有这个行政区划代码。", field="division_code"))
    made = actions.decide_setting(
        by=actor_of(request),
        division=place,
        key=given.key,
        value=given.value,
        effective_from=given.effective_from,
        effective_to=given.effective_to,
        basis=given.basis,
    )
    return _setting(made)
