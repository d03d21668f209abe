"""Nurseries with classes and people who work there, made quickly."""

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from stdnum.cn import ric

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions import policy
from tuoyu.institutions.models import ClassGroup, Institution
from tuoyu.workforce import actions
from tuoyu.workforce.models import Employment, Person
from tuoyu.workforce.rules.certificates import Certificate
from tuoyu.workforce.rules.hiring import read_hiring

GULOU = "320106"
XUANWU = "320102"
_numbers = count(1)


def identity(number: int) -> str:
    """A valid identity number nobody has: born in 1990."""
    body = f"110105199001{number // 100 % 28 + 1:02d}{number % 1000:03d}"
    return body + ric.calc_check_digit(body + "0")


def nursery(place: str = GULOU, *classes: tuple[str, str, int], **more: Any) -> Institution:
    """A filed nursery; a class is (name, type, places)."""
    number = next(_numbers)
    today = clock.today()
    made = Institution.objects.create(**{
        "name": f"第{number}托育园", "kind": "institution", "nature": "nonprofit",
        "legal_form": "social_service_org", "division_code": place, "registration": "registered",
        "registrar": "civil_affairs", "registered_on": today, "filing": "normal",
        "receipt_number": f"托备{number}", "receipt_issued_on": today, "public_since": today,
        "places": sum(places for _, _, places in classes),
    } | more)  # fmt: skip
    for name, class_type, places in classes:
        ClassGroup.objects.create(institution=made, name=name, class_type=class_type, places=places, carers=3)
    return made


def head(institution: Institution) -> Actor:
    return actor_for(head_user(institution))


def head_user(institution: Institution) -> Any:
    name = f"head-{institution.pk}-{next(_numbers)}"
    return seated(Role.NURSERY_HEAD, username=name, institution_id=institution.pk)


def typed(number: int, **changed: str) -> dict[str, str]:
    """What a careful head types to hire somebody."""
    today = clock.today()
    return {
        "name": f"员工{number}",
        "identity": identity(number),
        "phone": "13800138000",
        "post": "carer",
        "contract": "labour",
        "full_time": "yes",
        "starts_on": str(today),
        "education": "大专",
        "experience_years": "4",
        "check_asked_on": str(today - timedelta(days=9)),
        "check_answered_on": str(today - timedelta(days=2)),
        "check_authority": "鼓楼公安分局",
        "check_result": "clear",
    } | changed


def hired(by: Actor, institution: Institution, number: int, **changed: str) -> Employment:
    """Somebody hired through the one door."""
    said, problems = read_hiring(
        typed(number, **changed),
        lambda day: policy.book_at(institution.division_code, day),
        clock.today(),
    )
    assert said is not None, problems
    return actions.hire(by=by, institution=institution, said=said)


def crowd(institution: Institution, numbers: range) -> None:
    """Many carers with nothing to show, quickly."""
    people = Person.objects.bulk_create([Person(name=f"员工{n}", identity=identity(n)) for n in numbers])
    Employment.objects.bulk_create([
        Employment(person=one, institution=institution, name=one.name, post="carer", contract="labour",
                   full_time=False, period=DateRange(clock.today(), None), hired_label="测试")
        for one in people
    ])  # fmt: skip


def certified(by: Actor, employment: Employment, *kinds: str, **more: Any) -> None:
    """Certificates good for a year from today."""
    for kind in kinds:
        said = Certificate(**{"kind": kind, "issuer": "某单位", "issued_on": clock.today()} | more)
        actions.record_qualification(by=by, employment=employment, said=said)


def carer(by: Actor, institution: Institution, number: int, group: ClassGroup | None = None) -> Employment:
    """A carer with every paper, in a class where one is given."""
    made = hired(by, institution, number)
    certified(by, made, "health_certificate", "carer_training", "infant_carer")
    if group is not None:
        actions.assign_to_class(by=by, employment=made, class_group=group, from_day=clock.today())
    return made


def days(number: int) -> date:
    return clock.today() + timedelta(days=number)
