"""Reads: the tree of a place, what each side said, lists of assessments, and the results that stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from tuoyu.cases.models import Step
from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.along import Along, bringing, brought
from tuoyu.core.permissions import Permission, can, opened, visible_to
from tuoyu.core.prepared import AnyOf, Blank, Prepared
from tuoyu.institutions.models import Institution
from tuoyu.institutions.queries import public_institutions
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import place_name
from tuoyu.jurisdictions.packs.schema import Outline, prefix_of
from tuoyu.ratings import policy, rules
from tuoyu.ratings.models import Agency, Assessment, Evidence, IndicatorTree, Reminder
from tuoyu.ratings.permissions import (
    BEGIN_ASSESSMENT,
    MANAGE_AGENCIES,
    READ_EVIDENCE,
    VIEW_ASSESSMENTS,
    VIEW_GIVEN,
    VIEW_PART,
    VIEW_TREES,
)
from tuoyu.ratings.rules import Chapter, Item, Scored
from tuoyu.ratings.vocabulary import AT_OFFICE, OVERDUE, UNDER_WAY, WITHOUT_RESULT, Side, State, TreeState

STANDING = Q(state=State.PUBLISHED, superseded_at__isnull=True)

# ---------------------------------------------------------------- trees


def tree_at(division_code: str, on: date) -> IndicatorTree | None:
    """The adopted tree by which a place assesses on a day: the nearest office's, the latest of its own."""
    codes = [place.code for place in jurisdictions.chain(division_code)]
    found = list(IndicatorTree.objects.filter(
        division_code__in=codes, state=TreeState.ADOPTED, effective_from__lte=on
    ))  # fmt: skip
    return max(
        found, key=lambda tree: (len(prefix_of(tree.division_code)), tree.effective_from), default=None
    )


def trees(actor: Actor) -> QuerySet[IndicatorTree]:
    """The trees one may see, the latest first."""
    return visible_to(actor, VIEW_TREES, IndicatorTree.objects.all()).order_by("-pk")


def outlines_for(actor: Actor) -> tuple[Outline, ...]:
    """What is established of standards, at the place of one's post."""
    codes = [seat.division_code for seat in actor.seats if seat.division_code in places()]
    return jurisdictions.book(codes[0] if codes else "cn").outlines()


# ---------------------------------------------------------------- agencies


def agencies(actor: Actor) -> QuerySet[Agency]:
    """The agencies entrusted in one's places."""
    return visible_to(actor, MANAGE_AGENCIES, Agency.objects.all()).order_by("ended_on", "name", "pk")


def agencies_for(division_code: str) -> QuerySet[Agency]:
    """The agencies that may be given an assessment at a place: entrusted there or above it."""
    codes = [place.code for place in jurisdictions.chain(division_code)]
    return Agency.objects.filter(division_code__in=codes, ended_on=None).order_by("name", "pk")


# ---------------------------------------------------------------- assessments


def assessments(actor: Actor, *, year: str = "", state: str = "") -> QuerySet[Assessment]:
    """The assessments one may see, the latest first, narrowed by year and state."""
    rows = visible_to(actor, VIEW_ASSESSMENTS, Assessment.objects.select_related("institution", "agency"))
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(year=int(year))
    if state in State.values:
        rows = rows.filter(state=state)
    if state == OVERDUE:
        rows = rows.filter(_past_its_day())
    return rows.annotate(case_due_on=_case_due()).order_by("-pk")


def _case_due() -> Subquery:
    """Until when the office must decide the step that waits."""
    active = Step.objects.filter(case=OuterRef("case"), state=Step.State.ACTIVE).order_by("due_on")
    return Subquery(active.values("due_on")[:1])


def _past_its_day() -> Q:
    today = clock.today()
    late = Step.objects.filter(case=OuterRef("case"), state=Step.State.ACTIVE, due_on__lt=today)
    return (
        Q(state=State.SELF, self_due_on__lt=today)
        | Q(state=State.SCORING, score_due_on__lt=today)
        | Q(Exists(late), state__in=AT_OFFICE)
    )


def due_on(assessment: Assessment) -> date | None:
    """Until when the institution, the agency or (of a row of `assessments`) the office must act."""
    if assessment.state == State.SELF:
        return assessment.self_due_on
    if assessment.state == State.SCORING:
        return assessment.score_due_on
    return getattr(assessment, "case_due_on", None) if assessment.state in AT_OFFICE else None


