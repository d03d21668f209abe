"""Reads: people, seats, offers, lock-outs, for pages here and for apps above."""

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum

from tuoyu.accounts import permissions
from tuoyu.accounts.models import AgentAuthorisation, Membership, User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.permissions import visible_to

# Who takes and decides the steps of a department.
DECIDERS = (Role.OFFICER, Role.DEPARTMENT_LEAD)


def user_by_phone(phone: str) -> User | None:
    """The person with this phone (eleven digits)."""
    return User.objects.filter(phone_key__in=keyed_hashes(phone)).first()


def phone_of(user_id: int) -> str:
    """A person's phone for a text message: empty where there is none, or messages are not wanted."""
    user = User.objects.filter(pk=user_id, is_active=True, notices_by_sms=True).only("phone").first()
    return str(user.phone) if user and user.phone else ""


def colleagues(department: str, division_code: str) -> list[tuple[int, str]]:
    """Who may be handed a step: officers and leads of that department at that place today."""
    seats = Membership.objects.filter(
        role__in=DECIDERS,
        department=department,
        division_code=division_code,
        valid__contains=clock.today(),
        user__is_active=True,
    )
    people = seats.order_by("user__name", "user_id").values_list("user_id", "user__name").distinct()
    return list(people)


def leads_of(department: str, division_code: str) -> list[int]:
    """Who heads a department at a place today."""
    seats = Membership.objects.filter(
        role=Role.DEPARTMENT_LEAD,
        department=department,
        division_code=division_code,
        valid__contains=clock.today(),
        user__is_active=True,
    )
    return list(seats.order_by("user_id").values_list("user_id", flat=True).distinct())


def heads_of(institution_id: int | None) -> list[int]:
    """Who heads an institution today; nobody where there is none."""
    seats = Membership.objects.filter(
        role=Role.NURSERY_HEAD,
        institution_id=institution_id,
        institution_id__isnull=False,
        valid__contains=clock.today(),
        user__is_active=True,
    )
    return list(seats.order_by("user_id").values_list("user_id", flat=True).distinct())


def has_left_post(user_id: int, department: str, division_code: str) -> bool:
    """Whether somebody held that post once and does not today (a seat that ended, a substitute's time)."""
    held = Membership.objects.filter(
        role__in=DECIDERS, user=user_id, department=department, division_code=division_code
    )
    return held.exists() and not held.filter(valid__contains=clock.today(), user__is_active=True).exists()


def seats_for(
    actor: Actor, *, name: str = "", role: str = "", department: str = "", place: str = "", held: str = "now"
) -> QuerySet[Membership, Any]:
    """The seats `actor` may see, as rows of a list."""
    today = clock.today()
    rows = visible_to(actor, permissions.VIEW_SEATS, Membership.objects.all())
    if name:
        rows = rows.filter(Q(user__name__icontains=name) | Q(user__username__icontains=name))
    for field, value in (("role", role), ("department", department)):
        if value:
            rows = rows.filter(**{field: value})
    if place:
        rows = rows.filter(division_code__startswith=place)
    if held == "now":
        rows = rows.filter(valid__contains=today)
    elif held == "later":
        rows = rows.filter(valid__fully_gt=(today, today + timedelta(days=1)))
    elif held == "past":
        rows = rows.filter(Q(valid__fully_lt=(today, None)) | Q(ended_at__isnull=False))
    return rows.order_by("division_code", "department", "user__name", "pk").values(
        "pk",
        "user_id",
        "role",
        "department",
        "division_code",
        "institution_id",
        "valid",
        "substitute_for",
        "ended_at",
        "end_reason",
        "user__name",
        "user__username",
        "user__last_login",
        "user__is_active",
    )


def offers_for(user: User) -> QuerySet[AgentAuthorisation]:
    """What others ask `user` to do for them, and what is under way."""
    from tuoyu.accounts.actions.agents import keys_of

    mine = Q(agent_key__in=keys_of(user), state=AgentAuthorisation.State.OFFERED) | Q(agent_id=user.pk)
    return AgentAuthorisation.objects.filter(mine).exclude(principal_id=user.pk).select_related("principal")


def lock_outs(actor: Actor) -> list[dict[str, Any]]:
    """The accounts the administrator guards with failed sign-ins of late, the most recent first."""
    since = clock.now() - settings.AXES_COOLOFF_TIME
    people = visible_to(actor, permissions.GUARD_SIGN_IN, User.objects.filter(username=OuterRef("username")))
    rows = (
        AccessAttempt.objects.filter(Exists(people), attempt_time__gt=since)
        .values("username")
        .annotate(failures=Sum("failures_since_start"), latest=Max("attempt_time"))
        .order_by("-latest")[:200]
    )
    found = list(rows)
    names = dict(
        User.objects.filter(username__in=[row["username"] for row in found]).values_list("username", "name")
    )
    limit = settings.AXES_FAILURE_LIMIT
    return [{**row, "name": names[row["username"]], "locked": row["failures"] >= limit} for row in found]


def has_two_step(user_id: int) -> bool:
    """Whether two-step verification is on."""
    return bool(Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP).exists())


def substitutes_for(actor: Actor, user_id: int) -> list[tuple[int, str]]:
    """Who may sit in for `user_id`: others with a seat today that the actor may arrange."""
    rows = visible_to(actor, permissions.SUBSTITUTE, Membership.objects.filter(valid__contains=clock.today()))
    people = rows.filter(user__is_active=True).exclude(user_id=user_id)
    found = people.order_by("user__name", "user_id").values_list("user_id", "user__name", "user__username")
    return [(pk, f"{name}（{username}）") for pk, name, username in found.distinct()[:300]]
