"""Seats: given, ended, taken over for a while. Who leaves hands over what was in hand."""

from dataclasses import replace
from datetime import date, timedelta

from django.contrib.postgres.fields import DateRangeField
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateField, F, Func, QuerySet, Value
from django.db.models.functions import Least

from tuoyu.accounts import leavers, nurseries, permissions, rules
from tuoyu.accounts.actions import people
from tuoyu.accounts.models import Demonstration, Membership, User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.jurisdictions import atlas


def period(start: date | None, end: date | None) -> DateRange:
    """From `start` (today when not given) up to and including `end` (open when not given)."""
    begins = start or clock.today()
    if end is not None and end < begins:
        raise Refused(Problem("结束日期早于开始日期。", field="ends_on", fix="请修改日期。"))
    return DateRange(begins, end + timedelta(days=1) if end else None)


@action
def give_seat(
    *, by: Actor, user: User, seat: SeatGiven, starts_on: date | None = None, ends_on: date | None = None
) -> Membership:
    """Give `user` a seat within the places of the one who gives it."""
    check_giver(by, seat)
    check_seat(seat)
    given = place_in_seat(user, seat, period(starts_on, ends_on), given_by_id=by.user_id)
    audit.record(by, "seat.given", given, topic=f"person:{user.pk}", after=described(given))
    return given


@action
def end_seat(*, by: Actor, seat: Membership, reason: str) -> int:
    """End a seat today, and those of its substitutes; what was in hand there is handed over.

    Returns how many things were.
    """
    require(by, permissions.MANAGE_SEATS, seat)
    if not reason.strip():
        raise Refused(Problem("请填写离岗理由。", field="reason"))
    if seat.user_id == by.user_id:
        raise Refused("不能结束自己的岗位，请由另一位系统管理员办理。", status=403)
    if not _end(Membership.objects.filter(pk=seat.pk), by, reason.strip()):
        raise Overtaken("该岗位已经结束。")
    substitutes = Membership.objects.filter(substitute_for=seat, ended_at=None)
    ended = [seat, *substitutes]
    _end(substitutes, by, "被代班的岗位已结束")
    moved = sum(leavers.hand_over(one) for one in ended)
    audit.record(
        by,
        "seat.ended",
        seat,
        topic=f"person:{seat.user_id}",
        before=described(seat),
        after={"handed_over": moved},
        note=reason,
    )
    return moved


def _end(seats: QuerySet[Membership], by: Actor, reason: str) -> int:
    """Let `seats` reach to yesterday; one that had not begun, or begins today, was never held."""
    today = clock.today()
    begins = Least(Func(F("valid"), function="lower", output_field=DateField()), Value(today))
    until_today = Func(begins, Value(today), function="daterange", output_field=DateRangeField())
    return seats.filter(ended_at=None).update(
        valid=until_today, ended_at=clock.now(), ended_by_id=by.user_id, end_reason=reason
    )


@action
def substitute(*, by: Actor, seat: Membership, user: User, starts_on: date, ends_on: date) -> Membership:
    """Let `user` sit in somebody's seat for a while, beside its holder."""
    require(by, permissions.SUBSTITUTE, seat)
    if user.pk == seat.user_id:
        raise Refused(Problem("不能由本人代班。", field="user", fix="请另选人员。"))
    if starts_on < clock.today():
        raise Refused(Problem("代班不能从过去的日期开始。", field="starts_on"))
    if seat.ended_at or (seat.valid.upper and ends_on >= seat.valid.upper):
        raise Refused(Problem("代班不能超出原岗位的期限。", field="ends_on", fix="请改选更早的日期。"))
    given = SeatGiven(Role(seat.role), seat.department, seat.division_code, seat.institution_id)
    made = place_in_seat(user, given, period(starts_on, ends_on), given_by_id=by.user_id, substitute_for=seat)
    audit.record(by, "seat.substituted", made, topic=f"person:{user.pk}", after=described(made))
    return made


