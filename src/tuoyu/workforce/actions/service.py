"""Time that medical staff serve at a nursery: entered, confirmed or not, certified with a paper."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core import audit, clock, texts
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions import documents
from tuoyu.institutions.models import Certificate, Institution
from tuoyu.institutions.vocabulary import FILED
from tuoyu.jurisdictions.names import department_name
from tuoyu.workforce import service
from tuoyu.workforce.models import Employment, ServicePeriod
from tuoyu.workforce.permissions import CONFIRM_SERVICE, ENTER_SERVICE
from tuoyu.workforce.vocabulary import Profession, ServiceState

HOURS_A_DAY = 24


@dataclass(frozen=True)
class ServiceGiven:
    """A period of service as the nursery enters it; `last_day` is a day of service."""

    profession: str
    home_unit: str
    first_day: date
    last_day: date
    hours: Decimal


@action
def enter_service(*, by: Actor, employment: Employment, given: ServiceGiven) -> ServicePeriod:
    """Enter a period that somebody of a hospital served here."""
    institution = employment.institution
    require(by, ENTER_SERVICE, institution)
    _counts_here(institution)
    wrong = _wrong(employment, given)
    if wrong:
        raise Refused(wrong)
    period = ServicePeriod(
        employment=employment,
        profession=given.profession,
        home_unit=texts.tidy(given.home_unit).strip()[:120],
        period=DateRange(given.first_day, given.last_day + timedelta(days=1)),
        hours=given.hours,
        entered_label=by.label,
    )
    try:
        with transaction.atomic():
            period.save(force_insert=True)
    except IntegrityError as error:
        if "service_period_counts_a_day_once" not in str(error):
            raise
        raise Refused(
            Problem("这段时间与已登记的服务时间重叠，同一天不能算两次。", field="first_day"), status=409
        ) from error
    _record(by, "service.entered", period, {"hours": str(given.hours)})
    return period


def _counts_here(institution: Institution) -> None:
    """Only where the place's document says that the time counts, and only at a nursery that is filed."""
    rule = service.rule_at(institution.division_code)
    if rule is None:
        raise Refused("本地文件没有规定医护人员在托育机构的服务时长可以计入，不能登记。", status=409)
    if institution.filing not in FILED:
        raise Refused(
            Problem(
                "机构没有备案，服务时长不能计入。",
                rule_key=rule.key,
                source=rule.source,
                fix="请先向卫生健康部门备案。",
            ),
            status=409,
        )


def _wrong(employment: Employment, given: ServiceGiven) -> list[Problem]:
    wrong = []
    if given.profession not in Profession.values:
        wrong.append(Problem("请选择医师或护士。", field="profession"))
    elif not service.licensed(employment.person_id, given.profession, given.first_day):
        wrong.append(Problem("名册上没有此人在这段时间有效的执业证。", field="profession",
                             fix="请先在其页面上登记医师或护士执业证。"))  # fmt: skip
    if not given.home_unit.strip():
        wrong.append(Problem("请填写所在医疗机构和科室。", field="home_unit"))
    if not given.first_day <= given.last_day <= clock.today():
        wrong.append(Problem("结束日期应在开始日期之后、今天之前（含当日）。", field="last_day"))
    elif not _works(employment, given.first_day, given.last_day):
        wrong.append(Problem("此人这段时间不在本机构任职。", field="first_day"))
    most = ((given.last_day - given.first_day).days + 1) * HOURS_A_DAY
    if not 0 < given.hours <= max(most, HOURS_A_DAY):
        wrong.append(Problem("小时数应大于0，不超过这段时间的总小时数。", field="hours"))
    return wrong


def _works(employment: Employment, first_day: date, last_day: date) -> bool:
    ends = employment.ends_on
    return employment.starts_on <= first_day and (ends is None or last_day < ends)


@action
def decide_service(*, by: Actor, period: ServicePeriod, confirmed: bool, reason: str = "") -> ServicePeriod:
    """Health confirms that the time was served, or says why it does not."""
    require(by, CONFIRM_SERVICE, period)
    if confirmed:
        _counts_here(period.employment.institution)
    elif not reason.strip():
        raise Refused(Problem("不予确认须写明理由。", field="reason"))
    move(
        period,
        from_=ServiceState.ENTERED,
        to=ServiceState.CONFIRMED if confirmed else ServiceState.RETURNED,
        decided_at=clock.now(),
        decided_label=by.label,
        reason="" if confirmed else reason.strip()[:200],
    )
    _record(by, "service.confirmed" if confirmed else "service.returned", period, {}, period.reason)
    return period


@action
def certify_service(*, by: Actor, employment: Employment) -> Certificate:
    """Issue the certificate of all hours that were confirmed and not certified yet."""
    institution = employment.institution
    require(by, ENTER_SERVICE, institution)
    _counts_here(institution)
    rows = ServicePeriod.objects.select_for_update().filter(
        employment=employment, state=ServiceState.CONFIRMED, certificate=None
    )
    periods = list(rows.order_by("period"))
    if not periods:
        raise Refused("没有已确认、还没有开具证明的服务时长。", status=409)
    certificate = _issued(by, employment, periods)
    ServicePeriod.objects.filter(pk__in=[one.pk for one in periods]).update(certificate=certificate)
    told = {"number": certificate.number, "hours": str(sum(one.hours for one in periods))}
    audit.record(by, "service.certified", certificate, topic=f"employment:{employment.pk}",
                 place=institution.division_code, after=told)  # fmt: skip
    return certificate


def _issued(by: Actor, employment: Employment, periods: Sequence[ServicePeriod]) -> Certificate:
    """The paper names the person in full; what is kept to verify it by does not."""
    institution, kind = employment.institution, Certificate.Kind.SERVICE_HOURS
    code, today = secrets.token_hex(8), clock.today()
    number = f"托医{institution.division_code[:6]}{today:%Y}{periods[-1].pk:06d}"
    issuer = department_name("health", institution.division_code, full=True)
    said = service.said(employment, periods)
    content = {
        "title": kind.label,
        "number": number,
        "issuer": issuer,
        "issued_on": f"{today.year}年{today.month}月{today.day}日",
        "name": said.masked,
        "name_label": "姓名",
        "facts": said.facts,
        "lines": said.lines,
        "reasons": "",
        "code": code,
        "address": documents.verification_address(code),
    }
    paper = {**content, "name": f"{said.name}（身份证号{said.identity}）"}
    stored = documents.printed(kind, paper, by=by, name=f"{kind.label}{number}.pdf")
    return Certificate.objects.create(
        number=number,
        kind=kind,
        institution=institution,
        code=code,
        issued_on=today,
        issuer=issuer,
        content=content,
        digest=stored.sha256,
        file=stored,
    )


def _record(by: Actor, verb: str, period: ServicePeriod, after: dict[str, str], note: str = "") -> None:
    audit.record(by, verb, period, topic=period.topic,
                 place=period.employment.institution.division_code, after=after, note=note)  # fmt: skip
