"""How much a page asks of the database: session, person and badges included, in a process that is warm.

Each page is opened by an office, by a nursery or by the public, whoever of them may, in a county with one of
everything; that fifty rows cost what one costs is tested beside each list.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import resolve, reverse

from architecture.test_strangers import PAGES, arguments, rows
from architecture.town import Town, built
from exchange.callers import seated
from institutions import desk
from policy.county import lead_of
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import User
from tuoyu.accounts.rules import ADMINISTRATORS
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import REGISTRY, can
from workforce.staff import head_user

MOST = 6
# Files and places a form leads to, and what this county has none of: an answered invitation, a published
# grade, a closed round, a suspension.
NOT_OPENED = {
    "accounts:agent_answer", "accounts:agent_letter", "accounts:agent_revoke", "accounts:audit_export",
    "accounts:choose_seat", "accounts:code", "accounts:confirm_phone", "accounts:end_seat",
    "accounts:give_seat", "accounts:home", "accounts:invitation", "accounts:phone", "accounts:phone_code",
    "accounts:registration", "accounts:reset_two_step", "accounts:revoke_api_client", "accounts:substitute",
    "accounts:unlock", "accounts:withdraw_invitation", "api-v1:openapi", "complaints:attachment",
    "imports:defects", "imports:template", "institutions:application", "institutions:calling_off",
    "institutions:certificate", "institutions:paper", "mfa_activate_totp", "mfa_authenticate",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_view_recovery_codes",
    "policy:draft_download", "portal:points", "ratings:evidence_file", "ratings:items_file",
    "ratings:result", "ratings:score", "credit:person", "robots", "supervision:field_worker",
    "supervision:photo", "supervision:proof", "supervision:round", "supervision:round_file",
    "workforce:paper", "workforce:service_certificate",
}  # fmt: skip


@dataclass
class Reader:
    """Somebody at a browser, and what the page opened last asked."""

    user: User | None = None
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.actor = actor_for(self.user) if self.user else Actor.public()
        self.browser = Client()
        if self.user is not None:
            self.browser.force_login(self.user, backend="tuoyu.accounts.backends.PeopleBackend")

    def opens(self, address: str) -> bool:
        """Whether this reader gets the page; one that is closed to the role is not asked for."""
        access = str(getattr(resolve(address.partition("?")[0]).func, "access", ""))
        permission = REGISTRY.get(access.removeprefix("permission: "))
        if permission is not None and not can(self.actor, permission):
            return False
        self.asked = []
        with connection.execute_wrapper(self._note):
            return bool(self.browser.get(address).status_code == 200)

    def _note(self, execute: Any, sql: str, *more: Any) -> Any:
        self.asked.append(sql)
        return execute(sql, *more)


def readers(town: Town) -> tuple[list[Reader], ...]:
    """Who has business here, by side; the first of a side that gets a page looks at it for the others."""
    officers = [
        seated(Role.DEPARTMENT_LEAD, "health", desk.GULOU),
        seated(Role.CLERK, "admin_approval", desk.GULOU),
        lead_of(desk.GULOU),
        *(seated(role, "", desk.GULOU) for role in sorted(ADMINISTRATORS)),
        seated(Role.SYSTEM_ADMIN, "", ""),
        town.scores_for.user,
    ]
    nurseries = [head_user(town.filed), town.draft.owner, town.submitted.owner]
    return [Reader()], [Reader(user) for user in nurseries], [Reader(user) for user in officers]


def asks(name: str, town: Town) -> str:
    """What stands after an address, where a page shows little without."""
    return f"?institution={town.filed.pk}" if name.endswith(":matters") else ""


@pytest.mark.django_db
def test_a_page_asks_six_things_at_most(packs: None) -> None:
    town = built()
    sides, given, found = readers(town), arguments(town), dict[str, int]()
    opened = {name for name, get, _ in rows(PAGES) if get != "405"} - NOT_OPENED
    for name in sorted(opened):
        address = reverse(name, args=given.get(name, [])) + asks(name, town)
        for side in sides:
            reader = next((one for one in side if one.opens(address)), None)
            if reader is not None and len(reader.asked) > MOST:
                # The packs are read once a process.
                reader.opens(address)
            if reader is not None:
                found[name] = max(found.get(name, 0), len(reader.asked))
    assert {name: count for name, count in found.items() if count > MOST} == {}
    assert found.keys() == opened