@action
def deactivate(*, by: Actor, user: User, reason: str) -> None:
    """Close an account of somebody who holds no seat any more."""
    require(by, permissions.MANAGE_SEATS)
    if Membership.objects.filter(user=user, valid__contains=clock.today()).exists():
        raise Refused("该人员仍有岗位，请先结束岗位。", status=409)
    user.is_active = False
    user.save(update_fields=["is_active"])
    audit.record(by, "account.closed", user, note=reason)


@action
def create_first_administrator(
    *, by: Actor, username: str, name: str, password: str, division_code: str = ""
) -> User:
    """The first system administrator; refused where there is one already, or demonstration data."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('first administrator', 0))")
    if Demonstration.objects.exists():
        raise Refused("这里是演示数据，已有演示用的系统管理员账号。", status=409)
    if Membership.objects.filter(role=Role.SYSTEM_ADMIN, valid__contains=clock.today()).exists():
        raise Refused("已有系统管理员；其他人员由其在“人员与岗位”中邀请。", status=409)
    seat = SeatGiven(Role.SYSTEM_ADMIN, "", division_code)
    check_seat(seat)
    people.check_password(password, (username, name))
    user = people.create(name=name.strip(), origin=User.Origin.COMMAND, username=username, password=password)
    given = place_in_seat(user, seat, period(None, None))
    audit.record(by, "seat.given", given, topic=f"person:{user.pk}", after=described(given))
    return user


def located(seat: SeatGiven) -> SeatGiven:
    """The seat with its place: one at a nursery lies where the nursery lies, whatever was said."""
    if seat.institution_id is None:
        return seat
    place = nurseries.place_of(seat.institution_id)
    if not place:
        raise Refused(Problem("没有这家机构。", field="institution_id"))
    return replace(seat, division_code=place)


def check_giver(by: Actor, seat: SeatGiven) -> None:
    """Raise Refused unless `by` may give seats at that place."""
    if by.is_system:
        return
    require(by, permissions.MANAGE_SEATS)
    seat = located(seat)
    seats = by.seats_as(Role.SYSTEM_ADMIN)
    if not any(s.covers_place(seat.division_code) for s in seats):
        raise Refused(
            Problem("这个地区不在您的管理范围内。", field="division_code", fix="请改选本地区或下级地区。"),
            status=403,
        )


def check_seat(seat: SeatGiven) -> None:
    """Raise Refused with everything wrong about a seat."""
    problems = rules.seat_problems(seat)
    place = atlas.places().get(seat.division_code)
    if seat.division_code and (place is None or place.abolished):
        problems.append(Problem("没有这个行政区划代码。", field="division_code", fix="请从列表中选择。"))
    if problems:
        raise Refused(problems)


def place_in_seat(user: User, seat: SeatGiven, valid: DateRange, **more: object) -> Membership:
    """The membership row; what the database refuses about it is said in words."""
    seat = located(seat)
    held = Membership.objects.filter(user=user, valid__overlap=valid).values_list("role", flat=True)
    problem = rules.separation_problem(seat.role, tuple(Role(role) for role in held))
    if problem:
        raise Refused(problem, status=409)
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user=user,
                role=seat.role,
                department=seat.department,
                division_code=seat.division_code,
                institution_id=seat.institution_id,
                valid=valid,
                **more,
            )
    except IntegrityError as error:
        if "membership_separated_duties" in str(error):
            raise Refused("同一人不能兼任分立的岗位。", status=409) from error
        if "membership_same_seat_once" in str(error):
            raise Refused("该人员在这段时间已有同样的岗位。", status=409) from error
        raise


def described(seat: Membership) -> dict[str, object]:
    """A seat as an audit event keeps it."""
    return {
        "role": seat.role,
        "department": seat.department,
        "division_code": seat.division_code,
        "starts_on": str(seat.valid.lower or ""),
        "ends_on": str(seat.valid.upper or ""),
    }
