"""Nurseries that were inspected, without the visit: confirmed results with what was found."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from accounts.people import SINCE_2020
from tuoyu.accounts.actors import actor_for
from tuoyu.accounts.models import Membership, User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions.models import Institution
from tuoyu.supervision import hooks
from tuoyu.supervision.models import Finding, Inspection, Part, Rectification
from tuoyu.supervision.vocabulary import Origin, Result
from workforce import staff

SHIZHONG, GULOU = "370402", "320106"
_numbers = count(1)
FOUND = (("fire.extinguishers", "灭火器在有效期内"), ("health_care.check", "晨检有记录"))


def nursery(place: str = GULOU, registrar: str = "", **more: Any) -> Institution:
    """A filed nursery, registered with whoever registers there."""
    registrars = {SHIZHONG: "admin_approval"}
    return staff.nursery(place, registrar=registrar or registrars.get(place, "civil_affairs"), **more)


def at(day: date) -> Any:
    """Let it be the morning of a day."""
    return clock.set_to(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))


def office(place: str = GULOU, department: str = "health", role: Role = Role.OFFICER) -> Actor:
    """Somebody at a desk; asked twice it is the same person."""
    return actor_for(office_user(place, department, role))


def office_user(place: str = GULOU, department: str = "health", role: Role = Role.OFFICER) -> User:
    username = "-".join((role, department, place)).lower()
    found = User.objects.filter(username=username).first()
    return found or _seated(username, role, department=department, division_code=place)


def head_user(institution: Institution) -> User:
    """Who heads a nursery; asked twice it is the same person."""
    username = f"head-of-{institution.pk}"
    found = User.objects.filter(username=username).first()
    return found or _seated(username, Role.NURSERY_HEAD, institution_id=institution.pk)


def head(institution: Institution) -> Actor:
    return actor_for(head_user(institution))


def _seated(username: str, role: Role, **seat: Any) -> User:
    """Without a password, whose hashing would take longer than the test."""
    user = User.objects.create(username=username, name=f"{username}的姓名", origin="invited")
    Membership.objects.create(user=user, role=role, valid=SINCE_2020, **seat)
    return user


def inspected(
    institution: Institution,
    *,
    result: Result = Result.RECTIFY,
    on: date | None = None,
    year: int | None = None,
    origin: Origin = Origin.JOINT,
    department: str = "health",
    found: tuple[tuple[str, str], ...] = FOUND,
    by: Actor | None = None,
) -> Inspection:
    """An inspection confirmed on a day, with everything that follows a confirmation."""
    day = on or clock.today()
    with at(day):
        now = clock.now()
        made = Inspection.objects.create(
            number=f"JC{next(_numbers):06d}", institution=institution,
            division_code=institution.division_code, department=department, origin=origin,
            year=year or day.year, state="confirmed", result=result, created_label="测试",
            begun_at=now - timedelta(hours=2), confirmed_at=now, confirmed_label="检查员",
            items=[
                {"key": key, "text": text, "section": "安全", "department": department, "rule": key,
                 "source": "", "asks": "", "severity": "block"}
                for key, text in FOUND
            ],
        )  # fmt: skip
        Part.objects.create(inspection=made, department=department, division_code=made.division_code)
        if result != Result.PASS:
            for key, text in found:
                Finding.objects.create(
                    inspection=made, department=department, item=key, text=f"{text}：不符合。王某某当班",
                    rule_key=key, source="《托育机构消防安全指南（试行）》第1条",
                )  # fmt: skip
        hooks.tell_confirmed(by or Actor.system("检查"), made)
    return made


def ordered(institution: Institution | None = None, **more: Any) -> Rectification:
    """A failing inspection and the order to mend that followed."""
    return Rectification.objects.get(inspection=inspected(institution or nursery(), **more))
