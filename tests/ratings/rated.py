"""A small complete tree, an agency with its assessor, and an assessment brought as far as a test wants."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions.models import Institution
from tuoyu.ratings import actions
from tuoyu.ratings.models import Agency, Assessment, IndicatorTree
from tuoyu.ratings.rules import Scored
from workforce.staff import GULOU, head, nursery

BY = Actor.system("测试")
_numbers = count(1)

CONTENT: dict[str, Any] = {
    "total": 100,
    "chapters": [
        {"code": "1", "name": "办托条件", "points": 60, "aspect": "quality", "items": [
            {"code": "1.1", "text": "环境", "points": 40, "veto": False},
            {"code": "1.2", "text": "消防证明", "points": 20, "veto": True},
        ]},
        {"code": "2", "name": "安全保障", "points": 40, "aspect": "safety", "items": [
            {"code": "2.1", "text": "演练", "points": 40, "veto": False},
        ]},
    ],
    "grades": [
        {"name": "五星", "at_least": 90, "stars": 5}, {"name": "四星", "at_least": 75, "stars": 4},
        {"name": "三星", "at_least": 60, "stars": 3},
    ],
    "veto_brings": "none",
    "vetoes_settled": True,
}  # fmt: skip
FULL = {"1.1": Scored(Decimal(40)), "1.2": Scored(Decimal(20), met=True), "2.1": Scored(Decimal(35))}


def scores(first: Any = 40, second: Any = 20, third: Any = 35, *, met: bool = True) -> dict[str, Scored]:
    """What one side says of the three items."""
    return {
        "1.1": Scored(Decimal(first)), "1.2": Scored(Decimal(second), met=met), "2.1": Scored(Decimal(third)),
    }  # fmt: skip


def adopted(place: str = "320100", on: date | None = None, **changed: Any) -> IndicatorTree:
    """A complete tree, adopted for a place from a day on."""
    tree = actions.draft_tree(by=BY, name=f"星级标准{next(_numbers)}", division_code=place)
    actions.write_tree(by=BY, tree=tree, content=CONTENT | changed, version=tree.version)
    return actions.adopt_tree(by=BY, tree=tree, basis="测卫〔2026〕1号", effective_from=on or clock.today())


def agency(place: str = "320100") -> Agency:
    name = f"第{next(_numbers)}评估中心"
    return actions.add_agency(by=BY, name=name, kind="agency", entrusted_by="委托合同", division_code=place)


def assessor_user(of: Agency) -> User:
    """Somebody who scores for an agency."""
    name = f"assessor-{next(_numbers)}"
    user = seated(Role.ASSESSOR, "", of.division_code, username=name)
    actions.name_assessor(by=BY, agency=of, username=name)
    return user


def assessor(of: Agency) -> Actor:
    return actor_for(assessor_user(of))


def begun(institution: Institution | None = None, of: Agency | None = None, **more: Any) -> Assessment:
    """An assessment that waits for the institution."""
    given = {
        "institution": institution or nursery(GULOU),
        "agency": of or agency(),
        "year": clock.today().year,
    }
    return actions.begin(by=BY, **(given | more))


def to_score(one: Assessment, said: dict[str, Scored] | None = None) -> Assessment:
    """The institution has handed in what it says of itself."""
    by = head(one.institution)
    actions.save_self(by=by, assessment=one, scores=said or FULL)
    return actions.hand_in_self(by=by, assessment=one)


def scored(one: Assessment, by: Actor, said: dict[str, Scored] | None = None) -> Assessment:
    """The agency has handed in its scores; the office checks them."""
    actions.save_scores(by=by, assessment=one, scores=said or FULL)
    return actions.hand_in_scores(by=by, assessment=one)


def published(
    institution: Institution | None = None, said: dict[str, Scored] | None = None, **more: Any
) -> Assessment:
    """An assessment all the way to its published result."""
    one = begun(institution, **more)
    to_score(one)
    scored(one, assessor(one.agency), said)
    actions.tell_result(by=BY, assessment=one)
    actions.accept(by=head(one.institution), assessment=one)
    decide(one)
    decide(one)
    one.refresh_from_db()
    return one


def decide(one: Assessment, decision: str = "approve", **more: Any) -> None:
    """The step of the case that waits is decided."""
    one.refresh_from_db()
    assert one.case is not None
    cases.decide(by=BY, step=one.case.steps.get(state="active"), decision=decision, **more)
