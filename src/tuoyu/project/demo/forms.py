"""An application filled in as a careful applicant would: page by page, passing every rule that blocks."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from tuoyu.institutions import policy
from tuoyu.institutions.vocabulary import ClassType, Kind, LegalForm, Nature
from tuoyu.project.demo import words

Data = dict[str, dict[str, Any]]

PHONE = "13800000000"

# Class type: places, carers, sleeping area, activity area.
CLASSES = {
    ClassType.INFANT: (10, 4, "32", "20"),
    ClassType.TODDLER_SMALL: (15, 3, "36", "38"),
    ClassType.TODDLER_LARGE: (20, 3, "62", "72"),
    ClassType.MIXED: (18, 4, "40", "45"),
}
CLASS_NAMES = {
    ClassType.INFANT: "月芽班",
    ClassType.TODDLER_SMALL: "嫩芽班",
    ClassType.TODDLER_LARGE: "青苗班",
    ClassType.MIXED: "同伴班",
}
# Slot: who issues it. What depends on tenure and meals is added by `papers_of`.
ISSUERS = {
    "premises_proof": "不动产登记中心（演示）",
    "staff_qualifications": "职业技能培训中心（演示）",
    "staff_health_certificates": "妇幼保健院（演示）",
    "hygiene_report": "疾病预防控制中心（演示）",
    "fire_proof": "消防救援大队（演示）",
    "lease": "出租方（演示）",
    "family_lease": "出租方（演示）",
    "food_permit": "市场监督管理局（演示）",
    "owners_consent": "业主委员会（演示）",
    "legal_person_certificate": "登记机关（演示）",
    "kindergarten_permit": "教育部门（演示）",
    "demand_proof": "教育部门（演示）",
    "joint_agreement": "各举办单位（演示）",
}


@dataclass(frozen=True)
class Applicant:
    """Everything that makes one application different from the next."""

    number: int
    county: str
    street: str
    name: str
    scope: str
    longitude: float
    latitude: float
    kind: str = Kind.INSTITUTION
    nature: str = Nature.NONPROFIT
    legal_form: str = LegalForm.SOCIAL_SERVICE_ORG
    care_types: tuple[str, ...] = ("full_day", "half_day")
    classes: tuple[str, ...] = (ClassType.TODDLER_SMALL, ClassType.TODDLER_LARGE)
    meals: bool = False
    leased: bool = True
    fee: int = 1680
    also: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def contact(self) -> str:
        return words.person(self.number)

    @property
    def address(self) -> str:
        return f"{words.ROADS[self.number % len(words.ROADS)]}{self.number % 180 + 8}号"

    def with_also(self, page: str, **values: Any) -> "Applicant":
        """The same application with some fields typed otherwise."""
        return replace(self, also={**self.also, page: {**self.also.get(page, {}), **values}})


def filled(one: Applicant, on: date) -> Data:
    """The pages of the application as typed on the day `on`."""
    data: Data = {
        "basics": _basics(one),
        **_provider(one, on),
        "premises": _premises(one, on),
        "classes": _classes(one),
        "staff": _staff(one),
        "papers": _papers(one, on),
        "commitment": {"agreed": "yes", "signer": one.contact},
    }
    for page, values in one.also.items():
        data[page] = {**data[page], **values}
    return data


def papers_of(one: Applicant) -> tuple[str, ...]:
    """The papers such an application hands in, by slot."""
    if one.kind == Kind.FAMILY_POINT:
        return ("premises_proof", "staff_health_certificates", "owners_consent") + (
            ("family_lease",) if one.leased else ()
        )
    wanted = [
        "premises_proof",
        "staff_qualifications",
        "staff_health_certificates",
        "hygiene_report",
        "fire_proof",
    ]
    wanted += ["lease"] if one.leased else []
    if one.kind == Kind.KINDERGARTEN_CLASS:
        wanted += ["legal_person_certificate", "kindergarten_permit"]
        wanted += [slot.key for slot in policy.slots_at(one.county, one.kind) if slot.key == "demand_proof"]
    wanted += ["food_permit"] if one.meals else []
    wanted += ["joint_agreement"] if one.kind == Kind.EMPLOYER else []
    return tuple(wanted)


def _basics(one: Applicant) -> dict[str, Any]:
    return {
        "name": one.name,
        "business_scope": one.scope,
        "care_types": list(one.care_types),
        "serves_meals": "yes" if one.meals else "no",
        "street": one.street,
        "address": one.address,
        "longitude": f"{one.longitude:.6f}",
        "latitude": f"{one.latitude:.6f}",
        "contact_name": one.contact,
        "contact_identity": words.identity(one.county, one.number),
        "contact_phone": PHONE,
        "public_phone": "400-000-0000",
        "opening_hours": "周一至周五 7:30—18:00",
        "fees": f"全日托每月 {one.fee} 元；半日托每月 {one.fee * 6 // 10} 元。" if "full_day" in one.care_types else f"计时托每小时 {one.fee // 60} 元。",
        "intro": "演示数据，并非真实机构。小班照护，家长可预约开放日参观。",
    }  # fmt: skip


def _provider(one: Applicant, on: date) -> Data:
    """What a kindergarten or an employer says of itself; a field that a place does not ask is not kept."""
    if one.kind == Kind.KINDERGARTEN_CLASS:
        said: dict[str, Any] = {
            "uscc": words.credit_code(one.county, one.legal_form, one.number),
            "registrar": "admin_approval" if one.county.startswith("37") else "civil_affairs",
            "registered_on": (on - timedelta(days=1500)).isoformat(),
            "demand_met": "yes",
            "newly_built": "no",
            "converts": "no",
        }
        return {"provider": said}
    if one.kind == Kind.EMPLOYER:
        codes = [words.credit_code(one.county, one.legal_form, one.number + extra) for extra in (500, 501)]
        named = zip(("第一", "第二"), codes, ("yes", "no"), strict=True)
        rows = [
            {"name": f"{which}制造厂（演示）", "uscc": code, "leads": leads} for which, code, leads in named
        ]
        said = {"together": "joint", "same_park": "yes", "operation": "自建自营", "opens": "yes"}
        return {"provider": said | {"opened_places": "6", "rows": rows}}
    return {}


def _premises(one: Applicant, on: date) -> dict[str, Any]:
    family = one.kind == Kind.FAMILY_POINT
    building = 96 if family else 160 * len(one.classes) + 120
    typed: dict[str, Any] = {
        "tenure": "leased" if one.leased else "owned",
        "building_area": str(building),
        "floor": "1",
        "basement": "no",
        "video_days": "90",
    }
    if one.leased:
        typed["lease_from"] = (on - timedelta(days=90)).isoformat()
        typed["lease_to"] = (on + timedelta(days=5 * 365)).isoformat()
    if family:
        return typed | {"owners_consent": "yes"}
    return typed | {
        "indoor_area": str(building - 40),
        "outdoor_area": str(80 * len(one.classes)),
        "outdoor_nearby": "no",
        "standalone": "yes",
        "observation_area": "16",
    }


def _classes(one: Applicant) -> dict[str, Any]:
    if one.kind == Kind.FAMILY_POINT:
        return {"children": "5", "carers": "2"}
    rows = []
    for kind in one.classes:
        places, carers, sleep, activity = CLASSES[ClassType(kind)]
        rows.append(
            {"class_type": str(kind), "name": CLASS_NAMES[ClassType(kind)], "places": str(places),
             "carers": str(carers), "sleep_area": sleep, "activity_area": activity}
        )  # fmt: skip
    return {"rows": rows}


def _staff(one: Applicant) -> dict[str, Any]:
    common = {
        "carers_trained": "yes",
        "carers_background": "yes",
        "health_certificates": "yes",
        "records_checked": "yes",
    }
    if one.kind == Kind.FAMILY_POINT:
        return common
    return common | {
        "head_education": "本科",
        "head_years": str(4 + one.number % 9),
        "head_trained": "yes",
        "health_staff": "1",
        "health_staff_trained": "yes",
        "guards": "1",
    }


def _papers(one: Applicant, on: date) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for slot in papers_of(one):
        typed[f"{slot}_issuer"] = ISSUERS[slot]
        typed[f"{slot}_number"] = f"演示〔{on.year}〕{one.number:04d}号"
        typed[f"{slot}_issued_on"] = (on - timedelta(days=40)).isoformat()
        if slot in ("lease", "family_lease"):
            typed[f"{slot}_expires_on"] = (on + timedelta(days=5 * 365)).isoformat()
        elif slot in ("staff_health_certificates", "food_permit"):
            typed[f"{slot}_expires_on"] = (on + timedelta(days=325)).isoformat()
    return typed
