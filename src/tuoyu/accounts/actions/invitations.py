"""Invitations: a link for one person to one seat, used once, for some days."""

import secrets
from datetime import date
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from tuoyu.accounts import permissions, rules
from tuoyu.accounts.actions import people, seats
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Invitation, Membership, User
from tuoyu.accounts.queries import user_by_phone
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move


def hash_of(token: str) -> str:
    """How an invitation's token is kept: its 256 random bits need no key."""
    return sha256(token.encode()).hexdigest()


@action
def invite(
    *,
    by: Actor,
    username: str,
    name: str,
    phone: str,
    seat: SeatGiven,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> tuple[Invitation, str]:
    """Invite somebody to a seat; returns the invitation and the token of its link, shown only now."""
    seats.check_giver(by, seat)
    seats.check_seat(seat)
    seat = seats.located(seat)
    if by.user_id is None:
        raise Refused("邀请只能由系统管理员本人发出。", status=403)
    bare = _checked(username, name, phone)
    token = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            made = Invitation.objects.create(
                token_hash=hash_of(token),
                username=username,
                name=name.strip(),
                phone=bare,
                role=seat.role,
                department=seat.department,
                division_code=seat.division_code,
                institution_id=seat.institution_id,
                valid=seats.period(starts_on, ends_on),
                invited_by_id=by.user_id,
                expires_at=clock.now() + rules.INVITATION_LASTS,
            )
    except IntegrityError as error:
        if "invitation_one_open" in str(error):
            raise Refused("该账号已有一份待接受的邀请，请先撤回。", status=409) from error
        raise
    audit.record(by, "invitation.sent", made, after={"username": username, "role": seat.role.value})
    return made, token


def _checked(username: str, name: str, phone: str) -> str | None:
    """The phone as digits; raises Refused with everything wrong."""
    problems = []
    if wrong := rules.username_problem(username):
        problems.append(Problem(wrong, field="username"))
    elif User.objects.filter(username=username).exists():
        problems.append(
            Problem("已有这个账号。", field="username", fix="如为同一人，请在“人员与岗位”中为其增加岗位。")
        )
    if not name.strip():
        problems.append(Problem("请填写姓名。", field="name"))
    bare = rules.phone_of(phone) if phone.strip() else None
    if phone.strip() and bare is None:
        problems.append(Problem("手机号应为 11 位数字，以 1 开头。", field="phone"))
    elif bare and user_by_phone(bare):
        problems.append(Problem(people.PHONE_TAKEN, field="phone"))
    if problems:
        raise Refused(problems)
    return bare


def _may_still_give(inviter: User, given: SeatGiven) -> bool:
    """Whether the one who invited could give that seat today: a door does not outlive its keeper's post."""
    try:
        seats.check_giver(actor_for(inviter), given)
    except (Refused, PermissionDenied):
        return False
    return True


@action
def accept(*, by: Actor, invitation: Invitation, password: str) -> User:
    """Take up an invitation: the account is made and the seat given, once."""
    if invitation.expires_at <= clock.now():
        raise Refused("这份邀请已过期，请联系邀请您的管理员重新发出。", status=410)
    inviter = invitation.invited_by
    given = SeatGiven(
        Role(invitation.role), invitation.department, invitation.division_code, invitation.institution_id
    )
    if not inviter.is_active or not _may_still_give(inviter, given):
        raise Refused("邀请您的管理员已离岗，请联系现任管理员。", status=410)
    people.check_password(password, (invitation.username, invitation.name, invitation.phone or ""))
    user = people.create(
        name=invitation.name,
        origin=User.Origin.INVITED,
        username=invitation.username,
        password=password,
        phone=invitation.phone,
    )
    move(
        invitation,
        from_=Invitation.State.OPEN,
        to=Invitation.State.ACCEPTED,
        accepted_at=clock.now(),
        accepted_by_id=user.pk,
    )
    seat: Membership = seats.place_in_seat(user, given, invitation.valid, given_by=inviter)
    after = seats.described(seat)
    audit.record(by, "invitation.accepted", invitation, topic=f"person:{user.pk}", after=after)
    return user


@action
def withdraw_invitation(*, by: Actor, invitation: Invitation) -> None:
    """Close an invitation that nobody has taken up."""
    require(by, permissions.MANAGE_INVITATIONS, invitation)
    move(invitation, from_=Invitation.State.OPEN, to=Invitation.State.WITHDRAWN)
    audit.record(by, "invitation.withdrawn", invitation)
