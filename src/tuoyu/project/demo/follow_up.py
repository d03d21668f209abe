"""What followed the inspections of each county: one order to mend that still runs, another over without
an answer, to be looked at again; and in Shizhong a nursery that failed two years in a row."""

from collections.abc import Sequence
from datetime import timedelta

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.project.demo.people import Cast
from tuoyu.project.demo.playing import Days
from tuoyu.supervision import hooks, visits
from tuoyu.supervision.actions import pass_over_silence
from tuoyu.supervision.models import Assignment, Finding, Inspection, Part
from tuoyu.supervision.vocabulary import InspectionState, Origin, Result

# Item, what it asks, what the inspectors noted.
FOUND = (
    ("fire.extinguishers", "灭火器配置到位、在有效期内", "二楼走廊两具已过期"),
    ("health_care.morning_check", "每日晨检并记录", "上周有两天没有记录"),
)
CHAIN = "supervision.failed_years_before_revocation"


def follow(head_of: Institution, cast: Cast, days: Days) -> None:
    """Let the nursery one can sign in for have something to mend, and others of the county too."""
    office = cast.officer("health", cast.place.county)
    team = [office, cast.lead("health", cast.place.county)]
    year = clock.today().year
    with days.at(6):
        inspected(by=office, team=team, institution=head_of, year=year, origin=Origin.SPECIAL)
    others = Institution.objects.filter(
        filing="normal", kind="institution", registrar__gt="", division_code__startswith=cast.place.county
    ).exclude(pk=head_of.pk)
    late, *_ = others.order_by("pk")
    if jurisdictions.book(cast.place.county).find(CHAIN):
        for ago, failed in ((25, year - 1), (9, year)):
            with days.at(ago):
                inspected(by=office, team=team, institution=late, year=failed, origin=Origin.JOINT)
    else:
        with days.at(25):
            inspected(by=office, team=team, institution=late, year=year, origin=Origin.SPECIAL)
    with days.at(8):
        silent = late.rectifications.filter(case__answer_due_on__lt=clock.today())
        for order in silent.select_related("case"):
            pass_over_silence(by=Actor.system("整改期限"), rectification=order, reason="")


@action
def inspected(
    *, by: Actor, team: Sequence[Actor], institution: Institution, year: int, origin: Origin
) -> Inspection:
    """A confirmed inspection that failed, with all that follows a confirmation."""
    now = clock.now()
    made = Inspection.objects.create(
        number=f"JC{institution.division_code[:6]}{now:%Y%m%d}{institution.pk:05d}",
        institution=institution,
        division_code=institution.division_code,
        department="health",
        origin=origin,
        year=year,
        state=InspectionState.CONFIRMED,
        result=Result.RECTIFY,
        created_label=by.label,
        begun_at=now - timedelta(hours=2),
        confirmed_at=now,
        confirmed_by_id=by.user_id,
        confirmed_label=by.label,
    )
    Part.objects.create(inspection=made, department="health", division_code=made.division_code)
    Assignment.objects.bulk_create(
        Assignment(inspection=made, user_id=one.user_id or 0, department="health") for one in team
    )
    made.items = visits.items_on(made, clock.today())
    made.save(update_fields=["items"])
    Finding.objects.bulk_create(
        Finding(
            inspection=made,
            department="health",
            item=key,
            text=f"{text}：不符合。{note}",
            source="《托育机构管理规范（试行）》",
        )
        for key, text, note in FOUND
    )
    audit.record(by, "inspection.confirmed", made, topic=made.topic, place=made.division_code,
                 after={"result": made.result})  # fmt: skip
    hooks.tell_confirmed(by, made)
    return made
