"""The kernel's own permissions: the audit trail, and the office's calendar."""

from tuoyu.core.actor import Role
from tuoyu.core.permissions import Grant, declare

VIEW_EVENTS = declare("core.view_events", "查看审计记录", [Grant(Role.AUDIT_ADMIN)], model="core.AuditEvent")
EDIT_WORKDAYS = declare(
    "core.edit_workdays",
    "维护工作日历",
    [Grant(Role.SYSTEM_ADMIN), Grant(Role.JURISDICTION_LEAD)],
    model="core.WorkdayOverride",
)
