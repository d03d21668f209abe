"""Who may read the messages to an office, take note of them, and see to their delivery."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare

HERE = "own department, own places"
POST = "own department at its own level"


def _to_department(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(department=seat.department)


def _to_post(actor: Actor, seat: Seat) -> Q:
    return Q(department=seat.department, division_code=seat.division_code)


def _to_any_department(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & ~Q(department="")


def _here(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code")


READ_MESSAGE = declare(
    "exchange.read_message",
    "查看推送给本部门的信息",
    model="core.OutboxMessage",
    grants=[
        Grant(Role.OFFICER, _to_department, HERE),
        Grant(Role.DEPARTMENT_LEAD, _to_department, HERE),
        Grant(Role.JURISDICTION_LEAD, _to_any_department, "own places"),
        Grant(Role.REGISTRAR_SYSTEM, _to_post, POST),
    ],
)
ACKNOWLEDGE = declare(
    "exchange.acknowledge",
    "签收推送给本部门的信息",
    model="core.OutboxMessage",
    grants=[
        Grant(Role.OFFICER, _to_post, POST),
        Grant(Role.DEPARTMENT_LEAD, _to_post, POST),
        Grant(Role.REGISTRAR_SYSTEM, _to_post, POST),
    ],
)
SEE_DELIVERY = declare(
    "exchange.see_delivery",
    "查看信息推送情况",
    model="core.OutboxMessage",
    grants=[
        Grant(Role.DEPARTMENT_LEAD, _to_department, HERE),
        Grant(Role.JURISDICTION_LEAD, _here, "own places"),
        Grant(Role.SYSTEM_ADMIN, _here, "own places"),
    ],
)
RETRY = declare(
    "exchange.retry",
    "重新推送发送失败的信息",
    model="core.OutboxMessage",
    grants=[
        Grant(Role.DEPARTMENT_LEAD, _to_department, HERE),
        Grant(Role.JURISDICTION_LEAD, _here, "own places"),
        Grant(Role.SYSTEM_ADMIN, _here, "own places"),
    ],
)
MANAGE_CONNECTORS = declare(
    "exchange.manage_connectors",
    "设置部门系统的接收地址",
    model="exchange.Connector",
    grants=[Grant(Role.SYSTEM_ADMIN, _here, "own places")],
)
