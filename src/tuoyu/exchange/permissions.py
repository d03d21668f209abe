"""Who may read the messages to an office, take note of them, and see to their delivery."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import own_department, own_places, own_post


def _to_any_department(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & ~Q(department="")


READ_MESSAGE = declare(
    "exchange.read_message",
    "查看推送给本部门的信息",
    model="core.OutboxMessage",
    grants=[
        *own_department(Role.OFFICER, Role.DEPARTMENT_LEAD),
        Grant(Role.JURISDICTION_LEAD, _to_any_department, "own places"),
        *own_post(Role.REGISTRAR_SYSTEM),
    ],
)
ACKNOWLEDGE = declare(
    "exchange.acknowledge",
    "签收推送给本部门的信息",
    model="core.OutboxMessage",
    grants=own_post(Role.OFFICER, Role.DEPARTMENT_LEAD, Role.REGISTRAR_SYSTEM),
)
SEE_DELIVERY = declare(
    "exchange.see_delivery",
    "查看信息推送情况",
    model="core.OutboxMessage",
    grants=[*own_department(Role.DEPARTMENT_LEAD), *own_places(Role.JURISDICTION_LEAD, Role.SYSTEM_ADMIN)],
)
RETRY = declare(
    "exchange.retry",
    "重新推送发送失败的信息",
    model="core.OutboxMessage",
    grants=[*own_department(Role.DEPARTMENT_LEAD), *own_places(Role.JURISDICTION_LEAD, Role.SYSTEM_ADMIN)],
)
MANAGE_CONNECTORS = declare(
    "exchange.manage_connectors",
    "设置部门系统的接收地址",
    model="exchange.Connector",
    grants=own_places(Role.SYSTEM_ADMIN),
)
