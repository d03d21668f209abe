"""What is known of an institution: the key of each fact, its words, and where its value of today stands.

A key is the column of the institution ("address"), of its premises ("premises.floor"), or, where there is no
column, the page and field that ask for it ("staff.guards"). What a class is has a key of its own
(`class_key`). A new column of an institution gets a line in COLUMNS, a new question a `fact` on its field.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Choices, Model

from tuoyu.institutions import pages
from tuoyu.institutions.models import ClassGroup, Institution, Premises
from tuoyu.institutions.vocabulary import (
    CareType,
    ClassType,
    Filing,
    Kind,
    LegalForm,
    Nature,
    Registration,
)
from tuoyu.jurisdictions.names import department_name, place_name

# The columns of an institution that say something of it, in the order in which they are shown.
COLUMNS: Mapping[str, str] = {
    "registration": "登记状态", "name": "机构名称", "kind": "机构类型", "nature": "机构性质",
    "legal_form": "组织形式", "registrar": "登记机关", "registration_number": "登记证号",
    "uscc": "统一社会信用代码", "registered_on": "登记日期", "business_scope": "业务（经营）范围",
    "filing": "备案状态", "division_code": "所在地", "address": "详细地址", "longitude": "经度",
    "latitude": "纬度", "representative": "法定代表人或负责人", "phone": "咨询电话", "care_types": "服务范围",
    "class_types": "班型", "places": "托位总数", "inclusive": "普惠", "opening_hours": "服务时间",
    "fees": "收费标准", "intro": "机构简介",
}  # fmt: skip
PREMISES = ("tenure", "lease_from", "lease_to", "building_area", "indoor_area", "outdoor_area", "floor")
# Decided by the registrar; an application does not change them.
REGISTERED = (
    "name", "kind", "nature", "legal_form", "registrar", "registration_number", "uscc", "registered_on",
)  # fmt: skip
# A name of a person: kept encrypted among the facts.
PERSONAL = ("representative",)
# Asked for, and kept with the application alone (encrypted), or as the facts of each class.
CLASSES = "classes"
PARTNERS = "partners"
APART = ("contact_phone", "contact_identity", CLASSES, PARTNERS)
CLASS_FIELDS = ("name", "class_type", "places", "carers", "room_area")

_PAGES = (*pages.FILLED, *dict.fromkeys(pages.BESIDES.values()))
_FIELDS = {field.fact: field for page in _PAGES for field in page.fields if field.fact}
_IN_WORDS: Mapping[str, type[Choices]] = {
    "kind": Kind, "nature": Nature, "legal_form": LegalForm, "registration": Registration, "filing": Filing,
    "care_types": CareType, "class_types": ClassType,
}  # fmt: skip


def is_key(key: str) -> bool:
    """Whether there is a fact of this name."""
    return key in COLUMNS or (key in _FIELDS and key not in APART) or key.startswith("class.")


def label_of(key: str) -> str:
    """What a fact is called."""
    if key in COLUMNS:
        return COLUMNS[key]
    return "班级" if key.startswith("class") else _FIELDS[key].label


def order_of(key: str) -> int:
    """Where a fact stands among those that pages ask for."""
    return list(_FIELDS).index(key) if key in _FIELDS else len(_FIELDS)


def class_key(group_id: int) -> str:
    """The key under which it is kept what one class is."""
    return f"class.{group_id}"


def column_of(key: str) -> tuple[type[Model], str] | None:
    """The table and column in which a fact's value of today stands; None where there is none."""
    if key in COLUMNS:
        return Institution, key
    page, _, name = key.partition(".")
    if page == "premises" and name in PREMISES:
        return Premises, name
    return None


def plain(value: Any) -> Any:
    """A value as it is kept: text, number, true or false, list, mapping, or nothing."""
    if isinstance(value, str):
        return str(value) or None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return int(value) if value == int(value) else round(float(value), 6)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, Iterable) else value


def is_given(value: Any) -> bool:
    """Whether a value says anything."""
    return value not in (None, "", [], {})


def class_of(group: ClassGroup) -> dict[str, Any]:
    """What a class is, as it is kept."""
    return {name: plain(getattr(group, name)) for name in CLASS_FIELDS}


def words_of(key: str, value: Any, division_code: str = "") -> str:
    """A value as a person reads it; empty where nothing is known."""
    if not is_given(value):
        return ""
    if key.startswith("class."):
        return class_in_words(value)
    if key == "registrar":
        return department_name(value, division_code[:6]) if division_code else str(value)
    if key == "division_code":
        return place_name(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    field = _FIELDS.get(key)
    words = dict(_IN_WORDS[key].choices) if key in _IN_WORDS else dict(field.options) if field else {}
    if isinstance(value, list):
        return "、".join(str(words.get(one, one)) for one in value)
    unit = field.unit if field else "个" if key == "places" else ""
    return f"{words.get(value, value)}{unit}"


def class_in_words(said: Mapping[str, Any]) -> str:
    """A class in one line: 托小班“小一班”，15个托位，3名保育人员."""
    kind = dict(ClassType.choices).get(said["class_type"], "")
    return f"{kind}“{said['name']}”，{said['places']}个托位，{said['carers']}名保育人员"