@dataclass(frozen=True)
class Overdue:
    """What of an assessment is past which day."""

    of: Reminder.Of
    due_on: date


def overdue() -> QuerySet[Assessment]:
    """Assessments past their day of which nobody has been reminded for that day."""
    told = Reminder.objects.filter(assessment=OuterRef("pk"))
    case_due = _case_due()
    reminded = (
        Q(Exists(told.filter(of="self", due_on=OuterRef("self_due_on"))), state=State.SELF)
        | Q(Exists(told.filter(of="scoring", due_on=OuterRef("score_due_on"))), state=State.SCORING)
        | Q(Exists(told.filter(of="office", due_on=OuterRef("case_due_on"))), state__in=AT_OFFICE)
    )
    rows = Assessment.objects.select_related("institution", "agency").annotate(case_due_on=case_due)
    return rows.filter(_past_its_day()).exclude(reminded).order_by("pk")


def overdue_of(assessment: Assessment) -> Overdue | None:
    """What of it is past its day, if anything is; read anew."""
    row = Assessment.objects.filter(pk=assessment.pk).annotate(case_due_on=_case_due()).first()
    ends = due_on(row) if row else None
    if row is None or ends is None or ends >= clock.today():
        return None
    of = {State.SELF: Reminder.Of.SELF, State.SCORING: Reminder.Of.SCORING}
    return Overdue(of.get(State(row.state), Reminder.Of.OFFICE), ends)


def given(actor: Actor) -> QuerySet[Assessment]:
    """What an assessor has before it: what was given to the agency and is there, the oldest first."""
    rows = Assessment.objects.select_related("institution", "agency", "tree")
    return visible_to(actor, VIEW_GIVEN, rows).order_by("pk")


def of_institution(actor: Actor, institution_id: int) -> QuerySet[Assessment] | None:
    """What the tab of an institution counts; None for whom there is no such tab."""
    if not can(actor, VIEW_PART):
        return None
    rows = Assessment.objects.filter(institution=institution_id)
    return visible_to(actor, VIEW_ASSESSMENTS, rows.select_related("agency", "tree")).order_by("-pk")


def not_assessed(actor: Actor, year: int) -> QuerySet[Institution]:
    """Filed institutions of one's places that a document wants assessed each year, and that have neither a
    result nor an assessment under way for that year."""
    there = Assessment.objects.filter(institution=OuterRef("pk"), year=year)
    begun = Exists(there.exclude(state__in=WITHOUT_RESULT))
    return _yearly(actor, year).filter(~begun).order_by("pk")


def _yearly(actor: Actor, year: int) -> QuerySet[Institution]:
    """The filed institutions of one's places that a document wants assessed in that year."""
    rows = visible_to(actor, BEGIN_ASSESSMENT, Institution.objects.filter(filing__in=FILED))
    yearly = Q(pk__in=[])
    for pack in jurisdictions.jurisdictions():
        if any(rule.key == "assessment.per_year" for rule in pack.rule):
            yearly |= Q(division_code__startswith=pack.prefix)
    return rows.filter(yearly).exclude(public_since__gt=date(year, 12, 31))


@dataclass(frozen=True)
class YearFigures:
    """Of how many institutions a year wants a result, and how far it is."""

    wanted: int
    published: int
    under_way: int

    @property
    def lacking(self) -> int:
        return self.wanted - self.published

    @property
    def not_begun(self) -> int:
        return self.lacking - self.under_way


def year_figures(actor: Actor, year: int) -> YearFigures:
    """How many results a year wants and has; of one's places, in one statement."""
    there = Assessment.objects.filter(institution=OuterRef("pk"), year=year)
    counted = (
        _yearly(actor, year)
        .annotate(
            has=Exists(there.filter(state=State.PUBLISHED)), going=Exists(there.filter(state__in=UNDER_WAY))
        )
        .aggregate(
            wanted=Count("pk"),
            published=Count("pk", filter=Q(has=True)),
            under_way=Count("pk", filter=Q(going=True, has=False)),
        )
    )
    return YearFigures(**counted)


