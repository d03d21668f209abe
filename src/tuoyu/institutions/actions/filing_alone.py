"""Filing alone: an institution that is registered applies for its filing; it may be reminded to."""

from collections.abc import Mapping
from typing import Any

from tuoyu.accounts.actions import give_seat
from tuoyu.accounts.models import User
from tuoyu.accounts.rules import SeatGiven
from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import asking, facts, pages, policy, provision, queries, situation, standing, stated
from tuoyu.institutions.actions.applications import channel_of
from tuoyu.institutions.models import Application, Institution, Paper
from tuoyu.institutions.permissions import REMIND, START
from tuoyu.institutions.provenance import Known
from tuoyu.institutions.vocabulary import REGISTERED_ALREADY, Filing, Kind, Registration

State = Application.State
CERTIFICATE = "legal_person_certificate"


@action
def start_filing(*, by: Actor, owner_id: int, institution: Institution) -> Application:
    """Begin (or go on with) an application for the filing of an institution that is registered.

    Who heads it may; where nobody does yet, whoever names it, and the health officer checks the licence.
    What the same owner said of it before is taken over, to be mended. Refused with all that stands against.
    """
    require(by, START)
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    channel, agent_id = channel_of(by, owner_id, held.division_code, policy.filing_of(held.kind))
    wrong = standing.obstacles(held, owner_id)
    if wrong:
        raise Refused(wrong, status=409)
    chosen = {"kind": held.kind, "nature": held.nature, "legal_form": held.legal_form}
    procedure = policy.filing_of(held.kind)
    policy.plan_of(procedure, held.division_code, **chosen)
    begun = Application.objects.filter(
        institution=held, owner=owner_id, procedure=procedure, state=State.DRAFT
    ).first()
    if begun is not None:
        audit.record(by, "application.begun_again", begun, topic=begun.topic, place=begun.division_code)
        return begun
    before = queries.said_before(held.pk, owner_id)
    known = asking.known_to(held, is_head=owner_id in standing.heads_of(held.pk))
    application = Application.objects.create(
        owner_id=owner_id,
        agent_id=agent_id,
        channel=channel,
        procedure=procedure,
        division_code=held.division_code,
        institution=held,
        data=_prefilled(held, before, known),
        identity=before.identity if before else "",
        contact_name=_contact_name(before, known),
        contact_phone=str(before.contact_phone) if before else asking.phone_of(owner_id),
        **chosen,
    )
    if before is not None:
        _take_papers(application, before)
    audit.record(by, "application.begun", application, topic=application.topic, place=held.division_code,
                 after=chosen | {"institution": held.pk, "procedure": procedure})  # fmt: skip
    return application


def _prefilled(
    institution: Institution, before: Application | None, known: Mapping[str, Known]
) -> dict[str, Any]:
    """What is known of the institution, and what was said before, without the promise, which is made anew."""
    data = dict(before.data) if before else {}
    data.pop(pages.COMMITMENT.key, None)
    for page in (pages.BASICS, pages.PREMISES, pages.CLASSES, pages.STAFF):
        told = {
            field.key: asking.typed_of(field, known[field.fact].value)
            for field in pages.fields_of(page, institution.kind)
            if field.fact in known and facts.is_key(field.fact) and field.fact not in facts.PERSONAL
        }
        said = {key: value for key, value in (data.get(page.key) or {}).items() if value}
        data[page.key] = told | said
    data[pages.BASICS.key]["name"] = institution.name
    if facts.CLASSES in known and not (before and before.data.get(pages.CLASSES.key)):
        data[pages.CLASSES.key] = asking.typed_classes(known[facts.CLASSES].value, institution.kind)
    papers = dict(data.get("papers") or {})
    papers |= {
        f"{CERTIFICATE}_issuer": standing.registrar_name(institution),
        f"{CERTIFICATE}_number": institution.registration_number,
        f"{CERTIFICATE}_issued_on": str(institution.registered_on or ""),
    }
    return data | {"papers": papers} | _provider(institution, data)


def _provider(institution: Institution, data: Mapping[str, Any]) -> dict[str, Any]:
    """What those behind the place said before, as it stands today."""
    said = dict(data.get("provider") or {})
    if institution.kind in REGISTERED_ALREADY:
        said |= stated.registered_with(institution)
    elif institution.kind == Kind.EMPLOYER and said:
        opened = provision.opened_on(institution.pk, clock.today())
        said |= {"opens": "yes" if opened else "no", "opened_places": str(opened or "")}
    return {"provider": said} if said else {}


def _contact_name(before: Application | None, known: Mapping[str, Known]) -> str:
    """Who represents the institution, as far as that is known."""
    if "representative" in known:
        return str(known["representative"].value)
    return str(before.contact_name) if before else ""


def _take_papers(application: Application, before: Application) -> None:
    """The files handed in before are there again; what is no longer good is taken out or replaced."""
    kept = before.papers.filter(removed_at=None)
    Paper.objects.bulk_create(
        Paper(application=application, slot=paper.slot, file_id=paper.file_id, title=paper.title)
        for paper in kept
    )


def make_head(application: Application, institution: Institution, why: str) -> None:
    """Its applicant heads the institution from now on, unless somebody does already."""
    if not standing.heads_of(institution.pk):
        owner = User.objects.get(pk=application.owner_id)
        seat = SeatGiven(Role.NURSERY_HEAD, "", "", institution.pk)
        give_seat(by=Actor.system(why), user=owner, seat=seat)


@action
def remind(*, by: Actor, institution: Institution) -> int:
    """Remind the heads of a registered institution that it is not filed; how many were told. Once a day."""
    require(by, REMIND, institution)
    held = Institution.objects.select_for_update().get(pk=institution.pk)
    if held.registration != Registration.REGISTERED or held.filing != Filing.NONE:
        raise Refused("这家机构不在“已登记未备案”之列，不用提醒。", status=409)
    if Application.objects.filter(institution=held, state__in=situation.UNDER_WAY).exists():
        raise Refused("这家机构的备案正在办理，不用提醒。", status=409)
    heads = standing.heads_of(held.pk)
    if not heads:
        raise Refused(
            Problem(
                "这家机构还没有负责人账号，系统里提醒不到。",
                fix="请按登记信息联系，请其登录后从“办托一件事”选择“已经登记，只办备案”。",
            ),
            status=409,
        )
    if standing.reminded_on([held.pk]).get(held.pk) == clock.today():
        raise Refused("今天已经提醒过这家机构。", status=409)
    for user_id in heads:
        tell(
            user_id,
            "请及时备案",
            f"“{held.name}”已经登记，还没有备案。请在“办托一件事”中选择“已经登记，只办备案”，及时向卫生健康部门备案。",
            place=held.division_code,
        )
    audit.record(by, standing.REMINDED, held, topic=held.topic, place=held.division_code,
                 after={"told": len(heads)})  # fmt: skip
    return len(heads)
