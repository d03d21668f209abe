"""What comes after a filing: begun by the institution, and what each office's approval brings about."""

from datetime import timedelta
from typing import Any

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case, Step
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Refused
from tuoyu.institutions import life, matters, queries, situation, standing, stated
from tuoyu.institutions.actions import filings
from tuoyu.institutions.actions.applications import channel_of
from tuoyu.institutions.actions.facts import Ground, Supplier, move_state, state_classes, state_facts
from tuoyu.institutions.models import (
    Application,
    Certificate,
    Institution,
    Suspension,
    YearlyResult,
)
from tuoyu.institutions.permissions import START
from tuoyu.institutions.said import classes_of, said_of
from tuoyu.institutions.vocabulary import AFTER_FILING, CHANGE, FILED, YEARLY, Filing, GroundKind

State = Application.State
ENDED = "备案已于{day}注销。"


@action
def start_after_filing(*, by: Actor, owner_id: int, institution: Institution, procedure: str) -> Application:
    """Begin (or go on with) what may come after a filing; nothing that is known is asked.

    Its head may, whom the head authorised, or a window for either. Refused with all that stands against.
    """
    require(by, START)
    if procedure not in AFTER_FILING:
        raise Refused("没有这一事项。", status=404)
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    channel, agent_id = channel_of(by, owner_id, held.division_code, procedure)
    at_window = channel == Case.Channel.WINDOW
    wrong = life.obstacles(held, procedure, owner_id, at_window=at_window)
    if wrong:
        raise Refused(wrong, status=409)
    begun = Application.objects.filter(
        institution=held, owner=owner_id, procedure=procedure, state=State.DRAFT
    ).first()
    if begun is not None:
        known = _known(held, procedure)
        Application.objects.filter(pk=begun.pk).update(data={**begun.data, **known})
        begun.refresh_from_db()
        audit.record(by, "application.begun_again", begun, topic=begun.topic, place=begun.division_code)
        return begun
    application = unsaved(held, procedure, owner_id)
    application.agent_id, application.channel = agent_id, channel
    standing.plan_at(application, held.division_code)
    application.save()
    audit.record(by, "application.begun", application, topic=application.topic, place=held.division_code,
                 after={"institution": held.pk, "procedure": procedure})  # fmt: skip
    return application


def unsaved(institution: Institution, procedure: str, owner_id: int) -> Application:
    """An application for a matter as it begins, not yet written down."""
    return Application(
        owner_id=owner_id,
        procedure=procedure,
        kind=institution.kind,
        nature=institution.nature,
        legal_form=institution.legal_form,
        division_code=institution.division_code,
        institution=institution,
        data={"basics": {"name": institution.name}, **_known(institution, procedure)},
    )


def _known(institution: Institution, procedure: str) -> dict[str, Any]:
    """What a matter stands on and does not ask: what a change finds there, or the year it is for."""
    if procedure in YEARLY:
        return {"year": life.year_for(institution, procedure)}
    if procedure != CHANGE:
        return {}
    rows = Application.objects.filter(institution=institution, case__isnull=False)
    earlier = rows.exclude(procedure__in=set(AFTER_FILING) - {CHANGE}).exclude(
        procedure=CHANGE, case__state__in=[Case.State.WITHDRAWN, Case.State.REFUSED]
    )
    last = earlier.order_by("-pk").first()
    said = stated.typed_of(last, queries.form_of(last)) if last else {}
    # Who was named then is known of the registration; how to reach them is not the institution's record.
    basics = {k: v for k, v in (said.get("basics") or {}).items() if k not in stated.OF_THE_PERSON}
    return {stated.BEFORE: stated.there_now(institution, {**said, "basics": basics})}


# ---------------------------------------------------------------- what an approval brings about


def _held(case: Case, *states: Filing) -> tuple[Application, Institution]:
    """The application of a case and its institution, locked; Refused when its filing is no longer so."""
    application = Application.objects.select_related("case__pack", "institution").get(case=case)
    rows = Institution.objects.select_for_update()
    institution = rows.get(applications=application)
    if institution.filing not in (states or FILED):
        raise Refused(f"机构现在是“{institution.get_filing_display()}”，这一事项不能再办理。", status=409)
    application.institution = institution
    return application, institution


@action
def apply_change(*, by: Actor, case: Case, step: Step) -> Institution:
    """Let the institution be, from today, as a change says: what the registrar keeps once the registrar has
    amended it, the rest once health has changed the filing; then its receipt is issued anew."""
    application, institution = _held(case)
    registrars = step.kind == Step.Kind.AMENDMENT
    items = [
        item for item in matters.ITEMS if item.key in application.items and item.at_registrar == registrars
    ]
    changed = _restate(institution, application, items, by=by)
    if not registrars and filings.is_receipt_outdated(institution):
        filings.reissue_receipt(by=by, institution=institution, case=case, step=step)
    verb = "institution.amended" if registrars else "institution.changed"
    audit.record(by, verb, institution, topic=institution.topic, place=step.division_code,
                 after={"items": [item.label for item in matters.ITEMS if item.key in application.items],
                        "columns": changed})  # fmt: skip
    return institution


