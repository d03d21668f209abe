"""A round of 双随机: the pool is frozen, the seed becomes known, lots are drawn, the round is published."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.copying import copy_objects
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name
from tuoyu.supervision import queries
from tuoyu.supervision.actions.inspections import Visit, schedule_many
from tuoyu.supervision.models import Draw, Inspection, Lot, Plan
from tuoyu.supervision.permissions import DRAW_LOTS, FREEZE_DRAW, REPLACE_DRAW, WITNESS_DRAW
from tuoyu.supervision.rules import draws as rules
from tuoyu.supervision.rules.draws import Need, Pool
from tuoyu.supervision.rules.plans import day_of
from tuoyu.supervision.vocabulary import DrawState, InspectionState

# A refusal names so many reasons; the rest are of the same kind.
MOST_REASONS = 20


@dataclass(frozen=True)
class Given:
    """What an organiser decides before freezing: how many, which public value, until when the round lasts."""

    count: int
    seed_source: str
    seed_moment: datetime
    closes_on: date


@action
def freeze_draw(*, by: Actor, plan: Plan, given: Given) -> Draw:
    """Freeze the pool of a round and write down its hash; the seed is a public value of a later moment.

    In the pool are the institutions the plan still lacks, and the inspectors of its departments. Raises
    Refused with every reason when no draw can rest on it, such as too few inspectors without a conflict.
    """
    require(by, FREEZE_DRAW, plan)
    if plan.adopted_at is None:
        raise Refused("计划还没有采用，不能抽取。", status=409)
    _hold(plan)
    wrong = _wrong_with(given)
    if wrong:
        raise Refused(wrong)
    now = clock.now()
    pool = pool_for(plan, given, now)
    called = {key: department_name(key, plan.division_code) for key in plan.departments}
    short = rules.shortage(pool, called)
    if short:
        raise Refused([Problem(one, field="count") for one in short[:MOST_REASONS]], status=409)
    text = pool.text()
    try:
        with transaction.atomic():
            draw = Draw.objects.create(
                plan=plan,
                count=given.count,
                pool=text,
                pool_size=len(pool.institutions),
                pool_sha256=rules.digest(text),
                seed_source=pool.seed_source,
                seed_moment=given.seed_moment,
                closes_on=given.closes_on,
                frozen_at=now,
                frozen_label=by.label,
                replaces=plan.draws.filter(state=DrawState.REPLACED, replaced_by=None).first(),
            )
    except IntegrityError as error:
        raise Overtaken("这份计划已有封存的名单，请先抽取或作废。") from error
    _record(by, "draw.frozen", draw, {"pool_sha256": draw.pool_sha256, "count": draw.count,
                                      "seed_source": draw.seed_source})  # fmt: skip
    return draw


def _hold(plan: Plan) -> None:
    """One thing at a time happens to the rounds of a plan: what is being drawn is in no other list."""
    Plan.objects.select_for_update().get(pk=plan.pk)


def _wrong_with(given: Given) -> list[Problem]:
    wrong = []
    if given.count < 1:
        wrong.append(Problem("至少抽取1家。", field="count"))
    if not texts.tidy(given.seed_source).strip():
        wrong.append(Problem("请写明用哪一个公开数值作种子。", field="seed_source"))
    if given.seed_moment <= clock.now():
        wrong.append(Problem("种子的公布时间应晚于现在：封存名单时谁都不能知道种子。", field="seed_moment"))
    if given.closes_on <= given.seed_moment.astimezone(clock.BEIJING).date():
        wrong.append(Problem("本轮截止日应在种子公布之后。", field="closes_on"))
    return wrong


def pool_for(plan: Plan, given: Given, at: datetime) -> Pool:
    """The pool of a plan as it stands now."""
    book = jurisdictions.book(plan.division_code, min(clock.today(), day_of(plan.year)))
    least = int(book.get("inspectors.min").value)
    needs = tuple(Need(department, least) for department in plan.departments)
    institutions, people = queries.candidates(plan, book), queries.inspectors(plan, needs)
    return Pool(
        plan={
            "year": plan.year,
            "kind": plan.kind,
            "division_code": plan.division_code,
            "department": plan.department,
            "source": plan.source,
            "pack": book.digest,
        },
        count=given.count,
        frozen_at=at.astimezone(clock.BEIJING).isoformat(),
        seed_source=texts.tidy(given.seed_source).strip()[:120],
        seed_moment=given.seed_moment.astimezone(clock.BEIJING).isoformat(),
        needs=needs,
        institutions=institutions,
        inspectors=people,
        conflicts=queries.conflicts_among({one.id for one in institutions}, {one.id for one in people}),
    )


@action
def witness_draw(*, by: Actor, draw: Draw, value: str) -> Draw:
    """Somebody of another office enters the public value as it was announced; may be mended until lots are
    drawn. Not before the seed's moment (409)."""
    require(by, WITNESS_DRAW, draw)
    _demand_known(draw)
    tidied = _value(value)
    changed = Draw.objects.filter(pk=draw.pk, state=DrawState.FROZEN).update(
        witnessed_value=tidied,
        witnessed_at=clock.now(),
        witnessed_by=by.user_id,
        witnessed_label=by.label,
    )
    if not changed:
        raise Overtaken("这一轮已经抽取或作废，不用再见证。")
    draw.refresh_from_db()
    _record(by, "draw.witnessed", draw, {})
    return draw


