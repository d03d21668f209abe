"""Who may do what with an assessment in which state, written by hand."""

from copy import deepcopy
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.people import seated
from ratings import rated
from ratings.rated import BY, FULL
from tuoyu.accounts.actors import actor_for
from tuoyu.cases import actions as cases
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import visible_to
from tuoyu.core.problems import Refused
from tuoyu.ratings import actions
from tuoyu.ratings.models import Assessment
from tuoyu.ratings.permissions import VIEW_ASSESSMENTS, VIEW_GIVEN
from workforce.staff import GULOU, XUANWU, head, nursery

pytestmark = pytest.mark.django_db

ROLES = (
    "head", "other_head", "teacher", "assessor", "other_assessor", "officer", "lead", "city", "neighbour",
    "market", "place_lead", "system", "audit",
)  # fmt: skip
SEE = {"head", "officer", "lead", "city", "place_lead"}
OFFICE = {"officer", "lead", "city"}
OWN_POST = {"officer", "lead"}
ENDED = {"see": SEE, "begin": OFFICE, "begin_with_reason": OFFICE}

# In each state, for each act, who it goes through for; everybody else is refused. `begin` is another of the
# same year without a reason.
TABLE: dict[str, dict[str, set[str]]] = {
    "self": {"see": SEE, "save_self": {"head"}, "hand_in_self": {"head"}, "call_off": OFFICE},
    "scoring": {
        "see": SEE, "given": {"assessor"}, "save_scores": {"assessor"}, "hand_in_scores": {"assessor"},
        "call_off": OFFICE,
    },
    "checking": {
        "see": SEE, "given": {"assessor"}, "tell": OFFICE, "send_back": OFFICE, "refuse": OWN_POST,
        "call_off": OFFICE,
    },
    "told": {"see": SEE, "accept": {"head"}, "object": {"head"}, "refuse": OWN_POST, "call_off": OFFICE},
    "accepted": {"see": SEE, "approve": OWN_POST, "refuse": OWN_POST, "call_off": OFFICE},
    "objected": {"see": SEE, "uphold": OFFICE, "reject": OFFICE, "refuse": OWN_POST, "call_off": OFFICE},
    "approving": {"see": SEE, "approve": OWN_POST, "refuse": OWN_POST, "call_off": OFFICE},
    "published": {"see": SEE, "withdraw": {"lead"}, "begin_with_reason": OFFICE},
    "withdrawn": {"see": SEE, "begin_with_reason": OFFICE},
    "called_off": ENDED,
    "refused": ENDED,
}  # fmt: skip
ACTS = (
    "see", "given", "save_self", "hand_in_self", "save_scores", "hand_in_scores", "tell", "send_back",
    "accept", "object", "uphold", "reject", "approve", "refuse", "call_off", "withdraw", "begin",
    "begin_with_reason",
)  # fmt: skip


def _people(one: Assessment) -> dict[str, Actor]:
    def sits(role: Role, department: str = "", place: str = GULOU, **more: Any) -> Actor:
        name = f"r-{role}-{department}-{place}".lower()
        return actor_for(seated(role, department, place, username=name, **more))

    return {
        "head": head(one.institution),
        "other_head": head(nursery(GULOU)),
        "teacher": sits(Role.NURSERY_STAFF, institution_id=one.institution_id, place=""),
        "assessor": rated.assessor(one.agency),
        "other_assessor": rated.assessor(rated.agency()),
        "officer": sits(Role.OFFICER, "health"),
        "lead": sits(Role.DEPARTMENT_LEAD, "health"),
        "city": sits(Role.OFFICER, "health", "320100"),
        "neighbour": sits(Role.OFFICER, "health", XUANWU),
        "market": sits(Role.OFFICER, "market_regulation"),
        "place_lead": sits(Role.JURISDICTION_LEAD, "health", "320100"),
        "system": sits(Role.SYSTEM_ADMIN),
        "audit": sits(Role.AUDIT_ADMIN),
    }


SCORED = ("say", "hand_in", "score", "hand_in_scores")
WAYS: dict[str, tuple[str, ...]] = {
    "self": ("say",),
    "called_off": ("say", "call_off"),
    "scoring": ("say", "hand_in", "score"),
    "checking": SCORED,
    "refused": (*SCORED, "refuse"),
    "told": (*SCORED, "tell"),
    "objected": (*SCORED, "tell", "object"),
    "accepted": (*SCORED, "tell", "accept"),
    "approving": (*SCORED, "tell", "accept", "decide"),
    "published": (*SCORED, "tell", "accept", "decide", "decide"),
    "withdrawn": (*SCORED, "tell", "accept", "decide", "decide", "withdraw"),
}


