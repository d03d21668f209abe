"""Reads: plans and what they lack, draws and who may be in them, rounds that are public."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tuoyu.accounts.models import Membership
from tuoyu.accounts.queries import DECIDERS
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.along import Along, bringing, brought
from tuoyu.core.nested import nested
from tuoyu.core.permissions import opened, visible_to
from tuoyu.core.reaches import OFFICES
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import Registration
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.jurisdictions.rulebook import RuleBook
from tuoyu.supervision import risks
from tuoyu.supervision.models import Assignment, Conflict, Draw, Inspection, Lot, Plan, StandIn
from tuoyu.supervision.permissions import (
    ADOPT_PLAN,
    FREEZE_DRAW,
    VIEW_CONFLICTS,
    VIEW_DRAW,
    VIEW_PLAN,
    WITNESS_DRAW,
)
from tuoyu.supervision.rules import plans as rules
from tuoyu.supervision.rules.draws import Candidate, Inspector, Need
from tuoyu.supervision.vocabulary import DrawState, InspectionState, PlanKind

UNDER_WAY = (InspectionState.PLANNED, InspectionState.UNDERWAY)


# ---------------------------------------------------------------- plans


@dataclass(frozen=True)
class Offer:
    """A plan that the pack orders and the office of a seat has not made yet."""

    seat: Seat
    year: int
    demand: rules.Demand

    def as_json(self) -> dict[str, Any]:
        """The offer as plain data."""
        return {
            "year": self.year,
            "division_code": self.seat.division_code,
            "kind": str(self.demand.kind),
            "kind_label": str(self.demand.kind.label),
            "per_year": self.demand.per_year.value,
            "departments": list(self.demand.parts),
            "source": self.demand.per_year.source,
        }


def offers(actor: Actor, year: int) -> list[Offer]:
    """What the packs order of the offices `actor` sits in, and no plan exists of."""
    seats = [seat for seat in actor.seats_as(*OFFICES) if seat.division_code]
    made = set(
        Plan.objects.filter(year=year, division_code__in=[s.division_code for s in seats]).values_list(
            "division_code", "department", "kind"
        )
    )
    found: dict[tuple[str, str, str], Offer] = {}
    for seat in seats:
        for demand in rules.demands(jurisdictions.book(seat.division_code, rules.day_of(year))):
            key = (seat.division_code, seat.department, str(demand.kind))
            if demand.organiser == seat.department and key not in made:
                found.setdefault(key, Offer(seat, year, demand))
    return list(found.values())


def plans(actor: Actor, *, year: int | None = None) -> QuerySet[Plan, Any]:
    """The plans `actor` may see, the newest first, as rows of a list."""
    rows = visible_to(actor, VIEW_PLAN, Plan.objects.all())
    if year is not None:
        rows = rows.filter(year=year)
    listed: QuerySet[Plan, Any] = rows.order_by("-year", "-pk").values(*PLAN)
    return listed


PLAN = (
    "id", "year", "division_code", "department", "kind", "per_year", "departments", "source", "created_at",
    "adopted_at",
)  # fmt: skip
AMENDED = Along(Plan, "amendments")


def plan_opened(actor: Actor, pk: int) -> tuple[Plan, frozenset[str]]:
    """A plan with its amendments and `conducts`: whether the actor sees a draw of it; and which of adopting
    and drawing it may. Http404 where the actor does not see it."""
    rows: QuerySet[Plan] = bringing(Plan.objects.all(), AMENDED).annotate(
        conducts=Exists(visible_draws(actor).filter(plan=OuterRef("pk")))
    )
    found, may = opened(actor, VIEW_PLAN, rows, ADOPT_PLAN, FREEZE_DRAW, pk=pk)
    return brought(found, AMENDED), may


def plan_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `plans` as a list and the API show it."""
    place = row["division_code"]
    return {
        **row,
        "kind_label": str(PlanKind(row["kind"]).label),
        "place": place_name(place),
        "office": department_name(row["department"], place),
        "department_names": [department_name(one, place) for one in row["departments"]],
        "adopted": row["adopted_at"] is not None,
    }


