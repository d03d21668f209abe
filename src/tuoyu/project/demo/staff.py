"""Who works at one nursery of each county: one health certificate lapsed yesterday, one carer holds no
certificate of the trade, and nobody guards the door."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import ClassGroup, Institution
from tuoyu.project.demo import words
from tuoyu.workforce.models import ClassAssignment, Employment, Person, Qualification, RecordCheck
from tuoyu.workforce.vocabulary import (
    CheckOccasion,
    CheckResult,
    Contract,
    Education,
    Post,
    QualificationKind,
)

Q = QualificationKind
PAPERS: dict[str, tuple[str, ...]] = {
    Post.HEAD: (Q.HEAD_TRAINING,),
    Post.HEALTH: (Q.HEALTH_TRAINING, Q.NURSE),
    Post.CARER: (Q.CARER_TRAINING, Q.INFANT_CARER),
    Post.COOK: (Q.FOOD_SAFETY,),
}
ISSUERS = {
    Q.HEALTH_CERTIFICATE: "疾病预防控制中心（演示）",
    Q.HEAD_TRAINING: "托育服务指导中心（演示）",
    Q.CARER_TRAINING: "托育服务指导中心（演示）",
    Q.HEALTH_TRAINING: "妇幼保健院（演示）",
}
YEAR = timedelta(days=364)


@dataclass(frozen=True)
class Role:
    """One of the staff: the post, and the class cared for."""

    post: str
    group: ClassGroup | None = None


def roles(institution: Institution) -> Iterator[Role]:
    """A head, a health worker, and in each class as many carers as were filed."""
    yield Role(Post.HEAD)
    yield Role(Post.HEALTH)
    for group in institution.classes.open_now().order_by("pk"):
        for _ in range(group.carers):
            yield Role(Post.CARER, group)


@action
def engage_staff(*, by: Actor, institution: Institution, number: int) -> int:
    """Write down everybody at once; how many there are. The same number makes the same people."""
    today, since = clock.today(), institution.receipt_issued_on or clock.today()
    wanted = list(roles(institution))
    serials = [number * 1000 + 500 + index for index in range(len(wanted))]
    county = institution.division_code[:6]
    people = Person.objects.bulk_create(
        Person(name=words.person(serial), identity=words.identity(county, serial)) for serial in serials
    )
    employed = Employment.objects.bulk_create(
        Employment(
            person=person, institution=institution, name=str(person.name), post=role.post,
            contract=Contract.LABOUR, period=DateRange(since, None), hired_label=by.label,
            education=Education.COLLEGE, experience_years=3 + index % 5,
        )
        for index, (person, role) in enumerate(zip(people, wanted, strict=True))
    )  # fmt: skip
    ClassAssignment.objects.bulk_create(
        ClassAssignment(employment=one, class_group=role.group, class_name=role.group.name, period=one.period)
        for one, role in zip(employed, wanted, strict=True)
        if role.group is not None
    )
    RecordCheck.objects.bulk_create(
        RecordCheck(
            person=one.person, institution=institution, occasion=CheckOccasion.HIRING,
            asked_on=since - timedelta(days=9), answered_on=since - timedelta(days=2),
            authority="公安局（演示）", result=CheckResult.CLEAR, recorded_label=by.label,
        )
        for one in employed
    )  # fmt: skip
    Qualification.objects.bulk_create(_papers(employed, today, by.label))
    audit.record(by, "staff.demonstrated", institution, topic=institution.topic,
                 after={"employed": len(employed)})  # fmt: skip
    return len(employed)


def _papers(employed: list[Employment], today: date, label: str) -> Iterator[Qualification]:
    """Everybody's, but the last carer holds none of the trade, and the first carer's health certificate was
    good until yesterday."""
    carers = [one for one in employed if one.post == Post.CARER]
    for index, one in enumerate(employed):
        kinds = [kind for kind in PAPERS[one.post] if kind != Q.INFANT_CARER or one is not carers[-1]]
        lapses = one is carers[0]
        last = today - timedelta(days=1) if lapses else today + timedelta(days=40 + index * 20)
        yield _paper(one, Q.HEALTH_CERTIFICATE, last - YEAR, last, label)
        for kind in kinds:
            yield _paper(one, kind, one.starts_on - timedelta(days=60 + index), None, label)


def _paper(one: Employment, kind: str, issued_on: date, expires_on: date | None, label: str) -> Qualification:
    return Qualification(
        person=one.person,
        kind=kind,
        issuer=ISSUERS.get(Q(kind), "职业技能鉴定机构（演示）"),
        number=f"演示{one.person_id:06d}",
        issued_on=issued_on,
        expires_on=expires_on,
        recorded_for=one.institution,
        recorded_label=label,
    )