def _bring(one: Assessment, state: str, people: dict[str, Actor]) -> None:
    """From its beginning, by the way there is, to the state; both sides have said everything."""
    own, expert = people["head"], people["assessor"]
    steps: dict[str, Any] = {
        "say": lambda: actions.save_self(by=own, assessment=one, scores=FULL),
        "hand_in": lambda: actions.hand_in_self(by=own, assessment=one),
        "score": lambda: actions.save_scores(by=expert, assessment=one, scores=FULL),
        "hand_in_scores": lambda: actions.hand_in_scores(by=expert, assessment=one),
        "tell": lambda: actions.tell_result(by=BY, assessment=one),
        "object": lambda: actions.object_to(by=own, assessment=one, text="漏看了户外场地"),
        "accept": lambda: actions.accept(by=own, assessment=one),
        "decide": lambda: rated.decide(one),
        "refuse": lambda: rated.decide(one, "refuse", reason="材料不实"),
        "call_off": lambda: actions.call_off(by=BY, assessment=one, reason="机构搬迁"),
        "withdraw": lambda: actions.withdraw_result(by=BY, assessment=one, reason="应回避"),
    }
    for step in WAYS[state]:
        steps[step]()


def _do(act: str, by: Actor, one: Assessment) -> object:
    def sees(permission: Any) -> None:
        if not visible_to(by, permission, Assessment.objects.filter(pk=one.pk)).exists():
            raise PermissionDenied

    def decide(decision: str, **more: Any) -> object:
        step = one.case.steps.filter(state="active").first() if one.case else None
        if step is None:
            raise Refused("没有等待办理的环节")
        return cases.decide(by=by, step=step, decision=decision, **more)

    def begin(reason: str) -> object:
        year = clock.today().year
        return actions.begin(
            by=by, institution=one.institution, year=year, agency=one.agency, again_reason=reason
        )

    acts: dict[str, Any] = {
        "see": lambda: sees(VIEW_ASSESSMENTS),
        "given": lambda: sees(VIEW_GIVEN),
        "save_self": lambda: actions.save_self(by=by, assessment=one, scores=FULL),
        "hand_in_self": lambda: actions.hand_in_self(by=by, assessment=one),
        "save_scores": lambda: actions.save_scores(by=by, assessment=one, scores=FULL),
        "hand_in_scores": lambda: actions.hand_in_scores(by=by, assessment=one),
        "tell": lambda: actions.tell_result(by=by, assessment=one),
        "send_back": lambda: actions.send_back(by=by, assessment=one, reason="漏看"),
        "accept": lambda: actions.accept(by=by, assessment=one),
        "object": lambda: actions.object_to(by=by, assessment=one, text="漏看"),
        "uphold": lambda: actions.answer_objection(by=by, assessment=one, upheld=True, answer="确有"),
        "reject": lambda: actions.answer_objection(by=by, assessment=one, upheld=False, answer="没有"),
        "approve": lambda: decide("approve"),
        "refuse": lambda: decide("refuse", reason="材料不实"),
        "call_off": lambda: actions.call_off(by=by, assessment=one, reason="搬迁"),
        "withdraw": lambda: actions.withdraw_result(by=by, assessment=one, reason="应回避"),
        "begin": lambda: begin(""),
        "begin_with_reason": lambda: begin("搬迁到新址"),
    }
    return acts[act]()


@pytest.mark.parametrize("state", TABLE)
def test_who_may_do_what_with_an_assessment_in_which_state_is_as_the_table_says(state: str) -> None:
    rated.adopted()
    one, found = rated.begun(), dict[str, set[str]]()
    people = _people(one)
    _bring(one, state, people)
    one = Assessment.objects.select_related("institution", "agency", "tree", "case").get(pk=one.pk)
    for role in ROLES:
        for act in ACTS:
            try:
                with transaction.atomic():
                    _do(act, people[role], deepcopy(one))
                    transaction.set_rollback(True)
                found.setdefault(act, set()).add(role)
            except (Refused, PermissionDenied):
                continue
    assert found == TABLE[state]
