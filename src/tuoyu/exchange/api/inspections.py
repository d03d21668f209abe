"""Plans of inspections and what they lack, draws, witnesses, conflicts of interest, public rounds."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import AwareDatetime, Field

from tuoyu.core import clock, paging
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import (
    Asked,
    Code,
    Day,
    Given,
    Id,
    PageAsked,
    PageOf,
    Told,
    page_of,
    shown_page,
)
from tuoyu.supervision import actions, queries
from tuoyu.supervision.actions.draws import Given as DrawGiven
from tuoyu.supervision.models import Conflict, Draw, Plan
from tuoyu.supervision.permissions import (
    ADOPT_PLAN,
    DECLARE_CONFLICT,
    DRAW_LOTS,
    FREEZE_DRAW,
    LIFT_CONFLICT,
    MAKE_PLAN,
    REPLACE_DRAW,
    VIEW_CONFLICTS,
    VIEW_DRAW,
    VIEW_PLAN,
    WITNESS_DRAW,
)
from tuoyu.supervision.vocabulary import PlanKind

router = Router(tags=["inspections"])

PUBLIC = public("list and seed of a round that is closed are public")
PK = Annotated[Id, Path()]
Year = Annotated[int, Field(ge=2000, le=2100)]
ValueText = Annotated[str, Field(min_length=1, max_length=400)]
ReasonText = Annotated[str, Field(min_length=1, max_length=500)]


class PlansAsked(Asked):
    """Of which year; every year when none is named."""

    year: Year | None = None


class PlanTold(Told):
    """A plan: how often each institution is inspected in a year, by which departments, by which clause."""

    id: int
    year: int
    division_code: str
    department: str
    kind: str
    per_year: int
    departments: list[str]
    source: str
    adopted: bool


class Progress(Told):
    """How far a plan is on a day: what it lacks as a number; overdue once its year is over."""

    on: date
    institutions: int
    done: int
    lacking: int
    overdue: int
    due_on: date


class DrawListed(Told):
    """A draw in the list of its plan."""

    id: int
    state: str
    count: int
    pool_size: int
    pool_sha256: str
    seed_source: str
    seed_moment: datetime
    closes_on: date
    published_at: datetime | None


class AmendmentTold(Told):
    """That a plan was changed: what it asked for before and since."""

    version: int
    former_per_year: int
    per_year: int
    former_departments: list[str]
    departments: list[str]
    reason: str
    made_at: datetime


class AmendmentGiven(Given):
    """What a plan asks for from now on, and why."""

    per_year: Annotated[int, Field(ge=1, le=100)]
    departments: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=40)]
    reason: ReasonText


class PlanWhole(PlanTold):
    """A plan with its changes, its progress and, for who conducts them, its draws."""

    amendments: list[AmendmentTold]
    progress: Progress
    draws: list[DrawListed]


class OfferTold(Told):
    """A plan that the pack orders of one's office and that is not made yet."""

    year: int
    division_code: str
    kind: str
    per_year: int
    departments: list[str]
    source: str


class PlanGiven(Given):
    """Which plan to make; its numbers come from the pack."""

    year: Year
    division_code: Code
    kind: PlanKind


class Made(Told):
    """What was made."""

    id: int


class LackingAsked(Asked):
    """On which day; today when none is named."""

    on: Day | None = None


class LackingTold(Told):
    """An institution that a plan still lacks."""

    id: int
    name: str
    division_code: str
    done: int
    missing: int
    under_way: bool
    overdue: bool
    source: str


class FreezeGiven(Given):
    """What the organiser decides before freezing."""

    count: Annotated[int, Field(ge=1, le=1_000_000)]
    seed_source: Annotated[str, Field(min_length=1, max_length=120)]
    seed_moment: AwareDatetime
    closes_on: Day


class SentTold(Told):
    """Whom a department sends."""

    department: str
    names: list[str]


class StandInTold(Told):
    """Somebody who declared a conflict after the draw, and who goes instead by the same seed."""

    out: str
    into: str
    at: datetime


class LotTold(Told):
    """An institution that was drawn, in its place."""

    place: int
    institution_id: int
    institution_name: str
    inspection_number: str
    inspection_state: str
    inspectors: list[SentTold]
    stand_ins: list[StandInTold]


class DrawTold(DrawListed):
    """A draw as its organiser sees it."""

    plan: int
    seed_known: bool
    frozen_at: datetime
    frozen_label: str
    witnessed_at: datetime | None
    witnessed_label: str
    value: str
    drawn_at: datetime | None
    drawn_label: str
    replaces: int | None
    replaced_at: datetime | None
    replaced_label: str
    replaced_reason: str


class ValueGiven(Given):
    """The public value as it was announced."""

    value: ValueText


class WhyGiven(Given):
    """Why."""

    reason: ReasonText


class WitnessTold(Told):
    """A draw that waits for a witness; who is in the pool is not told."""

    id: int
    year: int
    office: str
    pool_sha256: str
    frozen_at: datetime
    seed_source: str
    seed_moment: datetime
    seed_known: bool
    witnessed_at: datetime | None
    own: bool


