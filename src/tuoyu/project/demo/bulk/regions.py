"""Over which counties a large demonstration is spread, and how thickly."""

from collections.abc import Iterable
from dataclasses import dataclass

from tuoyu.jurisdictions import atlas
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import Place

# Where a size lies when it is not the whole country: a county, a city, a province of the five documents.
WITHIN = {"county": "320106", "city": "3201", "province": "36", "nation": ""}

# Rough millions of people, and roughly where the middle of the province lies.
PROVINCES: dict[str, tuple[float, float, float]] = {
    "11": (22, 116.4, 39.9), "12": (14, 117.2, 39.1), "13": (74, 114.9, 38.2), "14": (35, 112.5, 37.5),
    "15": (24, 111.7, 41.5), "21": (42, 122.8, 41.3), "22": (23, 125.8, 43.6), "23": (31, 127.5, 46.5),
    "31": (25, 121.4, 31.2), "32": (85, 119.6, 32.8), "33": (66, 120.2, 29.3), "34": (61, 117.2, 31.8),
    "35": (42, 118.2, 26.0), "36": (45, 115.7, 27.6), "37": (101, 118.2, 36.3), "41": (98, 113.6, 34.0),
    "42": (58, 112.9, 31.0), "43": (66, 111.8, 27.7), "44": (127, 113.4, 23.3), "45": (50, 108.7, 23.6),
    "46": (10, 109.9, 19.3), "50": (32, 107.5, 29.8), "51": (84, 103.9, 30.6), "52": (39, 106.8, 26.8),
    "53": (47, 101.9, 25.0), "54": (4, 91.1, 29.7), "61": (40, 108.9, 34.8), "62": (25, 103.8, 35.9),
    "63": (6, 101.7, 36.6), "64": (7, 106.2, 38.2), "65": (26, 87.6, 43.5),
}  # fmt: skip
# A district has more families than a county, and those of a banner live far apart.
BY_NAME = (("自治县", 0.5), ("旗", 0.4), ("区", 1.5), ("市", 1.3), ("县", 0.8))


@dataclass(frozen=True)
class County:
    """A county with its share, where it lies, and who decides there."""

    place: Place
    weight: float
    longitude: float
    latitude: float
    authority: str
    jurisdiction: str
    pack: str
    streets: tuple[str, ...]


def counties(size: str) -> list[County]:
    """The counties of a size, by code."""
    within = [p for p in atlas.places().values() if _is_county(p) and p.code.startswith(WITHIN[size])]
    streets: dict[str, list[str]] = {}
    for place in atlas.places().values():
        if place.level == "street" and not place.abolished and place.code.startswith(place.parent):
            streets.setdefault(place.parent, []).append(place.code)
    shares = {prefix: sum(_by_name(p) for p in atlas.places().values() if _is_county(p) and p.code[:2] == prefix)
              for prefix in PROVINCES}  # fmt: skip
    return [
        _county(place, index, shares, streets)
        for index, place in enumerate(sorted(within, key=lambda p: p.code))
    ]


def _is_county(place: Place) -> bool:
    return (
        place.level == "county"
        and not place.abolished
        and not place.functional
        and place.code[:2] in PROVINCES
    )


def _by_name(place: Place) -> float:
    return next((weight for ending, weight in BY_NAME if place.name.endswith(ending)), 1.0)


def _county(place: Place, index: int, shares: dict[str, float], streets: dict[str, list[str]]) -> County:
    millions, east, north = PROVINCES[place.code[:2]]
    spread = min(2.0, 0.2 + millions / 60)
    version = jurisdictions.version_at(place.code)
    return County(
        place=place,
        weight=millions * _by_name(place) / shares[place.code[:2]],
        longitude=east + (index * 0.61803398875 % 1 - 0.5) * spread,
        latitude=north + (index * 0.41421356237 % 1 - 0.5) * spread * 0.8,
        authority=jurisdictions.authority_of(place.code, "county").code,
        jurisdiction=version.code,
        pack=version.digest,
        streets=tuple(streets.get(place.code, ())) or (place.code,),
    )


def packs_of(found: Iterable[County]) -> dict[str, County]:
    """One county of each pack that holds among them."""
    by_pack: dict[str, County] = {}
    for county in found:
        by_pack.setdefault(county.pack, county)
    return by_pack