def gaps(actor: Actor, year: int) -> QuerySet[Institution, Any]:
    """The institutions of which a year still lacks a published result, each with the assessment under way,
    if there is one; those not begun first."""
    there = Assessment.objects.filter(institution=OuterRef("pk"), year=year)
    going = there.filter(state__in=UNDER_WAY)
    rows = _yearly(actor, year).filter(~Exists(there.filter(state=State.PUBLISHED)))
    return (
        rows.annotate(
            assessment_id=Subquery(going.values("pk")[:1]),
            assessment_state=Subquery(going.values("state")[:1]),
        )
        .order_by(F("assessment_id").asc(nulls_first=True), "pk")
        .values("id", "name", "division_code", "assessment_id", "assessment_state")
    )


SAID = Along(Assessment, "scores"), Along(Assessment, "handed_in"), Along(Assessment, "objections")


def opened_with_all(actor: Actor, pk: int, *asked: Permission) -> tuple[Assessment, frozenset[str]]:
    """An assessment with what both sides said, the objections, and as `shown` the files one may read; and
    which of the permissions `asked` hold on it. Http404 where the actor does not see it."""
    files = Evidence.objects.filter(assessment=OuterRef("pk"), removed_at=None)
    # Not the rows themselves: what a reach finds twice is one file.
    read = visible_to(actor, READ_EVIDENCE, Evidence.objects.all()).values("pk")
    every = (*SAID, Along(Assessment, "shown", files.filter(pk__in=read).order_by("pk"), {"file": ("name",)}))
    rows = Assessment.objects.select_related("institution", "tree", "agency", "case")
    found, may = opened(actor, VIEW_ASSESSMENTS, bringing(rows, *every), *asked, pk=pk)
    return brought(found, *every), may


def scores_of(assessment: Assessment, side: str) -> dict[str, Scored]:
    """What one side says now, by code."""
    rows = (row for row in assessment.scores.all() if row.side == side)
    return {row.code: Scored(row.points, row.met, row.text) for row in rows}


def saved_at(assessment: Assessment, side: str) -> datetime | None:
    """When one side last said something; None as long as it has not."""
    return max((row.said_at for row in assessment.scores.all() if row.side == side), default=None)


def told_of(assessment: Assessment, side: str) -> dict[str, Scored]:
    """What one side handed in last, by code: what others may see of it."""
    handed = [one for one in assessment.handed_in.all() if one.side == side]
    return as_scored(handed[-1].scores) if handed else {}


def as_scored(kept: Mapping[str, Mapping[str, Any]]) -> dict[str, Scored]:
    """Scores as they were kept, to reckon with."""
    return {
        code: Scored(
            None if one["points"] in (None, "None") else Decimal(one["points"]), one["met"], one["text"]
        )
        for code, one in kept.items()
    }


@dataclass(frozen=True)
class Compared:
    """One item beside what each side says of it, and how far apart they are where both are known."""

    item: Item
    own: Scored
    expert: Scored
    files: tuple[Evidence, ...] = ()

    @property
    def difference(self) -> Decimal | None:
        if self.own.points is None or self.expert.points is None:
            return None
        return self.expert.points - self.own.points


def compared(
    chapters: Iterable[Chapter],
    own: Mapping[str, Scored],
    expert: Mapping[str, Scored],
    files: Iterable[Evidence] = (),
) -> list[tuple[Chapter, list[Compared]]]:
    """The items of each chapter with what both sides said."""
    shown = list(files)
    return [
        (
            chapter,
            [
                Compared(
                    item,
                    own.get(item.code, Scored()),
                    expert.get(item.code, Scored()),
                    tuple(one for one in shown if one.code == item.code),
                )
                for item in chapter.items
            ],
        )
        for chapter in chapters
    ]


def files_of(actor: Actor, assessment: Assessment) -> list[Evidence]:
    """The files shown for the items, as far as one may read them."""
    rows = Evidence.objects.filter(assessment=assessment, removed_at=None).select_related("file")
    return list(visible_to(actor, READ_EVIDENCE, rows).distinct().order_by("pk"))


def may_see_scores(assessment: Assessment, *, office: bool) -> bool:
    """Whether the agency's scores are shown: to the office once handed in, to the institution once told."""
    if office:
        return assessment.state not in (State.SELF, State.SCORING)
    return assessment.told_at is not None


def expert_of(assessment: Assessment, *, office: bool) -> dict[str, Scored]:
    """The agency's scores as far as the office, or else the institution, may see them."""
    return told_of(assessment, Side.EXPERT) if may_see_scores(assessment, office=office) else {}


# ---------------------------------------------------------------- results, for everybody


