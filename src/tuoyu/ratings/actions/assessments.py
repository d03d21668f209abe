"""An assessment from its beginning to what the agency hands in."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tuoyu.accounts.queries import heads_of
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.cases.notices import tell
from tuoyu.cases.plans import plan
from tuoyu.core import audit, clock, texts, uploads
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.ratings import policy, queries, rules
from tuoyu.ratings.models import Agency, Assessment, Evidence, HandedIn, Score
from tuoyu.ratings.permissions import ASSESS_SELF, BEGIN_ASSESSMENT, CONDUCT, SCORE
from tuoyu.ratings.rules import Scored
from tuoyu.ratings.vocabulary import PROCEDURE, UNDER_WAY, WITHOUT_RESULT, Side, State

MOST_EVIDENCE = 10


@action
def begin(
    *, by: Actor, institution: Institution, year: int, agency: Agency, again_reason: str = ""
) -> Assessment:
    """Begin the assessment of a filed institution for a year: it assesses itself, then the agency scores.

    Raises Refused where no document of the place orders it, no complete tree is adopted, one is under way,
    or there is a result of the year and no reason for another.
    """
    require(by, BEGIN_ASSESSMENT, institution)
    # The lock keeps a second assessment out until this one is written.
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    if held.filing not in FILED:
        raise Refused("只评估已备案的机构。", status=409)
    plan(PROCEDURE, held.division_code, _facts(held), clock.today())
    tree = queries.tree_at(held.division_code, clock.today())
    if tree is None:
        raise Refused(
            "本地还没有采用完整的评估标准，评不出等级，暂不能发起评估。请先补全并采用评估标准。", status=409
        )
    if not clock.today().year - 1 <= year <= clock.today().year:
        raise Refused(Problem("只能评估今年或去年。", field="year"))
    if not queries.agencies_for(held.division_code).filter(pk=agency.pk).exists():
        raise Refused(Problem("请选择本地正在受托的评估机构。", field="agency"))
    reason = texts.tidy(again_reason).strip()[:500]
    there = Assessment.objects.filter(institution=held)
    if there.filter(state__in=UNDER_WAY).exists():
        raise Refused("这家机构已有一次评估正在进行。", status=409)
    of_year = there.filter(year=year).exclude(state__in=WITHOUT_RESULT).exists()
    if of_year and not reason:
        raise Refused(
            Problem(f"{year}年已有一次评估结果，再评一次须写明理由。", field="again_reason"), status=409
        )
    ends = policy.deadline_at(held.division_code, "self_days")
    made = Assessment(
        institution=held, division_code=held.division_code, year=year, tree=tree, agency=agency,
        again_reason=reason if of_year else "", begun_label=by.label[:120], self_due_on=ends.on,
        self_due_provisional=ends.provisional,
    )  # fmt: skip
    made.save()
    audit.record(
        by, "assessment.begun", made, topic=made.topic, note=made.again_reason,
        after={"institution": held.pk, "year": year, "tree": tree.pk, "agency": agency.pk},
        place=held.division_code,
    )  # fmt: skip
    for user_id in heads_of(held.pk):
        tell(user_id, "请开始自评", f"“{held.name}”{year}年评估已开始，请在 {ends.on} 前完成自评并提交。",
             place=held.division_code)  # fmt: skip
    return made


def _facts(institution: Institution) -> dict[str, str]:
    names = ("nature", "legal_form", "kind", "registrar")
    return {name: str(getattr(institution, name)) for name in names}


@action
def save_self(*, by: Actor, assessment: Assessment, scores: Mapping[str, Scored]) -> None:
    """Keep what the institution says of some items; nothing is handed in yet.

    Raises Refused when something is wrong, Overtaken once the self-assessment is handed in.
    """
    require(by, ASSESS_SELF, assessment)
    _save(by, assessment, Side.SELF, State.SELF, scores)


@action
def save_scores(*, by: Actor, assessment: Assessment, scores: Mapping[str, Scored]) -> None:
    """Keep what an assessor says of some items. Raises as `save_self` does."""
    require(by, SCORE, assessment)
    _save(by, assessment, Side.EXPERT, State.SCORING, scores)


def _save(by: Actor, assessment: Assessment, side: Side, while_: State, scores: Mapping[str, Scored]) -> None:
    held = held_row(assessment, while_)
    tree = held.tree.tree
    wrong = []
    for code, scored in scores.items():
        item = tree.item(code)
        said = rules.score_problem(item, scored) if item else f"没有编号为“{code[:40]}”的评估项。"
        if said:
            wrong.append(Problem(said, field=f"points-{code[:40]}"))
    if wrong:
        raise Refused(wrong)
    for code, scored in scores.items():
        text = texts.tidy(scored.text).strip()[:1000]
        Score.objects.update_or_create(
            assessment=held, side=side, code=code,
            defaults={
                "points": scored.points, "met": scored.met, "text": text, "said_at": clock.now(),
                "said_by_id": by.user_id, "said_label": by.label[:120],
            },
        )  # fmt: skip
    told = {code: [str(one.points), one.met] for code, one in scores.items()}
    audit.record(by, f"assessment.{side}_saved", held, topic=held.topic, after=told, place=held.division_code)


def held_row(assessment: Assessment, *states: State) -> Assessment:
    """The row, locked and still in one of `states`; Overtaken otherwise."""
    rows = Assessment.objects.select_for_update(of=("self",)).select_related("tree", "institution", "case")
    held = rows.get(pk=assessment.pk)
    move(held, from_=tuple(states), to=held.state)
    return held


def to_agency(held: Assessment, from_: State, **also: Any) -> None:
    """Give it to the agency, whose days to score begin today."""
    ends = policy.deadline_at(held.division_code, "score_days")
    move(held, from_=from_, to=State.SCORING, score_from=clock.today(), score_due_on=ends.on,
         score_due_provisional=ends.provisional, **also)  # fmt: skip


@action
def hand_in_self(*, by: Actor, assessment: Assessment) -> Assessment:
    """Hand in the self-assessment: it goes to the agency. Raises Refused as long as an item is not scored."""
    require(by, ASSESS_SELF, assessment)
    held = held_row(assessment, State.SELF)
    _hand_in(by, held, Side.SELF)
    to_agency(held, State.SELF)
    audit.record(by, "assessment.self_handed_in", held, topic=held.topic, place=held.division_code)
    for user_id in held.agency.assessors.filter(ended_at=None).values_list("user", flat=True):
        tell(user_id, "有新的评估任务", f"“{held.institution.name}”{held.year}年自评已提交，请评分。",
             place=held.division_code)  # fmt: skip
    return held


@action
def hand_in_scores(*, by: Actor, assessment: Assessment) -> Assessment:
    """Hand in the agency's scores: the health department checks them, as a case.

    Raises Refused as long as an item is not scored, Overtaken when they were handed in already.
    """
    require(by, SCORE, assessment)
    held = held_row(assessment, State.SCORING)
    _hand_in(by, held, Side.EXPERT)
    move(held, from_=State.SCORING, to=State.CHECKING)
    if held.case_id is None:
        made = cases.open_matter(
            by=by, procedure=PROCEDURE, division_code=held.division_code, facts=_facts(held.institution),
            subject_name=held.institution.name, respondent_id=held.institution_id,
        )  # fmt: skip
        Assessment.objects.filter(pk=held.pk).update(case=made)
        held.case = made
    audit.record(by, "assessment.scores_handed_in", held, topic=held.topic, place=held.division_code)
    return held


def _hand_in(by: Actor, held: Assessment, side: Side) -> None:
    tree, scores = held.tree.tree, queries.scores_of(held, side)
    missing = rules.missing_of(tree.items, scores)
    if missing:
        shown = "、".join(missing[:10])
        raise Refused(
            Problem(
                f"还有{len(missing)}项没有评：{shown}{'等' if len(missing) > 10 else ''}。",
                field=f"points-{missing[0]}",
                fix="没有评的项不按0分计，请逐项填写后再提交。",
            )
        )
    total = rules.total_of(tree.items, scores)
    assert total is not None
    kept = {
        code: {"points": str(one.points), "met": one.met, "text": one.text} for code, one in scores.items()
    }
    HandedIn.objects.create(
        assessment=held, side=side, scores=kept, total=Decimal(total), label=by.label[:120]
    )


@action
def add_evidence(*, by: Actor, assessment: Assessment, code: str, file: uploads.Handed) -> Evidence:
    """Keep a file the institution shows for an item. Raises Refused for what is no such item or file, or
    one too many, Overtaken once the self-assessment is handed in."""
    require(by, ASSESS_SELF, assessment)
    held = held_row(assessment, State.SELF)
    if held.tree.tree.item(code) is None:
        raise Refused(Problem(f"没有编号为“{code[:40]}”的评估项。", field="code"))
    if held.evidence.filter(code=code, removed_at=None).count() >= MOST_EVIDENCE:
        raise Refused(Problem(f"一项最多放{MOST_EVIDENCE}份证明。", field="file"))
    stored = uploads.store(file=file, by=by, purpose="assessment evidence")
    made = Evidence.objects.create(assessment=held, code=code, file=stored, added_label=by.label[:120])
    audit.record(by, "assessment.evidence_added", held, topic=held.topic, after={"code": code},
                 place=held.division_code)  # fmt: skip
    return made


@action
def remove_evidence(*, by: Actor, evidence: Evidence) -> None:
    """Show a file no longer; it is kept. Raises Overtaken once the self-assessment is handed in."""
    require(by, ASSESS_SELF, evidence.assessment)
    held = held_row(evidence.assessment, State.SELF)
    Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=clock.now())
    audit.record(by, "assessment.evidence_removed", held, topic=held.topic, after={"code": evidence.code},
                 place=held.division_code)  # fmt: skip


@action
def call_off(*, by: Actor, assessment: Assessment, reason: str) -> Assessment:
    """End an assessment without a result. Raises Refused without a reason, Overtaken once it has ended."""
    require(by, CONDUCT, assessment)
    reason = texts.tidy(reason).strip()[:500]
    if not reason:
        raise Refused(Problem("请写明终止评估的理由。", field="reason"))
    held = held_row(assessment, *UNDER_WAY)
    move(held, from_=UNDER_WAY, to=State.CALLED_OFF, ended_at=clock.now(), end_reason=reason)
    audit.record(by, "assessment.called_off", held, topic=held.topic, note=reason, place=held.division_code)
    if held.case is not None and held.case.state not in Case.ENDED:
        cases.end_moot(by=by, case=held.case, reason=reason)
    for user_id in heads_of(held.institution_id):
        tell(user_id, "评估已终止", f"“{held.institution.name}”{held.year}年评估已终止。{reason}",
             place=held.division_code)  # fmt: skip
    return held
