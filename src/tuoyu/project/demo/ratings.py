"""Assessments of the demonstration in Nanjing: one the institution fills in, one the agency scores, one published.

No document says what items are worth or where grades begin. The tree here is made up, and its name and its
basis say so.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.core import clock
from tuoyu.institutions.models import Institution
from tuoyu.project.demo.people import BY, Cast
from tuoyu.project.demo.playing import Days, scan
from tuoyu.ratings import actions
from tuoyu.ratings.models import Agency, Assessment, IndicatorTree
from tuoyu.ratings.rules import Scored, Tree

WHERE = "320100"
MADE_UP = "演示数据，不是正式标准"
# Of ten parts of an item's points the nursery gives itself so many, turn by turn, and the agency these.
OWN, EXPERT = (10, 9, 10, 9), (9, 9, 10, 8)


def rate(filed: Sequence[Institution], cast: Cast, days: Days) -> dict[str, Assessment]:
    """Assess the first three of `filed`: the first fills in, the second is published, the third is scored."""
    with days.at(32, 30):
        tree = _adopted()
        agency = actions.add_agency(
            by=BY,
            name="托育服务评估中心（演示）",
            kind="agency",
            entrusted_by="委托合同（演示）",
            division_code=cast.place.county,
        )
    if User.objects.filter(username="nanjing-assessor").exists():
        actions.name_assessor(by=BY, agency=agency, username="nanjing-assessor")
    told = {"published": _published(filed[1], agency, tree, cast, days)}
    with days.at(9, 60):
        told["scoring"] = _begun(filed[2], agency)
    with days.at(4, 90):
        _say(told["scoring"], tree.tree, OWN)
        told["scoring"] = actions.hand_in_self(by=BY, assessment=told["scoring"])
    with days.at(3, 45):
        told["self"] = _begun(filed[0], agency)
        first = tree.tree.chapters[0]
        said = {
            item.code: Scored(Decimal(item.points or 0), met=True if item.veto else None)
            for item in first.items
        }
        actions.save_self(by=BY, assessment=told["self"], scores=said)
        code = first.items[0].code
        actions.add_evidence(by=BY, assessment=told["self"], code=code, file=scan("fire_proof"))
    return told


def _adopted() -> IndicatorTree:
    tree = actions.draft_tree(by=BY, name="星级评估标准（演示）", outline="wst821", division_code=WHERE)
    content = _completed(dict(tree.content))
    tree = actions.write_tree(by=BY, tree=tree, content=content, version=tree.version)
    return actions.adopt_tree(by=BY, tree=tree, basis=MADE_UP, effective_from=clock.today())


def _completed(content: dict[str, Any]) -> dict[str, Any]:
    """What is established, with made-up points for each item and one more item for the rest of a chapter."""
    for chapter in content["chapters"]:
        items = chapter["items"]
        share = chapter["points"] // 10
        for item in items:
            item["points"] = share
        rest = chapter["points"] - share * len(items)
        items.append(
            {"code": f"{chapter['code']}.99", "text": "本章其余各项（演示）", "points": rest, "veto": False}
        )
    content["chapters"][0]["items"][0]["veto"] = True
    lines = (("五星", 900, 5), ("四星", 800, 4), ("三星", 700, 3), ("二星", 600, 2), ("一星", 500, 1))
    content["grades"] = [{"name": name, "at_least": least, "stars": stars} for name, least, stars in lines]
    return content | {"veto_brings": "none", "vetoes_settled": True}


def _begun(institution: Institution, agency: Agency) -> Assessment:
    return actions.begin(by=BY, institution=institution, year=clock.today().year, agency=agency)


def _say(one: Assessment, tree: Tree, parts: tuple[int, ...], *, expert: bool = False) -> None:
    said = {}
    for turn, item in enumerate(tree.items):
        points = Decimal((item.points or 0) * parts[turn % len(parts)]) / 10
        said[item.code] = Scored(points.quantize(Decimal("0.1")), True if item.veto else None)
    save = actions.save_scores if expert else actions.save_self
    save(by=BY, assessment=one, scores=said)


def _published(
    institution: Institution, agency: Agency, tree: IndicatorTree, cast: Cast, days: Days
) -> Assessment:
    with days.at(30, 60):
        one = _begun(institution, agency)
    with days.at(26, 90):
        _say(one, tree.tree, OWN)
        actions.hand_in_self(by=BY, assessment=one)
    with days.at(20, 120):
        _say(one, tree.tree, EXPERT, expert=True)
        one = actions.hand_in_scores(by=BY, assessment=one)
    with days.at(18, 60):
        actions.tell_result(by=BY, assessment=one)
    with days.at(17, 60):
        actions.accept(by=BY, assessment=one)
    assert one.case is not None
    for ago, kind in ((15, "assessment"), (13, "approval")):
        step = one.case.steps.get(kind=kind)
        with days.at(ago, 60):
            cases.decide(by=cast.officer(step.department, step.division_code), step=step, decision="approve")
    one.refresh_from_db()
    return one
