"""Agencies and associations entrusted with scoring, and who scores for them."""

from django.db import IntegrityError, transaction

from tuoyu.accounts.models import Membership, User
from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.reaches import HEALTH
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.ratings.models import Agency, Assessor
from tuoyu.ratings.permissions import MANAGE_AGENCIES
from tuoyu.ratings.vocabulary import AgencyKind


@action
def add_agency(*, by: Actor, name: str, kind: str, entrusted_by: str, division_code: str = "") -> Agency:
    """Note an agency that the own health department entrusts, with the contract or letter that says so.

    Raises Refused without name, kind or basis, or when it is noted already.
    """
    require(by, MANAGE_AGENCIES)
    place = division_code or next(s.division_code for s in by.seats if s.department == HEALTH)
    name, basis = texts.tidy(name).strip()[:120], texts.tidy(entrusted_by).strip()[:200]
    wrong = []
    if not name:
        wrong.append(Problem("请写机构的名称。", field="name"))
    if kind not in AgencyKind.values:
        wrong.append(Problem("请选择是专业评估机构还是行业协会。", field="kind"))
    if not basis:
        wrong.append(Problem("请写明委托的依据（合同或委托书）。", field="entrusted_by"))
    if wrong:
        raise Refused(wrong)
    made = Agency(name=name, kind=kind, division_code=place, entrusted_by=basis, added_label=by.label[:120])
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused(Problem("这家机构已在受托名单上。", field="name"), status=409) from None
    audit.record(by, "agency.added", made, after={"name": name, "basis": basis}, place=place)
    return made


@action
def end_agency(*, by: Actor, agency: Agency, reason: str) -> Agency:
    """End the entrusting; what it still has to score can be seen there no more.

    Raises Refused without a reason, Overtaken when it has ended.
    """
    require(by, MANAGE_AGENCIES, agency)
    reason = texts.tidy(reason).strip()[:200]
    if not reason:
        raise Refused(Problem("请写明终止委托的理由。", field="reason"))
    rows = Agency.objects.filter(pk=agency.pk, ended_on=None)
    if rows.update(ended_on=clock.today(), end_reason=reason) != 1:
        raise Overtaken
    agency.refresh_from_db()
    audit.record(by, "agency.ended", agency, note=reason)
    return agency


@action
def name_assessor(*, by: Actor, agency: Agency, username: str) -> Assessor:
    """Name somebody who holds the seat of an assessor in the own places as one of an agency.

    Raises Refused when there is no such account with that seat, or it scores for the agency already.
    """
    require(by, MANAGE_AGENCIES, agency)
    if agency.ended_on is not None:
        raise Refused("这家机构的委托已经终止。", status=409)
    seats = Membership.objects.filter(
        role=Role.ASSESSOR, valid__contains=clock.today(), user__username=username.strip()[:60]
    )
    place = agency.division_code
    user = User.objects.filter(pk__in=seats.values("user"), is_active=True).first()
    near = [code for code in seats.values_list("division_code", flat=True) if _one_jurisdiction(code, place)]
    if user is None or not near:
        raise Refused(
            Problem(
                "没有这个账号，或者它在本地没有“评估人员”岗位。",
                field="username",
                fix="请先由系统管理员为其设置岗位。",
            )
        )
    made = Assessor(agency=agency, user=user, added_label=by.label[:120])
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise Refused(Problem("此人已是这家机构的评估人员。", field="username"), status=409) from None
    audit.record(
        by, "assessor.named", made, topic=f"agency:{agency.pk}", after={"user": user.pk}, place=place
    )
    return made


def _one_jurisdiction(seat: str, place: str) -> bool:
    """Whether a seat lies where the agency is entrusted, above it or below it."""
    return place.startswith(prefix_of(seat)) or seat.startswith(prefix_of(place))


@action
def let_assessor_go(*, by: Actor, assessor: Assessor) -> Assessor:
    """Somebody scores for the agency no more. Raises Overtaken when that was said already."""
    require(by, MANAGE_AGENCIES, assessor.agency)
    rows = Assessor.objects.filter(pk=assessor.pk, ended_at=None)
    if rows.update(ended_at=clock.now(), ended_label=by.label[:120]) != 1:
        raise Overtaken
    audit.record(by, "assessor.let_go", assessor, topic=f"agency:{assessor.agency_id}",
                 place=assessor.agency.division_code)  # fmt: skip
    return assessor