@action
def draw_lots(*, by: Actor, draw: Draw, value: str) -> Draw:
    """Draw: the organiser enters the public value too, and where both say the same the seed follows.

    Makes an inspection of every institution drawn, with its inspectors. Raises Refused (409) before the
    seed's moment, without a witness, and when the two values differ.
    """
    require(by, DRAW_LOTS, draw)
    _demand_known(draw)
    tidied = _value(value)
    _hold(draw.plan)
    held = Draw.objects.select_for_update().select_related("plan").get(pk=draw.pk)
    if held.state != DrawState.FROZEN:
        raise Overtaken("这一轮已经抽取或作废。")
    if held.witnessed_at is None:
        raise Refused("还没有其他部门的人员见证：请见证人先录入公布的数值。", status=409)
    if held.witnessed_by_id == by.user_id:
        raise Refused("见证人不能同时是抽取人。", status=409)
    if held.witnessed_value != tidied:
        raise Refused(
            Problem(
                "您录入的数值与见证人录入的不一致，没有抽取。",
                field="value",
                fix=f"请双方各自核对{held.seed_source}的公布结果后重新录入。",
            ),
            status=409,
        )
    if rules.digest(held.pool) != held.pool_sha256:
        raise Refused("封存的名单与其哈希值不符，不能据此抽取。请作废重抽，并报告审计管理员。", status=409)
    pool = rules.read_pool(held.pool)
    found = rules.drawn(pool, rules.seed_of(held.pool_sha256, tidied))
    file = rules.file_of(held.pool, tidied, found, replaced=_replaced_before(held))
    move(held, from_=DrawState.FROZEN, to=DrawState.DRAWN, value=tidied, drawn_at=clock.now(),
         drawn_label=by.label, file=file)  # fmt: skip
    plan = held.plan
    made = schedule_many(
        by=by,
        visits=[Visit(one.institution, one.inspectors) for one in found],
        origin=plan.origin,
        department=plan.department,
        division_code=plan.division_code,
        year=plan.year,
    )
    copy_objects([Lot(draw=held, place=place, inspection=one) for place, one in enumerate(made, 1)])
    _record(by, "draw.drawn", held, {"value": tidied, "seed": file["seed"], "count": len(found)})
    return held


def _replaced_before(draw: Draw) -> list[dict[str, str]]:
    """The draws this one stands in for, the latest first."""
    found, one = [], draw.replaces
    while one is not None:
        found.append(
            {
                "pool_sha256": one.pool_sha256,
                "reason": one.replaced_reason,
                "value": one.value,
                "at": one.replaced_at.astimezone(clock.BEIJING).isoformat() if one.replaced_at else "",
            }
        )
        one = one.replaces
    return found


@action
def replace_draw(*, by: Actor, draw: Draw, reason: str) -> Draw:
    """A round does not count and is to be drawn anew; it is kept, with the reason. Its inspections are
    cancelled; once one of them has begun it stands (409)."""
    require(by, REPLACE_DRAW, draw)
    said = texts.tidy(reason).strip()[:500]
    if not said:
        raise Refused(Problem("请写明作废重抽的理由。", field="reason"))
    if draw.published_at is not None:
        raise Refused("这一轮已经结束并公开，不能作废。", status=409)
    _hold(draw.plan)
    move(draw, from_=(DrawState.FROZEN, DrawState.DRAWN), to=DrawState.REPLACED, replaced_at=clock.now(),
         replaced_label=by.label, replaced_reason=said)  # fmt: skip
    inspections = Inspection.objects.select_for_update().filter(lot__draw=draw)
    states = list(inspections.values_list("pk", "state"))
    if any(state != InspectionState.PLANNED for _, state in states):
        raise Refused("这一轮已有检查开始，不能作废重抽。", status=409)
    Inspection.objects.filter(pk__in=[pk for pk, _ in states]).update(state=InspectionState.CANCELLED)
    _record(by, "draw.replaced", draw, {"cancelled": len(states)}, note=said)
    return draw


@action
def publish_draw(*, by: Actor, draw: Draw) -> Draw:
    """Publish list and seed of a round that is closed; Refused (409) before, by whomever."""
    if not by.is_system:
        raise Refused("本轮结束后由系统公开。", status=403)
    if not queries.is_ripe(draw):
        raise Refused("这一轮还没有结束，名单和种子不能公开。", status=409)
    changed = Draw.objects.filter(pk=draw.pk, published_at=None).update(published_at=clock.now())
    if not changed:
        raise Overtaken("这一轮已经公开。")
    draw.refresh_from_db()
    _record(by, "draw.published", draw, {})
    return draw


def _demand_known(draw: Draw) -> None:
    if clock.now() < draw.seed_moment:
        at = draw.seed_moment.astimezone(clock.BEIJING)
        raise Refused(f"种子（{draw.seed_source}）{at:%Y-%m-%d %H:%M}才公布，现在还不能录入。", status=409)


def _value(given: str) -> str:
    tidied = rules.tidy_value(given[:400])
    if not tidied or len(tidied) > 120:
        raise Refused(Problem("请按公布的结果录入数字，如“03 11 17 20 25 32 + 07”。", field="value"))
    return tidied


def _record(by: Actor, verb: str, draw: Draw, after: dict[str, object], note: str = "") -> None:
    audit.record(by, verb, draw, topic=draw.topic, place=draw.plan.division_code, after=after, note=note)
