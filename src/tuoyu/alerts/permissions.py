"""Who may see alerts and act on them."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import OFFICES, health_here, own_places


def _own(actor: Actor, seat: Seat) -> Q:
    return Q(institution=seat.institution_id, told=True)


def _addressed(actor: Actor, seat: Seat) -> Q:
    return seat.covers("division_code") & Q(addressees__contains=[seat.department])


ADDRESSED = [Grant(role, _addressed, "own department is addressed, own places") for role in OFFICES]

VIEW_ALERTS = declare(
    "alerts.view",
    "查看预警",
    model="alerts.Alert",
    grants=[
        Grant(Role.NURSERY_HEAD, _own, "own institution, what it is told of"),
        *ADDRESSED,
        *own_places(Role.JURISDICTION_LEAD),
    ],
)

HANDLE_ALERT = declare("alerts.handle", "处理预警", model="alerts.Alert", grants=ADDRESSED)


EVALUATE = declare(
    "alerts.evaluate",
    "立即核查一家机构的预警",
    model="institutions.Institution",
    grants=health_here(*OFFICES),
)
