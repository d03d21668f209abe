"""API clients: registrars' own systems, each with a token shown once."""

import secrets

from tuoyu.accounts import permissions, tokens
from tuoyu.accounts.actions.seats import check_seat
from tuoyu.accounts.models import ApiClient
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused


@action
def create_api_client(*, by: Actor, name: str, department: str, division_code: str) -> tuple[ApiClient, str]:
    """Let a system report for a department at a place; returns it and its token, shown only now."""
    require(by, permissions.MANAGE_API_CLIENTS)
    places = by.seats_as(Role.SECURITY_ADMIN)
    if not by.is_system and not any(seat.covers_place(division_code) for seat in places):
        raise Refused(Problem("这个地区不在您的管理范围内。", field="division_code"), status=403)
    if not name.strip():
        raise Refused(Problem("请填写系统名称。", field="name"))
    check_seat(SeatGiven(Role.OFFICER, department, division_code))
    token = f"ty_{secrets.token_urlsafe(32)}"
    made = ApiClient.objects.create(
        name=name.strip(),
        department=department,
        division_code=division_code,
        token_hash=tokens.hash_of(token),
        token_start=token[:8],
        created_by_id=by.user_id,
    )
    audit.record(by, "api_client.created", made, after={"name": made.name, "department": department})
    return made, token


@action
def revoke_api_client(*, by: Actor, client: ApiClient) -> None:
    """Take a system's token back; its next request is refused."""
    require(by, permissions.MANAGE_API_CLIENTS, client)
    revoked = ApiClient.objects.filter(pk=client.pk, revoked_at=None)
    if not revoked.update(revoked_at=clock.now(), revoked_by_id=by.user_id):
        raise Overtaken("该令牌已经撤销。")
    audit.record(by, "api_client.revoked", client)