class ConflictTold(Told):
    """Somebody who does not inspect an institution."""

    id: int
    user_pk: int
    person: str
    institution_id: int
    institution_name: str
    reason: str
    declared_at: datetime
    declared_label: str
    lifted_at: datetime | None
    lifted_reason: str


class ConflictGiven(Given):
    """Who does not inspect which institution, and why; oneself when nobody is named."""

    user_id: Id | None = None
    institution_id: Id
    reason: Annotated[str, Field(min_length=1, max_length=300)]


class RoundTold(Told):
    """A round that is closed."""

    id: int
    state: str
    year: int
    kind: str
    division_code: str
    office: str
    count: int
    pool_size: int
    pool_sha256: str
    seed_source: str
    seed_moment: datetime
    value: str
    published_at: datetime
    replaced_reason: str


# ---------------------------------------------------------------- plans


@operation(router, "GET", "/inspection-plans", door=permitted(VIEW_PLAN), ok=PageOf[PlanTold])
def plans(request: HttpRequest, asked: Annotated[PlansAsked, Query()]) -> Any:
    """The plans one may see, the newest first."""
    rows = queries.plans(actor_of(request), year=asked.year)
    return shown_page(paging.page(rows, asked.page, asked.size), queries.plan_shown)


@operation(router, "GET", "/inspection-plans/offers", door=permitted(MAKE_PLAN), ok=list[OfferTold])
def offers(request: HttpRequest, year: Annotated[Year | None, Query()] = None) -> Any:
    """What the packs order of one's offices and nobody has made a plan of."""
    found = queries.offers(actor_of(request), year or clock.today().year)
    return [one.as_json() for one in found]


@operation(router, "POST", "/inspection-plans", door=permitted(MAKE_PLAN), ok={201: Made})
def make_plan(request: HttpRequest, given: PlanGiven) -> Any:
    """Make a plan that the pack orders."""
    made = actions.make_plan(
        by=actor_of(request), year=given.year, division_code=given.division_code, kind=str(given.kind)
    )
    return Status(201, {"id": made.pk})


def _plan(request: HttpRequest, pk: int) -> Plan:
    return get_visible(actor_of(request), VIEW_PLAN, Plan.objects.all(), pk=pk)


@operation(router, "GET", "/inspection-plans/{pk}", door=permitted(VIEW_PLAN), ok=PlanWhole)
def plan(request: HttpRequest, pk: PK) -> Any:
    """One plan: how far it is, and its draws."""
    actor, found = actor_of(request), _plan(request, pk)
    row = queries.plan_shown(queries.plans(actor).get(pk=pk))
    seen = queries.visible_draws(actor).filter(plan=found).values("pk")
    draws = list(queries.draws_of(found).filter(pk__in=seen))
    told = {"progress": queries.progress(found), "draws": draws, "amendments": queries.amendments_of(found)}
    return row | told


@operation(router, "POST", "/inspection-plans/{pk}/adoption", door=permitted(ADOPT_PLAN), ok=Done)
def adopt_plan(request: HttpRequest, pk: PK) -> Any:
    """Put a plan in force."""
    actions.adopt_plan(by=actor_of(request), plan=_plan(request, pk))
    return {"done": True}


@operation(router, "POST", "/inspection-plans/{pk}/amendments", door=permitted(ADOPT_PLAN), ok={201: Done})
def amend_plan(request: HttpRequest, pk: PK, given: AmendmentGiven) -> Any:
    """Change a plan within its year, with the reason."""
    actor = actor_of(request)
    found = get_visible(actor, ADOPT_PLAN, Plan.objects.all(), pk=pk)
    actions.amend_plan(
        by=actor, plan=found, per_year=given.per_year, departments=given.departments, reason=given.reason
    )
    return Status(201, {"done": True})


@operation(router, "GET", "/inspection-plans/{pk}/lacking", door=permitted(VIEW_PLAN), ok=PageOf[LackingTold])
def lacking(request: HttpRequest, pk: PK, asked: Annotated[LackingAsked, Query()]) -> Any:
    """The institutions a plan still lacks on a day."""
    found = _plan(request, pk)
    page = paging.page(queries.lacking_rows(found, asked.on), asked.page, asked.size)
    return shown_page(page, lambda row: queries.lacking_shown(row, found, asked.on))


# ---------------------------------------------------------------- draws


@operation(router, "POST", "/inspection-plans/{pk}/draws", door=permitted(FREEZE_DRAW), ok={201: Made})
def freeze_draw(request: HttpRequest, pk: PK, given: FreezeGiven) -> Any:
    """Freeze the list of a new round; 409 with every reason when no draw can rest on it."""
    actor = actor_of(request)
    found = get_visible(actor, FREEZE_DRAW, Plan.objects.all(), pk=pk)
    stated = DrawGiven(given.count, given.seed_source, given.seed_moment, given.closes_on)
    return Status(201, {"id": actions.freeze_draw(by=actor, plan=found, given=stated).pk})


