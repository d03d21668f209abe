"""People who apply and decide in Nanjing's 鼓楼区, and an application with nothing left to mend."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tuoyu.accounts.models import User
from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.institutions import actions, pages, policy
from tuoyu.institutions.models import Application

GULOU = "320106"
XUANWU = "320102"
USCC = "52320106MJ0000018A"


def person(name: str) -> User:
    return User.objects.create(username=name, name=name, origin="command")


def applicant(name: str = "申办人甲") -> Actor:
    user = person(name)
    return Actor(name, user.pk, (Seat(Role.APPLICANT, prefixes=("",)),), frozenset({user.pk}))


def officer(department: str, division: str = GULOU, role: Role = Role.OFFICER) -> Actor:
    user = User.objects.filter(username=f"{role}-{department}-{division}").first() or person(
        f"{role}-{department}-{division}"
    )
    prefix = division.removesuffix("00").removesuffix("00")
    return Actor(user.name, user.pk, (Seat(role, department, (prefix,), division),), frozenset({user.pk}))


def begun(by: Actor, place: str = GULOU, **choices: str) -> Application:
    chosen = {"kind": "institution", "nature": "nonprofit", "legal_form": "social_service_org"} | choices
    assert by.user_id is not None
    return actions.start_application(by=by, owner_id=by.user_id, division_code=place, **chosen)


def good_pages(place: str = GULOU, kind: str = "institution") -> dict[str, dict[str, Any]]:
    """What a careful applicant types; every rule of the national pack is met."""
    typed = _good_pages(place)
    if kind == "kindergarten_class":
        typed["basics"] |= {"name": "小星星幼儿园", "business_scope": "学前教育、托育服务"}
        typed["classes"] = {"rows": typed["classes"]["rows"][1:]}
        typed["provider"] = dict(KINDERGARTEN)
    if kind == "employer":
        typed["provider"] = dict(EMPLOYER)
    return typed


KINDERGARTEN = {
    "uscc": "12320106TY000003X3",
    "registrar": "civil_affairs",
    "registered_on": "2015-09-01",
    "demand_met": "yes",
    "newly_built": "no",
    "converts": "no",
}
EMPLOYERS = (
    {"name": "某某钢铁有限公司", "uscc": "91320106TY0000013B", "leads": "yes"},
    {"name": "某某电力有限公司", "uscc": "91320106TY00000216", "leads": "no"},
)
EMPLOYER = {
    "together": "alone",
    "operation": "自建自营",
    "opens": "no",
    "rows": [EMPLOYERS[0]],
}


def _good_pages(place: str) -> dict[str, dict[str, Any]]:
    start = clock.today()
    return {
        "basics": {
            "name": "鼓楼区小星星托育园",
            "business_scope": "3岁以下婴幼儿照护服务、托育服务",
            "care_types": ["full_day", "half_day"],
            "serves_meals": "no",
            "street": place if len(place) > 6 else _first_street(place),
            "address": "中山北路1号",
            "longitude": "118.77",
            "latitude": "32.06",
            "contact_name": "王某某",
            "contact_identity": "11010519491231002X",
            "contact_phone": "13800138000",
            "public_phone": "025-83330000",
        },
        "premises": {
            "tenure": "leased",
            "lease_from": start.isoformat(),
            "lease_to": date(start.year + 4, start.month, min(start.day, 28)).isoformat(),
            "building_area": "600",
            "indoor_area": "500",
            "outdoor_area": "200",
            "outdoor_nearby": "no",
            "floor": "1",
            "basement": "no",
            "standalone": "yes",
            "observation_area": "15",
            "video_days": "90",
        },
        "classes": {
            "rows": [
                {
                    "class_type": "toddler_small",
                    "name": "小一班",
                    "places": "15",
                    "carers": "3",
                    "sleep_area": "35",
                    "activity_area": "35",
                },
                {
                    "class_type": "toddler_large",
                    "name": "大一班",
                    "places": "14",
                    "carers": "2",
                    "sleep_area": "60",
                    "activity_area": "70",
                },
            ]
        },
        "staff": {
            "head_education": "本科",
            "head_years": "5",
            "head_trained": "yes",
            "carers_trained": "yes",
            "carers_background": "yes",
            "health_staff": "1",
            "health_staff_trained": "yes",
            "guards": "1",
            "health_certificates": "yes",
            "records_checked": "yes",
        },
        "papers": {},
        "commitment": {"agreed": "yes", "signer": "王某某"},
    }


def _first_street(county: str) -> str:
    from tuoyu.jurisdictions import queries

    return next((p.code for p in queries.children_of(county)), "")


def image(name: str = "scan.png") -> SimpleUploadedFile:
    body = BytesIO()
    Image.new("RGB", (20, 20), "white").save(body, "PNG")
    return SimpleUploadedFile(name, body.getvalue(), "image/png")


def fill(by: Actor, application: Application, **changed: dict[str, Any]) -> Application:
    """Fill every page as a careful applicant would, `changed` pages apart, and hand in every paper."""
    typed = good_pages(application.division_code, application.kind)
    for page, fields in changed.items():
        typed[page] = typed[page] | fields
    slots = policy.slots_at(application.division_code, application.kind)
    actions.add_papers(by=by, application=application, files=[(slot.key, image()) for slot in slots])
    for slot in slots:
        typed["papers"] |= paper_details(slot)
    for page in policy.form_at(application.division_code, application.kind).pages:
        application.refresh_from_db()
        actions.save_page(
            by=by,
            application=application,
            page=page.key,
            typed=typed[page.key],
            version=application.version,
        )
    application.refresh_from_db()
    return application


def paper_details(slot: pages.Slot) -> dict[str, str]:
    later = (clock.today() + timedelta(days=700)).isoformat()
    return {
        f"{slot.key}_issuer": "某单位",
        f"{slot.key}_number": "A-1",
        f"{slot.key}_issued_on": clock.today().isoformat(),
        f"{slot.key}_expires_on": later,
    }


def submitted(by: Actor, place: str = GULOU, **choices: str) -> Case:
    return actions.submit(by=by, application=fill(by, begun(by, place, **choices)))


RESULT = {"registration_number": "民证字第0001号", "uscc": USCC}


def approve(case: Case, key: str, **result: Any) -> Case:
    """The officer at the desk where the step lies approves it."""
    step = case.steps.get(key=key)
    by = officer(step.department, step.division_code)
    return cases.decide(by=by, step=step, decision="approve", result=result)


def registered(case: Case) -> Case:
    """Approve everything up to and with the registration."""
    for step in case.steps.order_by("stage", "pk"):
        if step.kind in ("check", "consent"):
            approve(case, step.key)
    return approve(case, "registration", **RESULT, registered_on=clock.today().isoformat())