def demand_of(plan: Plan) -> rules.Demand | None:
    """What the pack orders of a plan's year today; None when it orders nothing of the kind any more."""
    book = jurisdictions.book(plan.division_code, min(clock.today(), rules.day_of(plan.year)))
    return next((one for one in rules.demands(book) if one.kind == plan.kind), None)


def departments_at(plan: Plan) -> list[str]:
    """The departments that may take part: those with somebody at the place, and those that do already."""
    seats = Membership.objects.filter(
        role__in=DECIDERS, division_code=plan.division_code, valid__contains=clock.today()
    )
    found = seats.exclude(department="").order_by("department").values_list("department", flat=True)
    return list(dict.fromkeys([*plan.departments, *found]))


def amendments_of(plan: Plan) -> list[dict[str, Any]]:
    """How a plan was changed, the first change first."""
    place = plan.division_code
    return [
        {
            "version": one.version,
            "former_per_year": one.former_per_year,
            "per_year": one.per_year,
            "former_departments": one.former_departments,
            "departments": one.departments,
            "former_names": [department_name(key, place) for key in one.former_departments],
            "department_names": [department_name(key, place) for key in one.departments],
            "reason": one.reason,
            "made_at": one.made_at,
            "made_label": one.made_label,
        }
        for one in plan.amendments.all()
    ]


def obliged(plan: Plan, on: date | None = None) -> QuerySet[Institution]:
    """The institutions a plan is about: registered in its place on a day, or at the end of its year."""
    day = min(on or clock.today(), rules.day_of(plan.year))
    rows = Institution.objects.filter(
        division_code__startswith=prefix_of(plan.division_code), registered_on__lte=day
    )
    return rows.exclude(registration=Registration.UNREGISTERED).filter(
        Q(deregistered_on=None) | Q(deregistered_on__gt=day)
    )


def lacking(plan: Plan, on: date | None = None) -> QuerySet[Institution, Any]:
    """What a plan still lacks on a day: institutions with fewer confirmed inspections than it asks for."""
    under_way = _inspections_for(plan).filter(state__in=UNDER_WAY)
    rows = _counted(plan, on).annotate(under_way=Exists(under_way))
    return rows.filter(Q(done__lt=plan.per_year)).order_by("pk")


