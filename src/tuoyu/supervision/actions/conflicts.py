"""Conflicts of interest: declared by oneself or a lead, lifted by a lead."""

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.supervision import queries
from tuoyu.supervision.actions.stand_ins import stand_in
from tuoyu.supervision.models import Conflict
from tuoyu.supervision.permissions import DECLARE_CONFLICT, LIFT_CONFLICT


@action
def declare_conflict(*, by: Actor, user_id: int, institution: Institution, reason: str) -> Conflict:
    """Somebody does not inspect an institution: said by oneself, or by the lead of the own office.

    Where that person was drawn already and the visit has not begun, the next by the same seed goes instead.
    """
    require(by, DECLARE_CONFLICT)
    if user_id not in dict(queries.colleagues(by)):
        raise Refused("只能为自己申报；部门负责人可以为本部门人员申报。", status=403)
    said = texts.tidy(reason).strip()[:300]
    if not said:
        raise Refused(Problem("请写明回避的理由。", field="reason"))
    if Conflict.objects.filter(user=user_id, institution=institution, lifted_at=None).exists():
        raise Overtaken("已经申报过，不用重复申报。")
    conflict = Conflict.objects.create(
        user_id=user_id, institution=institution, reason=said, declared_label=by.label
    )
    _record(by, "conflict.declared", conflict)
    for lot in queries.lots_before(conflict):
        stand_in(by=by, lot=lot, conflict=conflict)
    return conflict


@action
def lift_conflict(*, by: Actor, conflict: Conflict, reason: str) -> Conflict:
    """A conflict of interest is over, or was none; it stays written."""
    require(by, LIFT_CONFLICT, conflict)
    said = texts.tidy(reason).strip()[:300]
    if not said:
        raise Refused(Problem("请写明解除回避的理由。", field="reason"))
    changed = Conflict.objects.filter(pk=conflict.pk, lifted_at=None).update(
        lifted_at=clock.now(), lifted_label=by.label, lifted_reason=said
    )
    if not changed:
        raise Overtaken("这项回避刚刚已经解除。")
    conflict.refresh_from_db()
    _record(by, "conflict.lifted", conflict, note=said)
    return conflict


def _record(by: Actor, verb: str, conflict: Conflict, note: str = "") -> None:
    told = {"user": conflict.user_id, "institution": conflict.institution_id}
    audit.record(by, verb, conflict, topic=f"conflict:{conflict.pk}", after=told, note=note)