def _draw(request: HttpRequest, pk: int) -> Draw:
    return get_visible(actor_of(request), VIEW_DRAW, Draw.objects.select_related("plan"), pk=pk)


@operation(router, "GET", "/inspection-draws/{pk}", door=permitted(VIEW_DRAW), ok=DrawTold)
def draw(request: HttpRequest, pk: PK) -> Any:
    """One round."""
    return queries.draw_shown(_draw(request, pk))


@operation(router, "GET", "/inspection-draws/{pk}/lots", door=permitted(VIEW_DRAW), ok=PageOf[LotTold])
def lots(request: HttpRequest, pk: PK, asked: PageAsked) -> Any:
    """What was drawn, in order, with who is sent."""
    found = _draw(request, pk)
    page = paging.page(queries.lots_of(found), asked.page, asked.size)
    told = {row["place"]: row for row in queries.lots_shown(page.rows, found)}
    return shown_page(page, lambda row: told[row["place"]])


@operation(router, "POST", "/inspection-draws/{pk}/lots", door=permitted(DRAW_LOTS), ok=Done)
def draw_lots(request: HttpRequest, pk: PK, given: ValueGiven) -> Any:
    """Enter the public value and draw; 409 before its moment, without a witness, or when the two differ."""
    actions.draw_lots(by=actor_of(request), draw=_draw(request, pk), value=given.value)
    return {"done": True}


@operation(router, "POST", "/inspection-draws/{pk}/replacement", door=permitted(REPLACE_DRAW), ok=Done)
def replace_draw(request: HttpRequest, pk: PK, given: WhyGiven) -> Any:
    """The round does not count; it is kept with the reason."""
    actions.replace_draw(by=actor_of(request), draw=_draw(request, pk), reason=given.reason)
    return {"done": True}


@operation(router, "GET", "/inspection-draws-to-witness", door=permitted(WITNESS_DRAW), ok=list[WitnessTold])
def to_witness(request: HttpRequest) -> Any:
    """The draws of other offices that wait for a witness."""
    return queries.to_witness(actor_of(request))


@operation(router, "POST", "/inspection-draws/{pk}/witnessing", door=permitted(WITNESS_DRAW), ok=Done)
def witness_draw(request: HttpRequest, pk: PK, given: ValueGiven) -> Any:
    """Enter the public value as a witness."""
    actor = actor_of(request)
    found = get_visible(actor, WITNESS_DRAW, Draw.objects.select_related("plan"), pk=pk)
    actions.witness_draw(by=actor, draw=found, value=given.value)
    return {"done": True}


# ---------------------------------------------------------------- conflicts of interest


@operation(router, "GET", "/conflicts-of-interest", door=permitted(VIEW_CONFLICTS), ok=PageOf[ConflictTold])
def conflicts(request: HttpRequest, asked: PageAsked) -> Any:
    """One's own; for a lead also those of the own office."""
    return page_of(queries.conflicts(actor_of(request)), asked)


@operation(router, "POST", "/conflicts-of-interest", door=permitted(DECLARE_CONFLICT), ok={201: Made})
def declare_conflict(request: HttpRequest, given: ConflictGiven) -> Any:
    """Declare one."""
    actor = actor_of(request)
    institution = queries.institutions_here(actor).filter(pk=given.institution_id).first()
    if institution is None:
        raise Http404
    made = actions.declare_conflict(
        by=actor,
        user_id=given.user_id or int(actor.user_id or 0),
        institution=institution,
        reason=given.reason,
    )
    return Status(201, {"id": made.pk})


@operation(router, "POST", "/conflicts-of-interest/{pk}/lifting", door=permitted(LIFT_CONFLICT), ok=Done)
def lift_conflict(request: HttpRequest, pk: PK, given: WhyGiven) -> Any:
    """A conflict of interest is over."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_CONFLICTS, Conflict.objects.all(), pk=pk)
    actions.lift_conflict(by=actor, conflict=found, reason=given.reason)
    return {"done": True}


# ---------------------------------------------------------------- what is public


@operation(router, "GET", "/draw-rounds", door=PUBLIC, ok=PageOf[RoundTold])
def rounds(request: HttpRequest, asked: PageAsked) -> Any:
    """The rounds that are closed, the latest first."""
    return shown_page(paging.page(queries.rounds(), asked.page, asked.size), queries.round_shown)


@operation(router, "GET", "/draw-rounds/{pk}", door=PUBLIC, ok=RoundTold)
def round_(request: HttpRequest, pk: PK) -> Any:
    """One round that is closed."""
    row = queries.rounds().filter(pk=pk).first()
    if row is None:
        raise Http404
    return queries.round_shown(row)


@operation(router, "GET", "/draw-rounds/{pk}/file", door=PUBLIC, ok=dict[str, Any])
def round_file(request: HttpRequest, pk: PK) -> Any:
    """List and seed; `tuoyu draw verify` needs nothing else."""
    file = queries.round_file(pk)
    if file is None:
        raise Http404
    return file
