"""What the divisions may decide: the settings their documents leave open, in words."""

from dataclasses import dataclass
from functools import lru_cache

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import visible_to
from tuoyu.jurisdictions import queries
from tuoyu.jurisdictions.atlas import Place
from tuoyu.jurisdictions.models import Division
from tuoyu.jurisdictions.packs.schema import LEGAL_FORMS, Procedure, Route
from tuoyu.jurisdictions.permissions import DECIDE_SETTING
from tuoyu.jurisdictions.vocabulary import Vocabulary

LEGAL_FORM_NAMES = {
    "public_institution": "事业单位",
    "social_service_org": "社会服务机构",
    "enterprise": "企业",
    "individual_business": "个体工商户",
}


@dataclass(frozen=True)
class Choice:
    """A setting somebody may decide, with what it may be."""

    key: str
    label: str
    offers: tuple[tuple[str, str], ...]


def open_choices(place_code: str) -> tuple[Choice, ...]:
    """What the documents that hold at a place leave open."""
    return _choices_of(queries.version_at(place_code).digest)


@lru_cache(maxsize=64)
def _choices_of(digest: str) -> tuple[Choice, ...]:
    packs = [pack for _, pack in queries.line_of(digest)]
    name = Vocabulary.of(packs).generic
    found: dict[str, Choice] = {}
    for procedure in (p for pack in packs for p in pack.procedure):
        for route in procedure.route:
            if route.setting and len(route.offers) > 1:
                offers = tuple((key, name(key)) for key in route.offers)
                found.setdefault(route.setting, Choice(route.setting, _label(procedure, route), offers))
    return tuple(found.values())


def _label(procedure: Procedure, route: Route) -> str:
    # A route for every legal form needs no list of them.
    if set(route.legal_forms) == set(LEGAL_FORMS):
        return f"{procedure.name}的登记机关"
    return f"{'、'.join(LEGAL_FORM_NAMES[form] for form in route.legal_forms)}的登记机关"


def label_of(place_code: str, key: str) -> str:
    """What a setting is called on a page."""
    return next((c.label for c in open_choices(place_code) if c.key == key), key)


def places_of(actor: Actor) -> list[Place]:
    """The provinces, cities and counties for which an actor may decide."""
    rows = visible_to(actor, DECIDE_SETTING, Division.objects.filter(abolished=False).exclude(level="street"))
    return [queries.division_of(code) for code in rows.order_by("code").values_list("code", flat=True)]