def results(*, year: str = "", place: str = "", grade: str = "") -> QuerySet[Assessment, Any]:
    """What was published and stands, of institutions that are public, the latest first."""
    rows = Assessment.objects.filter(STANDING, institution__in=public_institutions().values("pk"))
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(year=int(year))
    if place in places():
        rows = rows.filter(division_code__startswith=prefix_of(place))
    if grade:
        rows = rows.filter(grade=grade[:20])
    return rows.order_by("-published_at", "-pk").values(
        "id", "institution_id", "institution__name", "division_code", "year", "grade", "stars", "total",
        "published_at", "tree__name", "agency__name", "case__number",
    )  # fmt: skip


def result(pk: int) -> Assessment | None:
    """A published result, one that was withdrawn or followed by another too; None when it is not public."""
    rows = Assessment.objects.select_related("institution", "tree", "agency", "case")
    shown = Q(
        state__in=(State.PUBLISHED, State.WITHDRAWN), institution__in=public_institutions().values("pk")
    )
    return rows.filter(shown, pk=pk).first()


def grades_of(institutions: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The result that stands for each of these institutions, where there is one."""
    rows = _standing_of().all(institutions=list(institutions))
    return {row["institution_id"]: _labelled(row) for row in rows}


def standing_there() -> QuerySet[Assessment]:
    """The results that stand of the institution of an outer query."""
    return Assessment.objects.filter(STANDING, institution=OuterRef("pk"))


def standing_at(institution_id: int) -> list[dict[str, Any]]:
    """The result that stands for one institution, where there is one."""
    return list(grades_of([institution_id]).values())


def grades_and_known(institutions: Iterable[int]) -> tuple[dict[int, dict[str, Any]], list[str]]:
    """`grades_of`, and the grades carried by results that stand, the most stars first; in one query."""
    asked = set(institutions)
    rows = _standing_of(known=True).all(institutions=list(asked))
    told = {row["institution_id"]: _labelled(row) for row in rows if row["institution_id"] in asked}
    known = sorted({(-row["stars"], row["grade"]) for row in rows if row["grade"]})
    return told, list(dict.fromkeys(grade for _, grade in known))


def _labelled(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"label": row["grade"] or "不评定等级"}


@cache
def _standing_of(*, known: bool = False) -> Prepared[Any]:
    """Written once; every page of the directory asks. With `known` one result of each grade comes too."""
    rows = Assessment.objects.filter(STANDING)
    wanted: Any = AnyOf("institution_id", Blank("institutions"))
    if known:
        one_each = rows.exclude(grade="").order_by("grade", "institution").distinct("grade").values("pk")
        wanted = wanted | Q(pk__in=one_each)
    return Prepared(
        rows.filter(wanted).values("id", "institution_id", "year", "grade", "stars", "total", "tree__basis")
    )


def with_grade(rows: QuerySet[Institution], grade: str) -> QuerySet[Institution]:
    """Those of `rows` whose standing result carries a grade."""
    return rows.filter(Exists(standing_there().filter(grade=grade)))


# ---------------------------------------------------------------- in words


def row_in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A published result as a list shows it."""
    return row | {"place": place_name(row["division_code"]), "grade_label": row["grade"] or "不评定等级"}


def gap_in_words(row: dict[str, Any]) -> dict[str, Any]:
    """An institution without a result as a list shows it."""
    state = row["assessment_state"]
    return row | {
        "place": place_name(row["division_code"]),
        "state_label": str(State(state).label) if state else "没有发起",
    }


def tree_note(division_code: str, tree: IndicatorTree | None) -> str:
    """Why there is no grade at a place, which has this tree today; empty where there may be one."""
    if policy.procedure_at(division_code) is None:
        return "本地的文件没有规定对机构评估，这里不评定等级。"
    if tree is None:
        return "本地还没有采用完整的评估标准：一票否决项和等级的分数线补全并采用之前，不评定等级。"
    return ""


def under_way(institution_id: int) -> bool:
    """Whether an assessment of the institution is under way."""
    return Assessment.objects.filter(institution=institution_id, state__in=UNDER_WAY).exists()


def progress(chapter: Chapter, scores: Mapping[str, Scored]) -> tuple[int, int]:
    """How many items of a chapter are scored, of how many."""
    return sum(rules.is_scored(item, scores.get(item.code)) for item in chapter.items), len(chapter.items)
