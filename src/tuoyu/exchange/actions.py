"""Writes of the exchange: taking note of a message, sending it again, and where messages go."""

import secrets

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tuoyu.core import audit, clock, outbox
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.exchange import rules
from tuoyu.exchange.models import Connector
from tuoyu.exchange.permissions import ACKNOWLEDGE, MANAGE_CONNECTORS, RETRY
from tuoyu.institutions import actions as institutions
from tuoyu.institutions.actions import Registered
from tuoyu.institutions.models import Institution
from tuoyu.institutions.policy import procedure_of
from tuoyu.jurisdictions import atlas, queries
from tuoyu.jurisdictions.rulebook import RuleMissing

# ---------------------------------------------------------------- messages


def acknowledge(*, by: Actor, message: OutboxMessage) -> bool:
    """Take note of a message to one's office. False when somebody had done so: the second click does no
    harm, and the first name stays."""
    require(by, ACKNOWLEDGE, message)
    if message.state == OutboxMessage.State.ACKNOWLEDGED:
        return False
    try:
        _acknowledge(by=by, message=message)
    except Overtaken:
        return False
    return True


@action
def _acknowledge(*, by: Actor, message: OutboxMessage) -> None:
    if not outbox.acknowledged(message, by_label=by.label):
        raise Overtaken
    _record(by, "message.acknowledged", message)


@action
def retry(*, by: Actor, message: OutboxMessage) -> OutboxMessage:
    """Send a message again that had been given up; Overtaken when it is not (any more) given up."""
    require(by, RETRY, message)
    if not outbox.retry(message):
        raise Overtaken("这条信息不在“发送失败”状态，无需重新推送，请刷新后查看。")
    _record(by, "message.retried", message)
    return message


def _record(by: Actor, verb: str, message: OutboxMessage) -> None:
    audit.record(
        by, verb, message, topic=f"message:{message.pk}", place=message.division_code,
        after={"topic": message.topic, "department": message.department},
    )  # fmt: skip


# ---------------------------------------------------------------- registrations from outside


@action
def report_registration(*, by: Actor, told: Registered) -> tuple[Institution, bool]:
    """Take a registration that a registrar's own system reports: the same action and the same case as in
    the inbox. For a nursery without a case here it is pushed as its place's procedure says, so that the
    health department finds it under "registered but not filed"."""
    institution, new = institutions.report_registration(by=by, told=told)
    if new and not institution.applications.exists():
        for department in push_to(institution):
            outbox.enqueue(
                key=f"institution:{institution.pk}:registration:{department}",
                topic="registration.approved",
                department=department,
                division_code=queries.authority_of(institution.division_code, "county", department).code,
                payload=_payload(institution),
            )
    return institution, new


def push_to(institution: Institution) -> tuple[str, ...]:
    """Whom the rules of its place want told of a registration."""
    book = queries.book(institution.division_code)
    try:
        procedure = book.procedure(procedure_of(institution.kind))
    except RuleMissing:
        return ()
    return tuple(dict.fromkeys(d for s in procedure.step if s.kind == "registration" for d in s.push_to))


def _payload(institution: Institution) -> dict[str, object]:
    told = (
        "name", "kind", "nature", "legal_form", "uscc", "registration_number", "registrar", "address",
        "division_code",
    )  # fmt: skip
    return {
        "institution_id": institution.pk,
        "registered_on": str(institution.registered_on),
        **{name: getattr(institution, name) for name in told},
    }


# ---------------------------------------------------------------- where messages go


@action
def set_connector(*, by: Actor, department: str, division_code: str, address: str) -> tuple[Connector, str]:
    """Send the messages to an office to its own system from now on; returns the key that signs them,
    shown only now. An address set before is replaced, and its key with it."""
    _check_connector(by, department, division_code, address)
    secret = secrets.token_urlsafe(32)
    _remove(Connector.objects.filter(department=department, division_code=division_code))
    made = Connector(
        department=department, division_code=division_code, address=address, secret=secret,
        set_by=by.user_id, set_by_label=by.label,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Overtaken from error
    after = {"department": department, "division_code": division_code, "address": address}
    audit.record(by, "connector.set", made, after=after, place=division_code)
    return made, secret


@action
def remove_connector(*, by: Actor, connector: Connector, reason: str) -> None:
    """Deliver an office's messages in the program only."""
    require(by, MANAGE_CONNECTORS, connector)
    if not reason.strip():
        raise Refused(Problem("请写明理由。", field="reason"))
    if not _remove(Connector.objects.filter(pk=connector.pk)):
        raise Overtaken
    before = {"address": connector.address}
    audit.record(
        by, "connector.removed", connector, before=before, note=reason, place=connector.division_code
    )


def _remove(rows: QuerySet[Connector]) -> int:
    return rows.filter(removed_at=None).update(removed_at=clock.now())


def _check_connector(by: Actor, department: str, division_code: str, address: str) -> None:
    require(by, MANAGE_CONNECTORS)
    if not by.is_system and not any(
        seat.covers_place(division_code) for seat in by.seats_as(Role.SYSTEM_ADMIN)
    ):
        raise Refused(Problem("这个地区不在您的管理范围内。", field="division_code"), status=403)
    problems = []
    place = atlas.places().get(division_code)
    if place is None or place.abolished:
        problems.append(Problem("没有这个行政区划代码。", field="division_code", fix="请从列表中选择。"))
    elif department not in queries.book(division_code).vocabulary.keys:
        problems.append(Problem("没有这个部门。", field="department", fix="请从列表中选择。"))
    if wrong := rules.address_problem(address):
        problems.append(Problem(wrong, field="address"))
    if problems:
        raise Refused(problems)
