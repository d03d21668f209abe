"""Writing a place's tree of indicators from what is established, and adopting it once it is complete."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Seat
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.reaches import HEALTH, of_health
from tuoyu.core.transitions import move
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.packs.schema import Outline
from tuoyu.ratings import policy, rules
from tuoyu.ratings.models import IndicatorTree
from tuoyu.ratings.permissions import ADOPT_TREE, DRAFT_TREE
from tuoyu.ratings.vocabulary import TreeState


@action
def draft_tree(*, by: Actor, name: str, outline: str = "", division_code: str = "") -> IndicatorTree:
    """Begin a tree of one's own place from the outline of a standard, or from nothing.

    Raises Refused without a name, or where there is no such outline.
    """
    name = texts.tidy(name).strip()[:120]
    if not name:
        raise Refused(Problem("请写标准的名称。", field="name"))
    place = _own_place(by, division_code)
    found = next((one for one in jurisdictions.book(place).outlines() if one.key == outline), None)
    if outline and found is None:
        raise Refused(Problem("没有这个标准，请重新选择。", field="outline"))
    made = IndicatorTree.objects.create(
        division_code=place,
        department=HEALTH,
        name=name,
        outline=outline,
        content=_begun(found) if found else {"chapters": [], "grades": []},
        drafted_label=by.label[:120],
    )
    audit.record(by, "indicator_tree.drafted", made, after={"name": name, "outline": outline}, place=place)
    return made


def _own_place(by: Actor, division_code: str) -> str:
    """The place an officer writes for: that of the own post."""
    if by.is_system:
        return division_code
    posts: list[Seat] = [seat for seat in by.seats if of_health(seat) and seat.division_code]
    chosen = next((seat for seat in posts if division_code in ("", seat.division_code)), None)
    if chosen is None:
        raise Refused("只能起草本级卫生健康部门的评估标准。", status=403)
    return chosen.division_code


def _begun(outline: Outline) -> dict[str, Any]:
    """What is established, as the beginning of a tree; what is not stays open."""
    return {
        "total": outline.total,
        "chapters": [
            {
                "code": chapter.code,
                "name": chapter.name,
                "points": chapter.points,
                "aspect": chapter.aspect,
                "items": [
                    {"code": i.code, "text": i.text, "points": i.points, "veto": i.veto} for i in chapter.item
                ],
            }
            for chapter in outline.chapter
        ],
        "grades": [{"name": g.name, "at_least": g.at_least, "stars": g.stars} for g in outline.grade],
        "veto_brings": None,
        "vetoes_settled": False,
    }


@action
def write_tree(
    *, by: Actor, tree: IndicatorTree, content: dict[str, Any], version: int, name: str = ""
) -> IndicatorTree:
    """Keep what a draft says now; `version` is that which the writer read.

    Raises Overtaken when somebody wrote meanwhile, Refused once the tree is no draft.
    """
    require(by, DRAFT_TREE, tree)
    rows = IndicatorTree.objects.filter(pk=tree.pk, state=TreeState.DRAFT, version=version)
    kept = {"content": content} | ({"name": texts.tidy(name).strip()[:120]} if name.strip() else {})
    if rows.update(version=F("version") + 1, **kept) != 1:
        raise Overtaken
    tree.refresh_from_db()
    items = len(tree.tree.items)
    audit.record(by, "indicator_tree.written", tree, after={"version": tree.version, "items": items})
    return tree


@action
def discard_tree(*, by: Actor, tree: IndicatorTree) -> IndicatorTree:
    """Put a draft aside. Raises Overtaken once it is none."""
    require(by, DRAFT_TREE, tree)
    move(tree, from_=TreeState.DRAFT, to=TreeState.DISCARDED)
    audit.record(by, "indicator_tree.discarded", tree)
    return tree


@action
def adopt_tree(*, by: Actor, tree: IndicatorTree, basis: str, effective_from: date) -> IndicatorTree:
    """Adopt a complete tree with the document it rests on, for assessments that begin from a day on.

    Raises Refused with everything it lacks, without a basis, or for a day in the past.
    """
    require(by, ADOPT_TREE, tree)
    held = IndicatorTree.objects.select_for_update().get(pk=tree.pk)
    basis = texts.tidy(basis).strip()[:500]
    wrong = rules.lacking(held.tree, policy.aspects_at(held.division_code))
    if not basis:
        wrong.append(Problem("请写明采用的依据（文件名称和文号）。", field="basis"))
    if effective_from < clock.today():
        wrong.append(Problem("启用日期不能早于今天：已开始的评估沿用原标准。", field="effective_from"))
    if wrong:
        raise Refused(wrong)
    try:
        with transaction.atomic():
            move(
                held, from_=TreeState.DRAFT, to=TreeState.ADOPTED, basis=basis, effective_from=effective_from,
                adopted_at=clock.now(), adopted_by_id=by.user_id, adopted_label=by.label[:120],
            )  # fmt: skip
    except IntegrityError:
        raise Refused(
            Problem("本地已有同一天启用的标准，请换一个启用日期。", field="effective_from"), status=409
        ) from None
    told = {"name": held.name, "basis": basis, "effective_from": effective_from.isoformat()}
    audit.record(by, "indicator_tree.adopted", held, after=told, place=held.division_code)
    return held
