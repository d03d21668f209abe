"""A complaint comes in: by the public form, or recorded by an officer whom it reached otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tuoyu.accounts.rules import phone_of
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.complaints import floods, keys, reports, rules
from tuoyu.complaints.models import Attachment, Attempt, Complaint
from tuoyu.complaints.permissions import RECORD
from tuoyu.complaints.vocabulary import URGENT, ArrivedBy, ComplaintKind
from tuoyu.core import audit, clock, uploads
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.models import Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions.atlas import places

PROCEDURE = "complaint"
LONGEST = {"described": 200, "reporter_name": 60, "reporter_phone": 30, "text": rules.LONGEST_TEXT}


@dataclass(frozen=True)
class ReportGiven:
    """What somebody tells. `institution_id` or a description; name and telephone only where they wish."""

    token: str
    kind: str
    text: str
    institution_id: int | None = None
    described: str = ""
    division_code: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    arrived_by: str = ArrivedBy.FORM
    received_on: date | None = None


@dataclass(frozen=True)
class Receipt:
    """What the reporter takes along: the number, and the code that opens the tracker with it.

    `again` where the same form had been sent before; `code` is empty where it can no longer be told.
    """

    number: str
    code: str
    again: bool = False


@action
def report(*, by: Actor, given: ReportGiven, files: Sequence[uploads.Handed] = ()) -> Receipt:
    """Take a complaint from the public. Nothing is kept of who sent it but what they wrote themselves.

    Sent again with the same token it is the same complaint. Raises Refused with everything wrong, 429 when
    too many come from one address.
    """
    address = by.address
    floods.hold(f"report:{address}", f"token:{given.token}")
    if (known := _known(given.token)) is not None:
        audit.record(Actor.public(), "complaint.sent_again", known, topic=known.case.topic)
        return _receipt(known, given.token, again=True)
    floods.check_reports(address)
    institution = _checked(given, files, public=True)
    made = _received(Actor.public(), given, institution, files)
    Attempt.objects.create(what=Attempt.What.REPORT, address_key=keys.address_key(address))
    return _receipt(made, given.token)


@action
def record(*, by: Actor, given: ReportGiven, files: Sequence[uploads.Handed] = ()) -> Receipt:
    """Write down what reached an office by telephone, letter, hotline or another office.

    The receipt is for whoever told it. Raises Refused with everything wrong, 403 for a place not one's own.
    """
    require(by, RECORD)
    floods.hold(f"token:{given.token}")
    if (known := _known(given.token)) is not None:
        audit.record(by, "complaint.sent_again", known, topic=known.case.topic)
        return _receipt(known, given.token, again=True)
    institution = _checked(given, files, public=False)
    place = institution.division_code if institution else given.division_code
    seats = by.seats_as(Role.OFFICER, Role.DEPARTMENT_LEAD)
    if not any(seat.covers_place(place) for seat in seats):
        raise Refused(Problem("只能登记本辖区的投诉举报。", field="division_code"), status=403)
    return _receipt(_received(by, given, institution, files), given.token)


def _known(token: str) -> Complaint | None:
    found = Complaint.objects.filter(token_key__in=keys.token_keys(token))
    return found.select_related("case").first()


def _receipt(complaint: Complaint, token: str, *, again: bool = False) -> Receipt:
    code = keys.code_of(token)
    told = code if keys.is_code(complaint, code) else ""
    return Receipt(complaint.case.number, told, again)


def _received(
    by: Actor, given: ReportGiven, institution: Institution | None, files: Sequence[uploads.Handed]
) -> Complaint:
    place = institution.division_code if institution else given.division_code
    urgent = given.kind in URGENT
    about = institution.name if institution else given.described.strip()
    case = cases.open_matter(
        by=by,
        procedure=PROCEDURE,
        division_code=place,
        facts={"urgent": urgent, "arrived_by": str(given.arrived_by), "division_code": place},
        subject_name=f"投诉举报：{about}"[:200],
        channel=Case.Channel.PUBLIC,
        restricted=urgent,
    )
    name, phone = given.reporter_name.strip(), given.reporter_phone.strip()
    made = Complaint.objects.create(
        case=case,
        kind=given.kind,
        kind_stated=given.kind,
        arrived_by=given.arrived_by,
        institution=institution,
        described=given.described.strip(),
        division_code=place,
        received_on=given.received_on or clock.today(),
        text=given.text.strip(),
        anonymous=not name and not phone,
        reporter_name=name,
        reporter_phone=phone_of(phone) or phone,
        token_key=keys.token_key(given.token),
        code_hash=keys.code_hash(case.number, keys.code_of(given.token)),
        recorded_by_id=by.user_id,
        recorded_label=by.label,
    )
    for file in files:
        stored = uploads.store(file=file, by=by, purpose="complaint")
        Attachment.objects.create(complaint=made, file=stored)
    audit.record(
        by, "complaint.received", made, topic=case.topic, after={"arrived_by": str(given.arrived_by)}
    )
    if urgent:
        reports.act_at_once(made)
    return made


def wrong_with(given: ReportGiven, files: Sequence[uploads.Handed] = (), *, public: bool) -> list[Problem]:
    """Everything wrong with what is told, in the order in which it is asked; nothing is written."""
    wrong = _wrong_place(given, public) + _problems(given, public)
    if len(files) > rules.MOST_FILES:
        wrong.append(Problem(f"最多上传{rules.MOST_FILES}个附件。", field="files"))
    return wrong


def _wrong_place(given: ReportGiven, public: bool) -> list[Problem]:
    if given.institution_id:
        said = "没有找到这家机构，请重新查找，或直接写明名称和地址。"
        return [] if _institution(given, public) else [Problem(said, field="institution_id")]
    wrong = []
    if not given.described.strip():
        wrong.append(Problem("请写明是哪家机构：名称、地址，越具体越好。", field="described"))
    place = places().get(given.division_code)
    if place is None or place.level not in ("county", "street"):
        wrong.append(Problem("请选择机构所在的县（市、区）。", field="division_code"))
    return wrong


def _checked(given: ReportGiven, files: Sequence[uploads.Handed], *, public: bool) -> Institution | None:
    """The institution meant, where one is named; Refused with everything that is wrong."""
    if wrong := wrong_with(given, files, public=public):
        raise Refused(wrong)
    return _institution(given, public)


def _institution(given: ReportGiven, public: bool) -> Institution | None:
    if not given.institution_id or given.institution_id >= 2**63:
        return None
    rows = Institution.objects.filter(pk=given.institution_id)
    return (rows.filter(filing__in=FILED) if public else rows).first()


def _problems(given: ReportGiven, public: bool) -> list[Problem]:
    wrong = []
    if not 16 <= len(given.token) <= 64:
        wrong.append(Problem("页面已过期，请重新打开后再填写。", field="token"))
    if given.kind not in ComplaintKind.values:
        wrong.append(Problem("请选择要反映的问题。", field="kind"))
    if not given.text.strip():
        wrong.append(Problem("请写明发生了什么。", field="text"))
    labels = {
        "described": "机构名称和地址",
        "reporter_name": "称呼",
        "reporter_phone": "电话",
        "text": "内容",
    }
    for field, most in LONGEST.items():
        if (length := len(getattr(given, field))) > most:
            wrong.append(
                Problem(
                    f"{labels[field]}最多{most}字，现在是{length}字。",
                    field=field,
                    fix="请写要点，其余作为附件提交。" if field == "text" else "请写短一些。",
                )
            )
    allowed = {ArrivedBy.FORM} if public else set(ArrivedBy) - {ArrivedBy.FORM}
    if given.arrived_by not in allowed:
        wrong.append(Problem("请选择来源渠道。", field="arrived_by"))
    if given.received_on is not None and given.received_on > clock.today():
        wrong.append(Problem("收到日期不能晚于今天。", field="received_on"))
    return wrong
