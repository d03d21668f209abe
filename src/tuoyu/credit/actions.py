"""Every write of credit: what is recorded, corrected, repaired, put on a list."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import audit, clock, identifiers, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Seat
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.reaches import HEALTH
from tuoyu.core.transitions import move
from tuoyu.credit import export, periods, terms
from tuoyu.credit.models import CreditCorrection, CreditEvent, CreditRequest, ListEntry, OwnFile
from tuoyu.credit.permissions import CORRECT_CREDIT, KEEP_LISTS, RECORD_CREDIT, TAKE_OFF_LIST
from tuoyu.credit.queries import askable, in_force, standing_of
from tuoyu.credit.vocabulary import (
    CreditClass,
    EventKind,
    Ground,
    ListKind,
    RequestKind,
    RequestState,
    Standing,
)
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Person

COUNTS = (Standing.SHOWN, Standing.KEPT)
RECTIFICATION = "rectification"
PROCEDURES = {RequestKind.REPAIR: "credit_repair", RequestKind.OBJECTION: "credit_objection"}


@dataclass(frozen=True)
class Stated:
    """An event as it is stated; a minor breach is public only for a `publish_reason`."""

    kind: EventKind
    credit_class: CreditClass
    summary: str
    decided_on: date
    document: str = ""
    publish_reason: str = ""


# ---------------------------------------------------------------- recorded


@action
def record_event(*, by: Actor, institution: Institution, stated: Stated) -> CreditEvent:
    """Record an event about an institution that an office decided. Refused for what cannot be."""
    require(by, RECORD_CREDIT, institution)
    return write_event(by=by, institution=institution, stated=stated, department=_seat(by).department)


@action
def write_event(
    *,
    by: Actor,
    institution: Institution,
    stated: Stated,
    department: str,
    person: Person | None = None,
    case: Case | None = None,
    replaces: CreditEvent | None = None,
) -> CreditEvent:
    """Write an event, with its days from the rules in force when it was decided, and send it if it shows."""
    stated = _checked(stated)
    period = None
    if stated.kind == EventKind.PUNISH:
        months = terms.terms_at(institution.division_code, stated.credit_class)
        if months is None:
            raise Refused("今天没有公示期的规定，不能记入信用档案。", status=409)
        period = periods.period_of(stated.decided_on, months)
    made = CreditEvent.objects.create(
        institution=institution,
        person=person,
        kind=stated.kind,
        credit_class=stated.credit_class,
        summary=stated.summary,
        document=stated.document,
        decided_on=stated.decided_on,
        is_public=periods.is_shown_by_law(stated.credit_class, stated.publish_reason),
        publish_reason=stated.publish_reason,
        repairable_on=period.repairable_on if period else None,
        until=period.until if period else None,
        case=case,
        replaces=replaces,
        department=department,
        division_code=institution.division_code,
        recorded_by=by.user_id,
        recorded_label=by.label,
    )
    after = {"kind": made.kind, "class": made.credit_class, "until": str(made.until or "")}
    audit.record(by, "credit.recorded", made, topic=made.topic, place=made.division_code, after=after)
    export.publish(made)
    return made


def _checked(stated: Stated) -> Stated:
    tidy = replace(
        stated,
        summary=texts.tidy(stated.summary).strip(),
        document=texts.tidy(stated.document).strip(),
        publish_reason=texts.tidy(stated.publish_reason).strip(),
    )
    wrong = []
    if not tidy.summary:
        wrong.append(Problem("请写明事由。", field="summary"))
    if tidy.decided_on > clock.today():
        wrong.append(Problem("决定日期不能晚于今天。", field="decided_on"))
    if (tidy.kind == EventKind.PUNISH) == (tidy.credit_class == CreditClass.NONE):
        wrong.append(Problem("失信信息须选择等级，其他信息不分等级。", field="credit_class"))
    if wrong:
        raise Refused(wrong)
    return tidy


def _seat(by: Actor) -> Seat:
    held = [seat for seat in by.seats if seat.department == HEALTH]
    if not held:
        raise Refused("信用信息由卫生健康部门登记。", status=403)
    return held[0]


# ---------------------------------------------------------------- corrected


@action
def correct_event(
    *, by: Actor, event: CreditEvent, ground: Ground, reason: str, credit_class: CreditClass | None = None
) -> CreditEvent | None:
    """Say that an event does not hold; where only its class was wrong, another is written in its place and
    returned. Refused without a reason or a new class, Overtaken when it was corrected before."""
    require(by, CORRECT_CREDIT, event)
    wrong_class = ground == Ground.WRONG_CLASS
    if wrong_class and (
        event.kind != EventKind.PUNISH or credit_class in (None, CreditClass.NONE, event.credit_class)
    ):
        raise Refused(Problem("请选择与原来不同的等级。", field="credit_class"))
    withdraw_event(by=by, event=event, ground=ground, reason=reason)
    if not wrong_class or credit_class is None:
        return None
    stated = Stated(EventKind(event.kind), credit_class, event.summary, event.decided_on, event.document)
    return write_event(by=by, institution=event.institution, person=event.person, stated=stated,
                       case=event.case, replaces=event, department=event.department)  # fmt: skip


@action
def withdraw_event(*, by: Actor, event: CreditEvent, ground: Ground, reason: str) -> CreditCorrection:
    """Write that an event does not hold, and take back what was sent of it."""
    said = texts.tidy(reason).strip()[:500]
    if not said:
        raise Refused(Problem("请写明理由。", field="reason"))
    held = CreditEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if CreditCorrection.objects.filter(event=held).exists():
        raise Overtaken("这条信息刚刚已经更正。")
    made = CreditCorrection.objects.create(
        event=held, ground=ground, reason=said, made_on=clock.today(), made_label=by.label
    )
    audit.record(by, "credit.corrected", held, topic=held.topic, place=held.division_code,
                 after={"ground": str(ground)}, note=said)  # fmt: skip
    export.end(held, Standing.WITHDRAWN)
    return made


@action
def end_sharing(*, by: Actor, event: CreditEvent) -> None:
    """The time of an event is over: tell whoever received it."""
    audit.record(by, "credit.over", event, topic=event.topic, place=event.division_code)
    export.end(event, Standing.OVER)


# ---------------------------------------------------------------- one's own file

# So often an account may try to show that it is somebody's, in a day.
TRIES = 5


@action
def open_own_file(*, by: Actor, identity: str) -> OwnFile | None:
    """Show that the account is a person's: by the identity number, and by the proved telephone of the account
    being the one a nursery keeps of that person; what is recorded there can be read from then on. Asked
    again, nurseries are added. None where the two do not meet, whichever it was.

    Raises Refused for a number that cannot be (422), an account without a proved telephone (409), or after
    too many tries in a day (429); Overtaken when another account has shown the same, or this
    one that it is another person's.
    """
    number = identifiers.identity_number(identity, field="identity").number
    user = User.objects.select_for_update().get(pk=by.user_id or 0)
    if not user.phone or user.phone_proved_at is None:
        raise Refused("请先在“账号”里验证您的手机号。", status=409)
    since = clock.now() - timedelta(days=1)
    tries = AuditEvent.objects.filter(verb="credit.file_not_opened", topic=_tries_of(user), at__gt=since)
    if tries.count() >= TRIES:
        raise Refused("今天试的次数太多，请明天再试，或者与当地卫生健康部门联系。", status=429)
    found = Person.objects.select_for_update().filter(identity_key__in=keyed_hashes(number)).first()
    employed = found.employments.all() if found else ()
    kept = {one.institution_id for one in employed if str(one.phone) == str(user.phone)}
    if found is None or not kept:
        audit.record(by, "credit.file_not_opened", user, topic=_tries_of(user))
        return None
    made = OwnFile.objects.filter(user=user).first() or OwnFile(user=user, person=found)
    for other in OwnFile.objects.filter(person=found).exclude(user=user):
        kept -= set(other.institutions)
    if made.person_id != found.pk or not kept:
        raise Overtaken("这份档案或这个账号已经核对过，与这次填写的不一致，请与当地卫生健康部门联系。")
    made.institutions = sorted(kept.union(made.institutions))
    made.save()
    audit.record(by, "credit.file_opened", made, topic=f"person:{found.pk}",
                 after={"institutions": made.institutions})  # fmt: skip
    return made


def _tries_of(user: User) -> str:
    return f"user:{user.pk}:credit"


# ---------------------------------------------------------------- asked for


@action
def ask(
    *, by: Actor, event: CreditEvent, kind: RequestKind, statement: str, pledge: str = ""
) -> CreditRequest:
    """Ask that an event be repaired, or say that it is mistaken.

    Refused by whoever is not its subject, before the least period is over, while something is still to be
    mended, or without a pledge; Overtaken when it was asked already.
    """
    if not askable(by).filter(pk=event.pk).exists():
        raise Refused("只有信用信息的主体可以提出申请。", status=403)
    held = CreditEvent.objects.select_for_update(of=("self",)).get(pk=event.pk)
    statement, pledge = texts.tidy(statement).strip(), texts.tidy(pledge).strip()
    problems = [] if statement else [Problem("请写明情况和理由。", field="statement")]
    if kind == RequestKind.REPAIR and not pledge:
        problems.append(Problem("请作出公开承诺。", field="pledge"))
    if problems:
        raise Refused(problems)
    if held.requests.filter(kind=kind, state=RequestState.OPEN).exists():
        raise Overtaken("已经提出过申请，正在办理。")
    if kind == RequestKind.REPAIR:
        check_repairable(held)
    elif standing_of(held) == Standing.WITHDRAWN:
        raise Refused("这条信息已经撤销，不用再提异议。", status=409)
    institution = held.institution
    case = cases.open_case(
        by=by,
        procedure=PROCEDURES[kind],
        division_code=institution.division_code,
        facts={name: getattr(institution, name) for name in ("kind", "legal_form", "nature", "registrar")},
        subject_name=f"{institution.name}的责任人" if held.person_id else institution.name,
        applicant_id=by.user_id or 0,
        channel=Case.Channel.ONLINE,
        data={"credit": {"statement": statement, "pledge": pledge}},
    )
    made = CreditRequest.objects.create(
        event=held,
        case=case,
        kind=kind,
        statement=statement,
        pledge=pledge if kind == RequestKind.REPAIR else "",
        asked_on=clock.today(),
        asked_label=by.label,
    )
    audit.record(by, "credit.request_asked", held, topic=held.topic, place=held.division_code,
                 after={"kind": str(kind), "case": case.number})  # fmt: skip
    return made


def check_repairable(event: CreditEvent) -> None:
    """Refused where an event cannot be repaired today, with why and from when."""
    if event.kind != EventKind.PUNISH or standing_of(event) not in COUNTS:
        raise Refused("这条信息现在不需要修复。", status=409)
    if event.repairable_on is not None and event.repairable_on > clock.today():
        rules = terms.rules_at(event.division_code, event.credit_class)
        raise Refused(
            Problem(
                f"最短公示期未满，{event.repairable_on}起可以申请修复。",
                rule_key=rules[0].key if rules else "",
                source=rules[0].source if rules else "",
            ),
            status=409,
        )
    unmended = Case.objects.filter(procedure=RECTIFICATION, respondent=event.institution_id)
    for number in unmended.exclude(state__in=Case.ENDED).values_list("number", flat=True):
        raise Refused(f"整改（{number}）还没有完成，完成后才能修复。", status=409)


@action
def grant_repair(*, by: Actor, case: Case) -> CreditRequest:
    """Repair an event: it is no longer published, shared or used."""
    found = CreditRequest.objects.select_related("event__institution").get(case=case)
    check_repairable(found.event)
    move(found, from_=RequestState.OPEN, to=RequestState.GRANTED, answered_on=clock.today())
    event = found.event
    audit.record(by, "credit.repaired", event, topic=event.topic, place=event.division_code)
    export.end(event, Standing.REPAIRED)
    return found


@action
def uphold_objection(*, by: Actor, case: Case, reason: str) -> CreditRequest:
    """An objection is right: the event does not hold. Refused by whoever recorded it."""
    found = CreditRequest.objects.select_related("event").get(case=case)
    _not_its_maker(by, found.event)
    move(found, from_=RequestState.OPEN, to=RequestState.GRANTED, answered_on=clock.today(), answer=reason)
    withdraw_event(
        by=by, event=found.event, ground=Ground.OBJECTION, reason=reason or f"异议成立（{case.number}）"
    )
    return found


@action
def refuse_request(*, by: Actor, case: Case, reason: str) -> CreditRequest:
    """A request is not granted, and why."""
    found = CreditRequest.objects.select_related("event").get(case=case)
    if found.kind == RequestKind.OBJECTION:
        _not_its_maker(by, found.event)
    move(found, from_=RequestState.OPEN, to=RequestState.REFUSED, answered_on=clock.today(), answer=reason)
    event = found.event
    audit.record(
        by, "credit.request_refused", event, topic=event.topic, place=event.division_code, note=reason
    )
    return found


def _not_its_maker(by: Actor, event: CreditEvent) -> None:
    if by.user_id is not None and event.recorded_by == by.user_id:
        raise Refused("这条信息由您记入，异议应由其他人员办理。", status=403)


@action
def drop_request(*, by: Actor, case: Case) -> CreditRequest:
    """Whoever asked takes the request back."""
    found = CreditRequest.objects.select_related("event").get(case=case)
    move(found, from_=RequestState.OPEN, to=RequestState.WITHDRAWN, answered_on=clock.today())
    event = found.event
    audit.record(by, "credit.request_dropped", event, topic=event.topic, place=event.division_code)
    return found


# ---------------------------------------------------------------- lists


@action
def put_on_list(
    *,
    by: Actor,
    institution: Institution,
    kind: ListKind,
    reason: str,
    conclusion: str = "",
    event: CreditEvent | None = None,
) -> ListEntry:
    """Put an institution on a list its place keeps.

    Refused where the place keeps no such list, without a reason, and for a punishment that rests on no event
    that shows; Overtaken when it is on the list already.
    """
    require(by, KEEP_LISTS, institution)
    reason, conclusion = texts.tidy(reason).strip(), texts.tidy(conclusion).strip()
    if kind not in terms.lists_at(institution.division_code).kinds:
        raise Refused(Problem(f"本地文件没有规定{kind.label}。", field="kind"), status=409)
    wrong = [] if reason else [Problem("请写明理由。", field="reason")]
    if kind == ListKind.EVALUATION and not conclusion:
        wrong.append(Problem("请写明评价结论。", field="conclusion"))
    if kind == ListKind.PUNISHMENT and not _supports(event, institution):
        wrong.append(Problem("失信惩戒须依据一条正在公示的失信信息。", field="event"))
    if wrong:
        raise Refused(wrong)
    Institution.objects.select_for_update(of=("self",)).get(pk=institution.pk)
    standing = ListEntry.objects.filter(institution=institution, kind=kind, removed_on=None)
    if in_force(standing, clock.today()).exists():
        raise Overtaken(f"已经列入{kind.label}。")
    standing.update(
        removed_on=clock.today(), removed_label=by.label, removed_reason="所依据的失信信息已不再有效"
    )
    made = ListEntry.objects.create(
        kind=kind,
        institution=institution,
        event=event if kind == ListKind.PUNISHMENT else None,
        reason=reason,
        conclusion=conclusion,
        department=_seat(by).department,
        division_code=institution.division_code,
        placed_on=clock.today(),
        placed_label=by.label,
    )
    audit.record(by, "credit.listed", made, topic=f"institution:{institution.pk}", place=made.division_code,
                 after={"kind": str(kind)}, note=reason)  # fmt: skip
    return made


def _supports(event: CreditEvent | None, institution: Institution) -> bool:
    return (
        event is not None
        and event.institution_id == institution.pk
        and event.person_id is None
        and event.kind == EventKind.PUNISH
        and standing_of(event) == Standing.SHOWN
    )


@action
def take_off_list(*, by: Actor, entry: ListEntry, reason: str) -> ListEntry:
    """Take an institution off a list. Refused without a reason, Overtaken when it is off already."""
    require(by, TAKE_OFF_LIST, entry)
    said = texts.tidy(reason).strip()[:500]
    if not said:
        raise Refused(Problem("请写明理由。", field="reason"))
    held = ListEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if held.removed_on is not None:
        raise Overtaken("刚刚已经移出名单。")
    held.removed_on, held.removed_label, held.removed_reason = clock.today(), by.label, said
    held.save(update_fields=["removed_on", "removed_label", "removed_reason"])
    audit.record(by, "credit.unlisted", held, topic=f"institution:{held.institution_id}",
                 place=held.division_code, after={"kind": held.kind}, note=said)  # fmt: skip
    return held
