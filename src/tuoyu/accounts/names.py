"""What departments and places are called on these pages, without asking the database."""

import tomllib
from functools import cache

from django.conf import settings

from tuoyu.core.actor import ROLE_NAMES, Role
from tuoyu.jurisdictions import atlas


@cache
def departments() -> dict[str, str]:
    """Every department's key and national name, in the order of the vocabulary."""
    path = settings.PACKS / "cn" / "departments.toml"
    with path.open("rb") as file:
        return {entry["key"]: entry["name"] for entry in tomllib.load(file)["department"]}


def department_name(key: str) -> str:
    return departments().get(key, key)


def place_name(code: str) -> str:
    """A place with what it lies in: 江苏省南京市鼓楼区; the whole country for an empty code."""
    place = atlas.places().get(code)
    return place.full_name if place else code or "全国"


def role_name(role: str) -> str:
    return ROLE_NAMES[Role(role)]


def seat_name(role: str, department: str, division_code: str) -> str:
    """A seat in one line: 鼓楼区卫生健康部门 · 经办人员."""
    place = atlas.places().get(division_code)
    where = (place.name if place else division_code) + (department_name(department) if department else "")
    return f"{where} · {role_name(role)}" if where else role_name(role)
