"""The kernel's own permissions: the audit trail, and the office's calendar."""

from tuoyu.core.actor import Role
from tuoyu.core.permissions import declare
from tuoyu.core.reaches import own_places, whole_country

VIEW_EVENTS = declare(
    "core.view_events", "查看审计记录", own_places(Role.AUDIT_ADMIN), model="core.AuditEvent"
)
# One calendar moves every clock there is: who has a county changes nothing for its neighbours.
EDIT_WORKDAYS = declare(
    "core.edit_workdays",
    "维护全国统一的工作日历",
    whole_country(Role.SYSTEM_ADMIN),
    model="core.WorkdayOverride",
)
