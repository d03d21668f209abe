"""Reads of the time that medical staff serve at nurseries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from tuoyu.core import identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, visible_to
from tuoyu.institutions.models import Certificate, Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import place_name
from tuoyu.jurisdictions.rulebook import RuleValue
from tuoyu.workforce.models import Employment, Qualification, ServicePeriod
from tuoyu.workforce.permissions import VIEW_SERVICE
from tuoyu.workforce.vocabulary import Profession, QualificationKind, ServiceState

RULE = "service.medical_staff_counts"
LICENCES = {
    Profession.PHYSICIAN: QualificationKind.PHYSICIAN,
    Profession.NURSE: QualificationKind.NURSE,
}


def rule_at(division_code: str) -> RuleValue | None:
    """The rule by which such time counts at a place; None where no document says so."""
    found = jurisdictions.book(division_code).find(RULE)
    return found if found is not None and found.value else None


def licensed(person_id: int, profession: str, on: date) -> bool:
    """Whether the register knows a licence of the person that was good on the day."""
    good = Q(expires_on__isnull=True) | Q(expires_on__gte=on)
    return Qualification.objects.filter(
        good, person=person_id, kind=LICENCES[Profession(profession)], issued_on__lte=on, withdrawn_at=None
    ).exists()


def medical_staff(institution: Institution) -> QuerySet[Employment]:
    """Who works, or worked, at an institution and has shown a licence there."""
    shown = Qualification.objects.filter(kind__in=LICENCES.values(), withdrawn_at=None)
    rows = Employment.objects.filter(institution=institution, person__in=shown.values("person"))
    return rows.select_related("person").order_by("pk")


def periods(actor: Actor, *, state: str = "") -> QuerySet[ServicePeriod]:
    """The periods at institutions the actor may see, those to be decided first."""
    seen = visible_to(actor, VIEW_SERVICE, Institution.objects.all())
    rows = ServicePeriod.objects.filter(employment__institution__in=seen)
    if state in ServiceState.values:
        rows = rows.filter(state=state)
    related = ("employment__institution", "employment__person", "certificate")
    return rows.select_related(*related).order_by("-pk")


def counts_at(division_code: str) -> bool:
    """Whether such time counts at a place: only there an institution has a page of it."""
    return rule_at(division_code) is not None


def periods_at(actor: Actor, institution_id: int) -> QuerySet[ServicePeriod] | None:
    """The periods at one institution; None for whom they are not to see."""
    if not can(actor, VIEW_SERVICE):
        return None
    return periods(actor).filter(employment__institution=institution_id)


def shown(period: ServicePeriod) -> dict[str, Any]:
    """A period as a list and the API show it."""
    employment = period.employment
    return {
        "id": period.pk,
        "employment_id": employment.pk,
        "institution_id": employment.institution_id,
        "institution": employment.institution.name,
        "name": str(employment.name) or str(employment.person.name),
        "profession": period.profession,
        "profession_label": period.get_profession_display(),
        "home_unit": period.home_unit,
        "first_day": period.period.lower,
        "last_day": period.period.upper - timedelta(days=1),
        "hours": period.hours,
        "state": period.state,
        "state_label": period.get_state_display(),
        "reason": period.reason,
        "certificate_id": period.certificate_id,
        "certificate_printed": period.certificate is not None and period.certificate.file_id is not None,
        "certificate_number": period.certificate.number if period.certificate else "",
    }


@dataclass(frozen=True)
class Said:
    """What a certificate of hours says: the person in full for the paper, masked for whoever verifies it."""

    name: str
    identity: str
    masked: str
    facts: list[tuple[str, str]]
    lines: list[str]


def said(employment: Employment, served: Sequence[ServicePeriod]) -> Said:
    """The words of a certificate."""
    institution = employment.institution
    name = str(employment.name) or str(employment.person.name)
    rule = rule_at(institution.division_code)
    total = sum((one.hours for one in served), Decimal(0))
    last = served[-1]
    facts = [
        ("服务机构", institution.name),
        ("备案回执号", institution.receipt_number or "—"),
        ("机构所在地", place_name(institution.division_code)),
        ("职业", last.get_profession_display()),
        ("所在医疗机构、科室", last.home_unit),
        *(
            (
                f"{one.period.lower} 至 {one.period.upper - timedelta(days=1)}",
                f"{float(one.hours):g}小时",
            )
            for one in served
        ),
        ("合计", f"{float(total):g}小时"),
    ]
    lines = [f"依据{rule.source}，上述服务时长可计入基层服务时间。"] if rule else []
    return Said(name, employment.person.masked_identity, identifiers.mask_name(name), facts, lines)


def certificates(actor: Actor) -> QuerySet[Certificate]:
    """The certificates of hours the actor may open."""
    seen = visible_to(actor, VIEW_SERVICE, Institution.objects.all())
    rows = Certificate.objects.filter(kind=Certificate.Kind.SERVICE_HOURS, institution__in=seen)
    return rows.select_related("file")
