"""People and seats, for the system administrator; leads see their own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts import actions, forms, names, queries, rules
from tuoyu.accounts.messenger import messenger
from tuoyu.accounts.models import Invitation, Membership, User
from tuoyu.accounts.permissions import GUARD_SIGN_IN, MANAGE_INVITATIONS, MANAGE_SEATS, SUBSTITUTE, VIEW_SEATS
from tuoyu.core import access, clock
from tuoyu.core.actor import Actor
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, get_visible, visible_to
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import atlas

HELD = [("now", "在岗"), ("later", "未到岗"), ("past", "已离岗"), ("all", "全部")]
SUGGESTED = 400


def suggestions(actor: Actor) -> list[str]:
    """Places the administrator may choose, as the input suggests them: down to the county, or the street."""
    prefixes = tuple(p for seat in actor.seats if seat.membership_id for p in seat.prefixes)
    below = [p for p in atlas.places().values() if not p.abolished and p.code.startswith(prefixes)]
    if len(below) > SUGGESTED:
        below = [p for p in below if p.level != "street"]
    if len(below) > SUGGESTED:
        below = [p for p in below if p.level in ("province", "city")]
    return [f"{p.code} {p.full_name}" for p in below[:SUGGESTED]]


@access.permitted(VIEW_SEATS)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Who holds which seat."""
    actor = access.actor_of(request)
    asked = {key: request.GET.get(key, "")[:60] for key in ("name", "role", "department", "place")}
    held = request.GET.get("held", "now")
    if held not in dict(HELD) or "\0" in "".join(asked.values()):
        raise Http404
    page = page_of(queries.seats_for(actor, held=held, **asked), request)
    context = {
        "page": page,
        "rows": [_row(row) for row in page.rows],
        "asked": {**asked, "held": held},
        "held_choices": HELD,
        "roles": [*forms.OFFICE_ROLES, *forms.NURSERY_ROLES],
        "departments": list(names.departments().items()),
        "divisions": suggestions(actor),
        "may_manage": can(actor, MANAGE_SEATS),
    }
    return render(request, "accounts/people.html", context)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    last = row["user__last_login"]
    return {
        "user_id": row["user_id"],
        "name": row["user__name"],
        "username": row["user__username"],
        "role": names.role_name(row["role"]),
        "department": names.department_name(row["department"]) if row["department"] else "",
        "place": names.place_name(row["division_code"]),
        "period": period_text(row["valid"]),
        "state": state_of(row["valid"], row["ended_at"]),
        "substitute": row["substitute_for"] is not None,
        "last_login": last,
        "end_reason": row["end_reason"],
    }


def period_text(valid: Any) -> str:
    """A seat's days as a person reads them; the last day is a day it is held."""
    if valid.isempty:
        return "未到岗"
    last = date.fromordinal(valid.upper.toordinal() - 1).isoformat() if valid.upper else "长期"
    return f"{valid.lower} 至 {last}"


def state_of(valid: Any, ended_at: Any) -> tuple[str, str]:
    """A seat's state in a word and its tone."""
    today = clock.today()
    if valid.isempty or ended_at or (valid.upper and valid.upper <= today):
        return "已离岗", "grey"
    return ("未到岗", "todo") if valid.lower and valid.lower > today else ("在岗", "green")


def _person(actor: Actor, pk: int) -> tuple[User, list[Membership]]:
    """A person and those of the seats the actor may see; 404 when there is none."""
    rows = visible_to(actor, VIEW_SEATS, Membership.objects.filter(user_id=pk))
    seats = list(rows.select_related("user", "substitute_for__user").order_by("-pk"))
    if seats:
        return seats[0].user, seats
    return get_visible(actor, GUARD_SIGN_IN, User.objects.all(), pk=pk), []


@access.permitted(VIEW_SEATS)
@require_GET
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: seats, and what may be done about them."""
    actor = access.actor_of(request)
    user, seats = _person(actor, pk)
    return render(request, "accounts/person.html", _person_context(actor, user, seats))


def _person_context(actor: Actor, user: User, seats: list[Membership], **more: Any) -> dict[str, Any]:
    may_substitute = can(actor, SUBSTITUTE)
    others = queries.substitutes_for(actor, user.pk) if may_substitute else []
    context = {
        "person": user,
        "phone": rules.masked_phone(user.phone) if user.phone else "",
        "seats": [
            {
                "pk": s.pk,
                "name": names.seat_name(s.role, s.department, s.division_code),
                "period": period_text(s.valid),
                "state": state_of(s.valid, s.ended_at),
                "ended": s.ended_at is not None,
                "reason": s.end_reason,
                "for": s.substitute_for.user.name if s.substitute_for else "",
            }
            for s in seats
        ],
        "may_manage": can(actor, MANAGE_SEATS),
        "may_substitute": may_substitute,
        "may_guard": can(actor, GUARD_SIGN_IN, user),
        "two_step": queries.has_two_step(user.pk),
        "divisions": suggestions(actor),
        "seat_form": forms.SeatFields(),
        "substitute_form": forms.Substitute(people=others, initial={"starts_on": clock.today()}),
    }
    return {**context, **more}


@access.permitted(MANAGE_SEATS)
@require_POST
def give_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a further seat."""
    actor = access.actor_of(request)
    user, seats = _person(actor, pk)
    form = forms.SeatFields(request.POST)
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.give_seat(
                by=actor, user=user, seat=form.seat(), starts_on=data["starts_on"], ends_on=data["ends_on"]
            )
            messages.success(request, "岗位已增加。")
            return redirect("accounts:person", pk=pk)
        except Refused as refused:
            forms.say(form, refused)
            status = refused.status
    context = _person_context(actor, user, seats, seat_form=form)
    return render(request, "accounts/person.html", context, status=status)


