"""Those behind a place: employers, and what they open to others."""

from datetime import date, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import provision, rules
from tuoyu.institutions.models import EmployerSite, Institution, OpenedPlaces, Partner
from tuoyu.institutions.permissions import OPEN_PLACES
from tuoyu.institutions.vocabulary import Kind

AS_APPLIED = "备案时申报"
# Further off nobody plans; a slip of the year is caught.
FURTHEST = timedelta(days=366)


def write_provision(institution: Institution, facts: rules.Facts) -> None:
    """Employers and the way a place is run, as the application says now."""
    if institution.kind != Kind.EMPLOYER:
        return
    EmployerSite.objects.update_or_create(
        institution=institution,
        defaults={
            "operation": facts.text("provider.operation"),
            "operator": facts.text("provider.operator"),
        },
    )
    Partner.objects.filter(institution=institution).delete()
    alone = len(facts.partners) == 1
    Partner.objects.bulk_create(
        Partner(institution=institution, name=one.name, uscc=one.uscc, leads=alone or one.leads is True)
        for one in facts.partners
    )


def open_as_applied(institution: Institution, facts: rules.Facts) -> None:
    """The places an application opens to others hold from today, unless that is their number already."""
    if institution.kind != Kind.EMPLOYER:
        return
    opened = facts.get("provider.opened_places") if facts.yes("provider.opens") else 0
    if int(opened or 0) != provision.opened_on(institution.pk, clock.today()):
        _state(institution, int(opened or 0), clock.today(), AS_APPLIED)


@action
def open_places(*, by: Actor, institution: Institution, places: int, from_on: date) -> OpenedPlaces:
    """Open so many places to others than the employers' own, from a day on; none closes them again.

    What was stated for that day or later no longer holds. Refused beyond the places there are, for a day
    that is past, and where the place's document does not speak of it.
    """
    require(by, OPEN_PLACES, institution)
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    wrong = _cannot_open(held, places, from_on)
    if wrong:
        raise Refused(wrong)
    before = provision.opened_on(held.pk, from_on)
    made = _state(held, places, from_on, by.label)
    audit.record(by, "institution.places_opened", held, topic=held.topic, place=held.division_code,
                 before={"places": before}, after={"places": places, "from": from_on.isoformat()},
                 note=f"{from_on:%Y-%m-%d}起，对外开放{places}个托位")  # fmt: skip
    return made


def _cannot_open(held: Institution, places: int, from_on: date) -> list[Problem]:
    if held.kind != Kind.EMPLOYER or provision.audience(held.division_code) is None:
        return [Problem("只有用人单位托育点登记对外开放的托位。", field="places")]
    found = []
    if not 0 <= places <= held.places:
        found.append(
            Problem(
                f"对外开放的托位应在0到{held.places}个之间：全部托位一共{held.places}个。",
                field="places",
                fix="请减少，或先办理变更增加托位。",
            )
        )
    today = clock.today()
    if not today <= from_on <= today + FURTHEST:
        found.append(Problem("开始的日期应从今天起，一年以内。", field="from_on"))
    return found


def _state(institution: Institution, places: int, from_on: date, label: str) -> OpenedPlaces:
    """Write the number down: what held until then ends, what was to hold later is gone."""
    rows = OpenedPlaces.objects.filter(institution=institution)
    rows.filter(valid__startswith__gte=from_on).delete()
    for row in rows.filter(valid__contains=from_on):
        row.valid = DateRange(row.valid.lower, from_on)
        row.save(update_fields=["valid"])
    return OpenedPlaces.objects.create(
        institution=institution, places=places, valid=DateRange(from_on, None), stated_label=label[:120]
    )