def _restate(
    institution: Institution, application: Application, items: list[matters.Item], *, by: Actor
) -> list[str]:
    """Write what an application says of these items; the names of what changed."""
    read = queries.facts_of(application)
    said = said_of(application, read) | {
        "name": read.text("basics.name"),
        "business_scope": read.text("basics.business_scope"),
    }
    ground = Ground(GroundKind.CHANGE, application.case, Supplier.applicant(application))
    wanted = matters.facts_of(items, application.kind)
    values = {key: value for key, value in said.items() if key in wanted}
    changed = state_facts(institution, values, ground=ground, by=by)
    if any(item.page == "classes" for item in items):
        changed += state_classes(institution, classes_of(application, read), ground=ground, by=by)
    return changed


@action
def keep_yearly_result(*, by: Actor, case: Case, step: Step, passed: bool, reasons: str = "") -> YearlyResult:
    """Keep what came of a review or a report of a year. One that failed may be passed in the same year."""
    application, institution = _held(case, *FILED, Filing.PUBLISHED_NONCONFORMING)
    result = YearlyResult.Result
    told = result.ACKNOWLEDGED if step.kind == Step.Kind.REPORT else result.PASSED
    kept, _ = YearlyResult.objects.update_or_create(
        institution=institution,
        procedure=application.procedure,
        year=application.year or clock.today().year,
        defaults={
            "case": case,
            "name": case.procedure_name,
            "result": told if passed else result.FAILED,
            "reasons": reasons.strip(),
            "clause": step.source or step.clause,
            "department": step.department,
            "division_code": step.division_code,
            "decided_on": clock.today(),
            "decided_label": by.label,
        },
    )
    audit.record(by, "institution.yearly_result", institution, topic=institution.topic,
                 place=step.division_code, note=reasons,
                 after={"name": kept.name, "year": kept.year, "result": kept.result})  # fmt: skip
    return kept


@action
def suspend(*, by: Actor, case: Case, step: Step) -> Suspension:
    """Keep that the institution takes no children from a day to a day; its public page says so meanwhile."""
    application, institution = _held(case)
    facts = queries.facts_of(application)
    first, last = facts.get("pause.pause_from"), facts.get("pause.pause_to")
    made = Suspension.objects.create(
        institution=institution,
        case=case,
        days=(first, last + timedelta(days=1)),
        reason=facts.text("pause.paused_because"),
        children=int(facts.get("pause.paused_children") or 0),
        children_to=facts.text("pause.paused_children_to"),
    )
    audit.record(by, "institution.suspended", institution, topic=institution.topic, place=step.division_code,
                 after={"from": str(first), "to": str(last)}, note=made.reason)  # fmt: skip
    return made


@action
def resume(*, by: Actor, case: Case, step: Step) -> Suspension:
    """End a suspension before its last day."""
    application, institution = _held(case)
    day = queries.facts_of(application).get("restart.restart_on")
    found = Suspension.objects.holding().filter(
        institution=institution, days__contains=day - timedelta(days=1)
    )
    held = found.select_for_update().first()
    if held is None:
        raise Refused("这家机构到那一天没有在暂停服务，不用恢复。", status=409)
    before = held.last_day
    held.days, held.resumed_on = (held.days.lower, day), day
    held.save(update_fields=["days", "resumed_on"])
    audit.record(by, "institution.resumed", institution, topic=institution.topic, place=step.division_code,
                 before={"to": str(before)}, after={"on": str(day)})  # fmt: skip
    return held


@action
def cancel_filing(*, by: Actor, case: Case, step: Step) -> Institution:
    """End a filing: no longer in the directory or on the map, its receipt no longer good, its history kept.

    What else was under way for it ends with it.
    """
    reason = ENDED.format(day=clock.today())
    for number in _others_under_way(case):
        cases.end_moot(by=by, case=Case.objects.get(number=number), reason=reason)
    application, institution = _held(case, *FILED, Filing.PUBLISHED_NONCONFORMING)
    if _others_under_way(case):
        raise Overtaken("这家机构刚刚又提交了别的事项，请刷新后重新办理。")
    before, today = institution.filing, clock.today()
    move_state(
        institution,
        "filing",
        from_=(*FILED, Filing.PUBLISHED_NONCONFORMING),
        to=Filing.CANCELLED,
        ground=Ground(GroundKind.CHANGE, case, Supplier.of(by, step)),
        by=by,
        filing_ended_on=today,
    )
    good = Certificate.objects.filter(institution=institution, cancelled_on=None)
    good.exclude(kind=Certificate.Kind.REFUSAL_NOTICE).update(cancelled_on=today, cancelled_reason=reason)
    ended = settled_in_words(application)
    audit.record(by, "institution.cancelled", institution, topic=institution.topic, place=step.division_code,
                 before={"filing": before}, after={"filing": "cancelled", **ended},
                 note=ended["reason"])  # fmt: skip
    return institution


def _others_under_way(case: Case) -> list[str]:
    mine = Application.objects.get(case=case)
    rows = Application.objects.filter(institution=mine.institution_id, state__in=situation.UNDER_WAY)
    return list(rows.exclude(pk=mine.pk).order_by("case").values_list("case__number", flat=True))


def settled_in_words(application: Application) -> dict[str, str]:
    """What became of those who were there when an institution ended: for its history and the offices told."""
    facts = queries.facts_of(application)
    return {
        "reason": facts.text("ending.ended_because"),
        "children": f"{facts.get('ending.children') or 0:g}名，已安置"
        f"{facts.get('ending.children_settled') or 0:g}名",
        "staff": f"{facts.get('ending.staff') or 0:g}名，已安置{facts.get('ending.staff_settled') or 0:g}名",
    }
