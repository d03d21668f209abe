"""What places and departments are called on a page."""

from functools import lru_cache

from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.vocabulary import Vocabulary

LOWER_GOVERNMENT = "lower_government"


def place_name(code: str) -> str:
    """The full name of a place: 江苏省南京市鼓楼区. A code nobody knows is shown as it is."""
    try:
        return queries.division_of(code).full_name
    except queries.DivisionUnknown:
        return code


def short_place_name(code: str) -> str:
    """The last part of a place's name: 鼓楼区."""
    try:
        return queries.division_of(code).name
    except queries.DivisionUnknown:
        return code


def department_name(key: str, division_code: str, *, full: bool = False) -> str:
    """What the department of a division is called.

    At the division whose document names it that is the document's own name (市卫健委; with `full`
    南京市卫健委); elsewhere what the document calls it one level down, or the generic name, after the
    place (鼓楼区卫生健康委, 章贡区卫生健康部门). A street or town has one office and no departments: what a
    department does there is done by its county's.
    """
    try:
        version = queries.version_at(division_code)
        place = queries.division_of(division_code)
        if place.level == "street":
            if key == LOWER_GOVERNMENT:
                return _street_office(place.name)
            place = queries.division_of(place.parent)
    except LookupError:
        # Of a street nobody knows the county may still be known.
        return department_name(key, division_code[:6], full=full) if len(division_code) > 6 else key
    own = version.code == place.code
    return vocabulary_of(version.digest).name(key, place.name, own=own, full=full)


def _street_office(name: str) -> str:
    """The one office of a street (华侨路街道办事处) or a town (东里镇人民政府)."""
    return f"{name}{'办事处' if name.endswith('街道') else '人民政府'}"


def department_key(written: str, jurisdiction_code: str) -> str | None:
    """The department behind a written form, as a jurisdiction's documents write it; None when unknown."""
    return vocabulary_of(queries.version_at(jurisdiction_code).digest).key_of(written)


@lru_cache(maxsize=64)
def vocabulary_of(digest: str) -> Vocabulary:
    """The vocabulary of a pack version; versions never change, so it is made once."""
    return Vocabulary.of(pack for _, pack in queries.line_of(digest))