def _counted(plan: Plan, on: date | None) -> QuerySet[Institution, Any]:
    """Those obliged, each with how many inspections of it were `done`."""
    end = clock.end_of(on or clock.today())
    done = _inspections_for(plan).filter(state=InspectionState.CONFIRMED, confirmed_at__lt=end)
    counted = done.order_by().values("institution").annotate(number=Count("pk")).values("number")
    return obliged(plan, on).annotate(done=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def unattended(plan: Plan) -> QuerySet[Institution, Any]:
    """Of what a plan lacks today, that for which no inspection is under way: what a draw may take."""
    return lacking(plan).filter(Q(under_way=False))


def _inspections_for(plan: Plan) -> QuerySet[Inspection]:
    """The inspections of an institution that count for a plan."""
    return Inspection.objects.filter(
        institution=OuterRef("pk"), year=plan.year, origin=plan.origin, department=plan.department
    )


def lacking_rows(plan: Plan, on: date | None = None) -> QuerySet[Institution, Any]:
    """The same as rows of a list."""
    rows: QuerySet[Any, Any] = lacking(plan, on)
    return rows.values("id", "name", "division_code", "done", "under_way")


def lacking_shown(row: dict[str, Any], plan: Plan, on: date | None = None) -> dict[str, Any]:
    """A row of `lacking_rows` as a list and the API show it."""
    return {
        **row,
        "place": place_name(row["division_code"]),
        "missing": plan.per_year - row["done"],
        "overdue": is_over(plan, on),
        "source": plan.source,
    }


def is_over(plan: Plan, on: date | None = None) -> bool:
    """Whether a plan's year is over, so that what it lacks is overdue."""
    return (on or clock.today()) > rules.day_of(plan.year)


def progress(plan: Plan, on: date | None = None) -> dict[str, Any]:
    """How far a plan is on a day, in numbers."""
    counted = _counted(plan, on).aggregate(
        all=Count("pk"), lacking=Count("pk", filter=Q(done__lt=plan.per_year))
    )
    missing = counted["lacking"]
    return {
        "on": on or clock.today(),
        "institutions": counted["all"],
        "done": counted["all"] - missing,
        "lacking": missing,
        "overdue": missing if is_over(plan, on) else 0,
        "due_on": rules.day_of(plan.year),
    }


def draws_of(plan: Plan) -> QuerySet[Draw, Any]:
    """The draws of a plan, the newest first, without their pools."""
    return plan.draws.order_by("-pk").values(
        "id", "state", "count", "pool_size", "pool_sha256", "seed_source", "seed_moment", "closes_on",
        "frozen_at", "frozen_label", "witnessed_at", "drawn_at", "replaced_reason", "published_at",
    )  # fmt: skip


# ---------------------------------------------------------------- pools


def candidates(plan: Plan, book: RuleBook) -> tuple[Candidate, ...]:
    """The institutions a draw may take: those the plan still lacks, unless an inspection is under way."""
    rows = list(unattended(plan).values_list("pk", "name"))
    prefix = prefix_of(plan.division_code)
    having: dict[str, Collection[int]] = {}
    adds: dict[str, int] = {}
    for risk in risks.every():
        rule = book.find(risk.rule)
        if rule is not None:
            having[risk.key], adds[risk.key] = risk.having(prefix, plan.year), rule.value
    base = int(book.get(rules.BASE_WEIGHT).value)
    weights = rules.weights([pk for pk, _ in rows], base, having, adds.__getitem__)
    return tuple(Candidate(pk, name, weights[pk]) for pk, name in rows)


def inspectors(plan: Plan, needs: Collection[Need]) -> tuple[Inspector, ...]:
    """Who may be sent: officers and leads of the departments at the plan's place or below; each once."""
    departments = [need.department for need in needs]
    seats = Membership.objects.filter(
        role__in=DECIDERS,
        department__in=departments,
        division_code__startswith=prefix_of(plan.division_code),
        valid__contains=clock.today(),
        user__is_active=True,
    )
    found: dict[int, str] = {}
    for user, department in seats.order_by("user_id", "pk").values_list("user_id", "department"):
        kept = found.get(user)
        if kept is None or departments.index(department) < departments.index(kept):
            found[user] = department
    return tuple(Inspector(user, department) for user, department in found.items())


def conflicts_among(institutions: Collection[int], people: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Who of `people` has a conflict of interest at which of `institutions`."""
    rows = Conflict.objects.filter(lifted_at=None, user__in=people).values_list("user", "institution")
    wanted = set(institutions)
    return tuple(pair for pair in rows if pair[1] in wanted)


def weighing(plan: Plan) -> list[dict[str, Any]]:
    """What weighs in a draw, with the rule behind each."""
    book = jurisdictions.book(plan.division_code, rules.day_of(plan.year))
    labels = {risk.rule: risk.label for risk in risks.every()}
    asked = [(rules.BASE_WEIGHT, "每家机构"), *labels.items()]
    return [
        {"label": label, "value": rule.value, "source": rule.source, "force": rule.force}
        for key, label in asked
        if (rule := book.find(key)) is not None
    ]


# ---------------------------------------------------------------- draws


def draw_shown(draw: Draw) -> dict[str, Any]:
    """A draw as its organiser sees it."""
    return {
        "id": draw.pk,
        "plan": draw.plan_id,
        "state": draw.state,
        "state_label": draw.get_state_display(),
        "count": draw.count,
        "pool_size": draw.pool_size,
        "pool_sha256": draw.pool_sha256,
        "seed_source": draw.seed_source,
        "seed_moment": draw.seed_moment,
        "seed_known": draw.seed_moment <= clock.now(),
        "closes_on": draw.closes_on,
        "frozen_at": draw.frozen_at,
        "frozen_label": draw.frozen_label,
        "witnessed_at": draw.witnessed_at,
        "witnessed_label": draw.witnessed_label,
        "value": draw.value,
        "drawn_at": draw.drawn_at,
        "drawn_label": draw.drawn_label,
        "replaces": draw.replaces_id,
        "replaced_at": draw.replaced_at,
        "replaced_label": draw.replaced_label,
        "replaced_reason": draw.replaced_reason,
        "published_at": draw.published_at,
    }


def lots_of(draw: Draw) -> QuerySet[Lot, Any]:
    """What was drawn, in order, as rows of a list, each with who is sent and who stands in for whom."""
    sent = Assignment.objects.filter(inspection=OuterRef("inspection")).order_by("pk")
    instead = StandIn.objects.filter(lot=OuterRef("pk")).order_by("pk")
    return draw.lots.order_by("place").values(
        "place",
        inspection_number=F("inspection__number"),
        inspection_state=F("inspection__state"),
        institution_id=F("inspection__institution"),
        institution_name=F("inspection__institution__name"),
        sent_rows=nested(sent, "department", name="user__name"),
        instead_rows=nested(instead, out="out__name", into="into__name", at="made_at"),
    )


def lots_shown(rows: Collection[dict[str, Any]], draw: Draw) -> list[dict[str, Any]]:
    """Rows of `lots_of` in words."""
    place = draw.plan.division_code
    return [
        {
            **{key: value for key, value in row.items() if key not in ("sent_rows", "instead_rows")},
            "stand_ins": [one | {"at": datetime.fromisoformat(one["at"])} for one in row["instead_rows"]],
            "inspection_state_label": str(InspectionState(row["inspection_state"]).label),
            "inspectors": [
                {"department": key, "office": department_name(key, place), "names": names}
                for key, names in _by_department(row["sent_rows"]).items()
            ],
        }
        for row in rows
    ]


def _by_department(sent: Collection[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in sent:
        found.setdefault(one["department"], []).append(one["name"])
    return found


def to_witness(actor: Actor) -> list[dict[str, Any]]:
    """The draws of other offices that wait for a witness; who is in the pool is not told."""
    rows = visible_to(actor, WITNESS_DRAW, Draw.objects.filter(state=DrawState.FROZEN))
    return [
        witness_shown(one, actor) for one in rows.select_related("plan").defer("pool").order_by("seed_moment")
    ]


def witness_shown(draw: Draw, actor: Actor) -> dict[str, Any]:
    """A draw as a witness sees it."""
    plan = draw.plan
    return {
        "id": draw.pk,
        "kind_label": plan.get_kind_display(),
        "year": plan.year,
        "office": department_name(plan.department, plan.division_code, full=True),
        "pool_sha256": draw.pool_sha256,
        "frozen_at": draw.frozen_at,
        "seed_source": draw.seed_source,
        "seed_moment": draw.seed_moment,
        "seed_known": draw.seed_moment <= clock.now(),
        "witnessed_at": draw.witnessed_at,
        "own": draw.witnessed_by_id is not None and draw.witnessed_by_id == actor.user_id,
    }


def visible_draws(actor: Actor) -> QuerySet[Draw]:
    """The draws `actor` may see."""
    return visible_to(actor, VIEW_DRAW, Draw.objects.select_related("plan"))


def is_ripe(draw: Draw) -> bool:
    """Whether a round is closed: its last day is over, or everything it drew is done with."""
    if draw.state == DrawState.FROZEN:
        return False
    over = draw.closes_on < clock.today()
    if draw.state == DrawState.REPLACED:
        after = Draw.objects.filter(replaces=draw).only("published_at").first()
        return over if after is None else after.published_at is not None
    return over or not draw.lots.filter(inspection__state__in=UNDER_WAY).exists()


def unpublished() -> QuerySet[Draw]:
    """Rounds whose seed is known and that nobody outside has seen; the newest first, so that what was
    replaced follows what replaced it."""
    rows = Draw.objects.filter(published_at=None).exclude(state=DrawState.FROZEN)
    return rows.select_related("plan").defer("pool", "file").order_by("-pk")


# ---------------------------------------------------------------- what is public


def rounds() -> QuerySet[Draw, Any]:
    """Rounds that are closed, the latest first, as rows of a list."""
    return (
        Draw.objects.filter(published_at__isnull=False)
        .order_by("-published_at", "-pk")
        .values(
            "id", "state", "count", "pool_size", "pool_sha256", "seed_source", "seed_moment", "value",
            "published_at", "replaced_reason", "drawn_at", "plan__year", "plan__kind", "plan__division_code",
            "plan__department",
        )
    )  # fmt: skip


def round_shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `rounds` as the public reads it."""
    place = row["plan__division_code"]
    return {
        **{key: value for key, value in row.items() if not key.startswith("plan__")},
        "year": row["plan__year"],
        "kind": row["plan__kind"],
        "kind_label": str(PlanKind(row["plan__kind"]).label),
        "division_code": place,
        "place": place_name(place),
        "office": department_name(row["plan__department"], place, full=True),
        "state_label": str(DrawState(row["state"]).label),
    }


def round_file(pk: int) -> dict[str, Any] | None:
    """The file of a round that is closed; None where there is none, or none yet."""
    rows = Draw.objects.filter(pk=pk, published_at__isnull=False)
    found: dict[str, Any] | None = rows.values_list("file", flat=True).first()
    return found


def drawn_publicly(pk: int) -> QuerySet[Lot, Any]:
    """What a round that is closed drew, in order: institutions by name, inspectors by how many."""
    lots = Lot.objects.filter(draw=pk, draw__published_at__isnull=False).order_by("place")
    return lots.values(
        "place",
        name=F("inspection__institution__name"),
        inspectors=Count("inspection__assignments"),
    )


# ---------------------------------------------------------------- conflicts of interest


def conflicts(actor: Actor) -> QuerySet[Conflict, Any]:
    """The conflicts of interest `actor` may see, the newest first, as rows of a list."""
    rows = visible_to(actor, VIEW_CONFLICTS, Conflict.objects.all())
    return rows.order_by("-pk").values(
        "id", "reason", "declared_at", "declared_label", "lifted_at", "lifted_reason",
        "institution_id", user_pk=F("user"), person=F("user__name"), institution_name=F("institution__name"),
    )  # fmt: skip


def lots_before(conflict: Conflict) -> QuerySet[Lot]:
    """The visits that were drawn and have not begun, to which a conflict comes after the draw. Those of a
    round that was replaced are cancelled."""
    return Lot.objects.filter(
        inspection__state=InspectionState.PLANNED,
        inspection__institution=conflict.institution_id,
        inspection__assignments__user=conflict.user_id,
    ).order_by("pk")


def colleagues(actor: Actor) -> list[tuple[int, str]]:
    """For whom `actor` may declare a conflict: oneself, and a lead everybody of the own office."""
    found = {actor.user_id: actor.label} if actor.user_id is not None else {}
    for seat in actor.seats_as(Role.DEPARTMENT_LEAD):
        seats = Membership.objects.filter(
            role__in=DECIDERS, department=seat.department, division_code=seat.division_code,
            valid__contains=clock.today(), user__is_active=True,
        )  # fmt: skip
        found |= dict(seats.order_by("user__name").values_list("user_id", "user__name"))
    return list(found.items())


def institutions_here(actor: Actor) -> QuerySet[Institution]:
    """The institutions in the places of the actor's offices."""
    here = Q(pk__in=[])
    for seat in actor.seats_as(*OFFICES):
        covered = seat.covers("division_code")
        here = here | covered if covered else Q()
    return Institution.objects.filter(here)
