"""People who may not work in childcare, those who say so, and nurseries that employ."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from stdnum.cn import ric

from tuoyu.accounts.models import Membership, User
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.institutions.models import Certificate, Institution
from tuoyu.workforce.models import Employment, Person, RecordCheck, ServicePeriod
from tuoyu.workforce.rules.bars import BarGiven

GULOU = "320106"
XUANWU = "320102"


def identity(serial: int, born: str = "19900307") -> str:
    """The identity number of somebody: another for each serial."""
    body = f"320106{born}{serial:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def user(name: str) -> User:
    return User.objects.filter(username=name).first() or User.objects.create(
        username=name, name=name, origin="command"
    )


def health(place: str = GULOU, role: Role = Role.DEPARTMENT_LEAD, name: str = "") -> Actor:
    """Somebody of the health authority of a place, with the seat in the database too."""
    who = user(name or f"health-{role}-{place}")
    if not Membership.objects.filter(user=who).exists():
        Membership.objects.create(
            user=who, role=role, department="health", division_code=place, valid=(date(2020, 1, 1), None)
        )
    seat = Seat(role, "health", (place.removesuffix("00").removesuffix("00"),), place)
    return Actor(who.name, who.pk, (seat,), frozenset({who.pk}))


def head_of(institution: Institution, name: str = "") -> Actor:
    """Who heads a nursery."""
    who = user(name or f"head-{institution.pk}")
    if not Membership.objects.filter(user=who).exists():
        Membership.objects.create(
            user=who,
            role=Role.NURSERY_HEAD,
            division_code=institution.division_code,
            institution_id=institution.pk,
            valid=(date(2020, 1, 1), None),
        )
    seat = Seat(Role.NURSERY_HEAD, "", (), "", institution.pk)
    return Actor(who.name, who.pk, (seat,), frozenset({who.pk}))


def nursery(place: str = GULOU, name: str = "小星星托育园", **more: Any) -> Institution:
    """A nursery that is registered, and filed unless `more` says otherwise."""
    today = clock.today()
    filed = {
        "filing": "normal",
        "receipt_number": f"托备{place}{Institution.objects.count():06d}",
        "receipt_issued_on": today,
        "public_since": today,
    }
    return Institution.objects.create(
        **{
            "name": name,
            "kind": "institution",
            "nature": "nonprofit",
            "legal_form": "social_service_org",
            "division_code": place,
            "registration": "registered",
            "registrar": "civil_affairs",
            "registered_on": today,
        }
        | filed
        | more
    )


def employed(institution: Institution, number: str, name: str = "王某某", post: str = "carer") -> Employment:
    """Somebody who works there since the beginning of the year."""
    person = Person.objects.filter(identity_key__isnull=False, pk__in=_of(number)).first()
    person = person or Person.objects.create(name=name, identity=number)
    return Employment.objects.create(
        person=person,
        institution=institution,
        name=str(person.name),
        post=post,
        contract="labour",
        full_time=False,
        period=DateRange(date(clock.today().year, 1, 1), None),
        hired_label="测试",
    )


def hit(institution: Institution, number: str) -> RecordCheck:
    """The police told the nursery that there is a record."""
    return RecordCheck.objects.create(
        person=employed(institution, number).person,
        institution=institution,
        occasion="yearly",
        asked_on=clock.today(),
        answered_on=clock.today(),
        authority="公安分局",
        result="hit",
        recorded_label="园长",
    )


def _of(number: str) -> list[int]:
    return [p.pk for p in Person.objects.all() if str(p.identity) == number]


def given(number: str, **changed: Any) -> BarGiven:
    """A lifetime bar as an office states it."""
    return BarGiven(
        **{
            "name": "王某某",
            "identity": number,
            "kind": "lifetime",
            "role": "perpetrator",
            "ground": "abuse",
            "document": "行政处罚决定书",
            "number": f"卫罚〔2026〕{number[-4:]}号",
            "decided_on": date(2026, 3, 1),
            "authority": "鼓楼区卫生健康委员会",
        }
        | changed
    )


def served(employment: Employment) -> ServicePeriod:
    """Somebody of a hospital served at the nursery, and has a certificate of it."""
    today = clock.today()
    certificate = Certificate.objects.create(
        number=f"托医{employment.pk}",
        kind="service_hours",
        institution=employment.institution,
        code=f"{employment.pk:016x}",
        issued_on=today,
        issuer="卫生健康局",
        content={"name": "宋**", "facts": []},
        digest="0" * 64,
    )
    return ServicePeriod.objects.create(
        employment=employment,
        profession="physician",
        home_unit="人民医院儿科",
        period=DateRange(date(today.year, 1, 5), date(today.year, 1, 9)),
        hours=32,
        entered_label="园长",
        state="confirmed",
        decided_at=clock.now(),
        decided_label="经办人",
        certificate=certificate,
    )
