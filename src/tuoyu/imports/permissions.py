"""Who may bring in files of rows, and read their own again. Of what kind, each kind asks besides."""

from django.db.models import Q

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.permissions import Grant, declare
from tuoyu.core.reaches import of_health


def _own(actor: Actor, seat: Seat) -> Q:
    return Q(owner=actor.user_id)


IMPORT = declare(
    "imports.use",
    "从表格文件导入",
    model="imports.Import",
    grants=[
        Grant(Role.OFFICER, _own, "health, own imports", of=of_health),
        Grant(Role.DEPARTMENT_LEAD, _own, "health, own imports", of=of_health),
        Grant(Role.NURSERY_HEAD, _own, "own imports"),
    ],
)