@access.permitted(MANAGE_SEATS)
@require_POST
def end_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """End a seat; what was in hand goes back to the department's inbox."""
    actor = access.actor_of(request)
    seat = get_visible(actor, VIEW_SEATS, Membership.objects.all(), pk=pk)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        raise Refused("请填写离岗理由。")
    moved = actions.end_seat(by=actor, seat=seat, reason=form.cleaned_data["reason"])
    handed = f"其在办的 {moved} 项已退回部门待办。" if moved else "没有需要移交的在办事项。"
    messages.success(request, f"岗位已结束，{handed}")
    return redirect("accounts:person", pk=seat.user_id)


@access.permitted(SUBSTITUTE)
@require_POST
def substitute(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody sit in for a while."""
    actor = access.actor_of(request)
    seat = get_visible(actor, SUBSTITUTE, Membership.objects.select_related("user"), pk=pk)
    form = forms.Substitute(request.POST, people=queries.substitutes_for(actor, seat.user_id))
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            other = User.objects.get(pk=data["user"])
            actions.substitute(
                by=actor, seat=seat, user=other, starts_on=data["starts_on"], ends_on=data["ends_on"]
            )
            messages.success(request, f"已安排{other.name}代班。")
            return redirect("accounts:person", pk=seat.user_id)
        except Refused as refused:
            forms.say(form, refused)
            status = refused.status
    user, seats = _person(actor, seat.user_id)
    context = _person_context(actor, user, seats, substitute_form=form)
    return render(request, "accounts/person.html", context, status=status)


@access.permitted(MANAGE_INVITATIONS)
@never_cache
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody who has no account yet; the link is shown once."""
    actor = access.actor_of(request)
    form = forms.Invite(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _invited(request, actor, form)
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    context = {"form": form, "divisions": suggestions(actor)}
    return render(request, "accounts/invite.html", context, status=status)


def _invited(request: HttpRequest, actor: Actor, form: forms.Invite) -> HttpResponse:
    data = form.cleaned_data
    made, token = actions.invite(
        by=actor,
        username=data["username"].strip().lower(),
        name=data["name"],
        phone=data["phone"],
        seat=form.seat(),
        starts_on=data["starts_on"],
        ends_on=data["ends_on"],
    )
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    if made.phone:
        try:
            messenger().send(made.phone, f"【托育服务平台】邀请您开通工作账号：{link}")
        except Refused:
            messages.warning(request, "邀请短信没有发出，请把下面的链接转给本人。")
    seat = names.seat_name(made.role, made.department, made.division_code)
    return render(request, "accounts/invited.html", {"invitation": made, "link": link, "seat": seat})


@access.permitted(MANAGE_INVITATIONS)
@require_GET
def invitations(request: HttpRequest) -> HttpResponse:
    """Invitations that were sent, and what became of them."""
    actor = access.actor_of(request)
    rows = visible_to(actor, MANAGE_INVITATIONS, Invitation.objects.all())
    shown = rows.order_by("-pk").values(
        "pk", "name", "username", "role", "department", "division_code", "state", "expires_at", "invited_at"
    )
    page = page_of(shown, request)
    now = clock.now()
    listed = [
        {
            **row,
            "seat": names.seat_name(row["role"], row["department"], row["division_code"]),
            "state_text": _invitation_state(row, now),
        }
        for row in page.rows
    ]
    return render(request, "accounts/invitations.html", {"page": page, "rows": listed})


def _invitation_state(row: Mapping[str, Any], now: Any) -> tuple[str, str]:
    if row["state"] == Invitation.State.OPEN:
        return ("待接受", "todo") if row["expires_at"] > now else ("已过期", "grey")
    return ("已接受", "green") if row["state"] == Invitation.State.ACCEPTED else ("已撤回", "grey")


@access.permitted(MANAGE_INVITATIONS)
@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open invitation."""
    actor = access.actor_of(request)
    found = get_visible(actor, MANAGE_INVITATIONS, Invitation.objects.all(), pk=pk)
    actions.withdraw_invitation(by=actor, invitation=found)
    messages.success(request, "邀请已撤回，链接已失效。")
    return redirect("accounts:invitations")
