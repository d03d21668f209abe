"""Where an institution stands towards a filing of its own: may it file, who heads it, what was before."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from tuoyu.accounts.models import Membership
from tuoyu.cases import plans
from tuoyu.cases.models import Case
from tuoyu.core import clock, identifiers
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import policy, situation, stated
from tuoyu.institutions.models import Application, Institution, Publication
from tuoyu.institutions.situation import Situation
from tuoyu.institutions.vocabulary import (
    MAY_FILE,
    CareType,
    ClassType,
    LegalForm,
    Nature,
    Registration,
)
from tuoyu.jurisdictions.names import department_name, place_name

REMINDED = "institution.reminded"


# ---------------------------------------------------------------- who, and which


def heads_of(institution_id: int) -> list[int]:
    """The people who head an institution today."""
    return list(situation.heads(institution_id).values_list("user_id", flat=True))


def acts_for(actor: Actor, institution: Institution) -> list[int]:
    """In whose name the actor may apply for a filing of the institution, itself first."""
    procedure = policy.filing_of(institution.kind)
    people = sorted(actor.owner_ids, key=lambda pk: (pk != actor.user_id, pk))
    return [
        pk
        for pk in people
        if actor.may_act_for(pk, division_code=institution.division_code, procedure=procedure)
    ]


def headed_by(actor: Actor) -> list[Institution]:
    """The institutions headed today by the actor, or by somebody in whose name it may file for them; each
    with its situation."""
    held = Membership.objects.filter(
        role=Role.NURSERY_HEAD, user__in=actor.owner_ids, valid__contains=clock.today()
    )
    whose = ArraySubquery(held.filter(institution_id=OuterRef("pk")).values("user_id"))
    rows = Institution.objects.filter(pk__in=held.values("institution_id")).annotate(
        whose=whose, **situation.columns()
    )
    return [row for row in rows.order_by("pk") if not set(acts_for(actor, row)).isdisjoint(row.whose)]


def owner_for(actor: Actor, institution: Institution, heads: Iterable[int] | None = None) -> int:
    """For whom a filing is begun when nobody was chosen: its head, where the actor may act in that name.

    `heads` are those it has, where they were asked for already.
    """
    heads = set(heads_of(institution.pk) if heads is None else heads)
    acting = [pk for pk in acts_for(actor, institution) if pk in heads]
    return acting[0] if acting else actor.user_id or 0


def registered_as(uscc: str) -> Institution:
    """The institution with this credit code, with its situation. Refused when the code is none, or nobody is
    registered so."""
    code = identifiers.credit_code(uscc, field="uscc")
    found = Institution.objects.annotate(**situation.columns()).filter(uscc=code).first()
    if found is None:
        raise Refused(
            Problem(
                "没有查到用这个统一社会信用代码登记的托育机构。",
                field="uscc",
                fix="请对照证照核对代码；刚登记的，请等登记机关推送；还没有登记的，请从“办托一件事”申办。",
            ),
            status=404,
        )
    return found


# ---------------------------------------------------------------- may it file


def taken(application: Application, uscc: str) -> list[Problem]:
    """What stands against recording a kindergarten under a credit code: it is here already, or on its way."""
    if Institution.objects.filter(uscc=uscc).exists():
        return [
            Problem(
                "这个统一社会信用代码的机构已有档案。",
                page="provider",
                field="uscc",
                fix="请核对代码；确是本园的，请从“已经登记，只办备案”申请。",
            )
        ]
    others = Application.objects.filter(
        kind=application.kind, institution=None, state__in=situation.UNDER_WAY, data__provider__uscc=uscc
    ).exclude(pk=application.pk)
    if others.exists():
        wrong = "这所幼儿园已有一件申请正在办理，同时只能办一件。"
        return [Problem(wrong, page="provider", field="uscc", fix="请等那一件办结后再申请。")]
    return []


def obstacles(
    institution: Institution,
    owner_id: int,
    application: Application | None = None,
    now: Situation | None = None,
) -> list[Problem]:
    """What stands against `owner_id` applying for a filing of `institution` now.

    `now` is how it stands, where that was asked already.
    """
    if institution.registration != Registration.REGISTERED:
        return [Problem("这家机构的法人登记已经注销，不能备案。", fix="请先到登记机关办理登记。")]
    if institution.filing not in MAY_FILE:
        return [Problem("这家机构已经备案，不用再申请。")]
    found = []
    now = now or situation.situation_of(institution.pk)
    if now.under_way_besides(application):
        found.append(
            Problem("这家机构已有一件申请正在办理，同时只能办一件。", fix="请等那一件办结后再申请。")
        )
    if now.heads and owner_id not in now.heads:
        found.append(
            Problem(
                "这家机构已有负责人账号，备案由负责人申请。",
                fix="请由负责人登录后申请，或由负责人授权您代办；负责人已经变更的，请联系备案机关。",
            )
        )
    return found


def street_problems(application: Application, place: str) -> tuple[Problem, ...]:
    """Whether `place`, where the form says it lies now, is decided over by others than it was before."""
    try:
        if application.case is not None and not application.is_after_filing:
            case: Case = application.case
            if place == case.division_code:
                return ()
            elsewhere = plans.handed_on(case.steps.all(), plans.replanned(case, place))
        else:
            institution = application.institution
            # A registrar that told only the county leaves the street open.
            if institution is None or len(institution.division_code) <= 6:
                return ()
            if place == institution.division_code:
                return ()
            before, after = (plan_at(application, at).steps for at in (institution.division_code, place))
            elsewhere = plans.handed_on(before, after)
    except Refused as refused:
        return tuple(refused.problems)
    return (plans.other_hands(elsewhere, place),) if elsewhere else ()


def plan_at(application: Application, place: str) -> plans.Plan:
    """The steps an application would take today, if it lay at `place`."""
    facts = stated.case_facts(application) | {"division_code": place}
    return policy.plan_of(application.procedure, **facts)


# ---------------------------------------------------------------- what is known, what was before


def known(institution: Institution, *, whole: bool = False) -> list[tuple[str, str]]:
    """What the registration says of it and is not asked again; the `whole` of what its filing says too."""
    registered = [
        ("机构名称", institution.name),
        ("统一社会信用代码", institution.uscc or "—"),
        ("登记机关", registrar_name(institution)),
        ("登记证号", institution.registration_number or "—"),
        ("登记日期", f"{institution.registered_on:%Y-%m-%d}" if institution.registered_on else "—"),
        ("机构性质", str(Nature(institution.nature).label)),
        ("组织形式", str(LegalForm(institution.legal_form).label)),
        ("登记的地点", place_name(institution.division_code) + institution.address),
    ]
    return registered + (_filed(institution) if whole else [])


def _filed(institution: Institution) -> list[tuple[str, str]]:
    care, kinds = dict(CareType.choices), dict(ClassType.choices)
    classes = [
        f"{group.name}（{kinds.get(group.class_type, '')}，{group.places}个托位，{group.carers}名保育人员）"
        for group in institution.classes.open_now().order_by("pk")
    ]
    return [
        ("业务（经营）范围", institution.business_scope or "—"),
        ("法定代表人（负责人）", institution.representative or "—"),
        ("备案回执号", institution.receipt_number or "—"),
        ("服务范围", "、".join(str(care.get(one, one)) for one in institution.care_types) or "—"),
        ("班级", "；".join(classes) or "—"),
        ("托位总数", f"{institution.places}个"),
        ("咨询电话", institution.phone or "—"),
        ("服务时间", institution.opening_hours or "—"),
        ("收费标准", institution.fees or "—"),
    ]


def registrar_name(institution: Institution) -> str:
    """Who registered it, as its place calls that office."""
    if not institution.registrar:
        return ""
    return department_name(institution.registrar, institution.division_code)


def history(
    institution: Institution,
    *,
    without: int | None = None,
    actor: Actor | None = None,
    heads: Iterable[int] | None = None,
) -> list[dict[str, Any]]:
    """What became of earlier applications, and what was made public; the newest first.

    With `actor`, an applicant: only the own applications (those of a nursery's head are the nursery's) and
    what everybody may read anyway. `heads` are those it has, where they were asked for already.
    """
    earlier = Application.objects.filter(institution=institution)
    if without is not None:
        earlier = earlier.exclude(pk=without)
    if actor is not None:
        owners = acts_for(actor, institution)
        if set(owners).isdisjoint(heads_of(institution.pk) if heads is None else heads):
            earlier = earlier.filter(owner__in=owners)
    published = {
        row["case"]: row
        for row in Publication.objects.filter(
            institution=institution, kind=Publication.Kind.NONCONFORMITY
        ).values("case", "published_on", "reasons", "clause", "department", "division_code")
    }
    told = []
    for row in earlier.values(
        "case", "case__number", "case__procedure_name", "case__state", "case__reason", "case__closed_at"
    ):
        closed = row["case__closed_at"]
        if closed is None:
            continue
        public = published.pop(row["case"], None)
        told.append(
            {
                "on": _day(closed),
                "title": f"{row['case__procedure_name']}（办件编号{row['case__number']}）",
                "state": "published_nonconforming" if public else row["case__state"],
                "text": row["case__reason"],
                "source": public["clause"] if public else "",
            }
        )
    told += [
        {
            "on": row["published_on"],
            "title": f"{department_name(row['department'], row['division_code'])}的公示",
            "state": "published_nonconforming",
            "text": row["reasons"],
            "source": row["clause"],
        }
        for row in published.values()
    ]
    return sorted(told, key=lambda one: one["on"], reverse=True)


def reminded_on(institutions: Iterable[int]) -> dict[int, date]:
    """When each of these institutions was last reminded to file."""
    topics = [f"institution:{pk}" for pk in institutions]
    rows = AuditEvent.objects.filter(topic__in=topics, verb=REMINDED).order_by("pk")
    return {int(topic.partition(":")[2]): _day(at) for topic, at in rows.values_list("topic", "at")}


def _day(moment: datetime) -> date:
    return moment.astimezone(clock.BEIJING).date()
