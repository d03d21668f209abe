"""Reads: the tree of a place, what each side said, lists of assessments, and the results that stand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, visible_to
from tuoyu.core.prepared import AnyOf, Blank, Prepared
from tuoyu.institutions.models import Institution
from tuoyu.institutions.queries import public_institutions
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import place_name
from tuoyu.jurisdictions.packs.schema import Outline, prefix_of
from tuoyu.ratings import policy, rules
from tuoyu.ratings.models import Agency, Assessment, Evidence, HandedIn, IndicatorTree, Score
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
from tuoyu.ratings.vocabulary import UNDER_WAY, WITHOUT_RESULT, Side, State, TreeState

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
    return rows.order_by("-pk")


def given(actor: Actor) -> QuerySet[Assessment]:
    """What an assessor has before it: what was given to the agency and is there, the oldest first."""
    rows = Assessment.objects.select_related("institution", "agency", "tree")
    return visible_to(actor, VIEW_GIVEN, rows).order_by("pk").distinct()


def of_institution(actor: Actor, institution_id: int) -> QuerySet[Assessment] | None:
    """What the tab of an institution counts; None for whom there is no such tab."""
    if not can(actor, VIEW_PART):
        return None
    rows = Assessment.objects.filter(institution=institution_id)
    return visible_to(actor, VIEW_ASSESSMENTS, rows.select_related("agency", "tree")).order_by("-pk")


def not_assessed(actor: Actor, year: int) -> QuerySet[Institution]:
    """Filed institutions of one's places that a document wants assessed each year, and that have neither a
    result nor an assessment under way for that year."""
    rows = visible_to(actor, BEGIN_ASSESSMENT, Institution.objects.filter(filing__in=FILED))
    there = Assessment.objects.filter(institution=OuterRef("pk"), year=year)
    yearly = Q(pk__in=[])
    for pack in jurisdictions.jurisdictions():
        if any(rule.key == "assessment.per_year" for rule in pack.rule):
            yearly |= Q(division_code__startswith=pack.prefix)
    return rows.filter(yearly).filter(~Exists(there.exclude(state__in=WITHOUT_RESULT))).order_by("pk")


def scores_of(assessment: Assessment, side: str) -> dict[str, Scored]:
    """What one side says now, by code."""
    rows = Score.objects.filter(assessment=assessment, side=side)
    return {row.code: Scored(row.points, row.met, row.text) for row in rows}


def told_of(assessment: Assessment, side: str) -> dict[str, Scored]:
    """What one side handed in last, by code: what others may see of it."""
    last = HandedIn.objects.filter(assessment=assessment, side=side).order_by("-pk").first()
    return as_scored(last.scores) if last else {}


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
    return assessment.told_at is not None or assessment.state in (State.PUBLISHED, State.WITHDRAWN)


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
    return rows.filter(Exists(Assessment.objects.filter(STANDING, institution=OuterRef("pk"), grade=grade)))


# ---------------------------------------------------------------- in words


def row_in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A published result as a list shows it."""
    return row | {"place": place_name(row["division_code"]), "grade_label": row["grade"] or "不评定等级"}


def tree_note(division_code: str) -> str:
    """Why there is no grade at a place; empty where there may be one."""
    if policy.procedure_at(division_code) is None:
        return "本地的文件没有规定对机构评估，这里不评定等级。"
    if tree_at(division_code, clock.today()) is None:
        return "本地还没有采用完整的评估标准：一票否决项和等级的分数线补全并采用之前，不评定等级。"
    return ""


def under_way(institution_id: int) -> bool:
    """Whether an assessment of the institution is under way."""
    return Assessment.objects.filter(institution=institution_id, state__in=UNDER_WAY).exists()


def progress(chapter: Chapter, scores: Mapping[str, Scored]) -> tuple[int, int]:
    """How many items of a chapter are scored, of how many."""
    return sum(rules.is_scored(item, scores.get(item.code)) for item in chapter.items), len(chapter.items)
