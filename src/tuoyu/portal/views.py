"""The public site: the first page, the directory with its map, one institution, publications."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from tuoyu.core import access, paging
from tuoyu.institutions import shown
from tuoyu.institutions.models import Publication
from tuoyu.institutions.queries import Narrowed, is_cut
from tuoyu.institutions.queries import directory as rows_of
from tuoyu.institutions.views.records import in_words
from tuoyu.institutions.vocabulary import FILED, CareType, ClassType, Filing, Kind
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.atlas import Place, places
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.portal import queries
from tuoyu.ratings import queries as ratings

KINDS = [(kind.value, kind.label) for kind in Kind]


@require_GET
@access.public("the first page")
def home(request: HttpRequest) -> HttpResponse:
    """The first page for families."""
    latest = list(queries.publications()[:4])
    for row in latest:
        _dress_publication(row)
    return render(request, "portal/home.html", {"latest": latest, "promises": _promises()})


def _promises() -> str:
    """Where a jurisdiction's promises are shown, as far as that page exists."""
    for name in ("policy:index", "policy:promises"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return reverse("portal:publications")


@require_GET
@access.public("filed institutions are public")
def directory(request: HttpRequest) -> HttpResponse:
    """Filed institutions, as a list with a map; the filters are the address."""
    narrowed = Narrowed.from_query(request.GET)
    page = paging.page_of(rows_of(narrowed), request)
    if narrowed.text and is_cut(page.count):
        page = replace(page, counted_all=False)
    graded, grades = ratings.grades_and_known(row["id"] for row in page.rows)
    for row in page.rows:
        row |= in_words(row) | {"graded": graded.get(row["id"])}
    query = request.GET.urlencode()
    context = {
        "page": page,
        "narrowed": narrowed,
        "kinds": KINDS,
        "cares": CareType.choices,
        "grades": [(name, name) for name in grades],
        "below": _below(narrowed.place),
        "above": _above(narrowed.place),
        "here": place_name(narrowed.place) if narrowed.place else "",
        "points": reverse("portal:points") + (f"?{query}" if query else ""),
        "tiles": queries.tiles(),
        "filtered": any(
            (
                narrowed.text,
                narrowed.place,
                narrowed.kind,
                narrowed.care_type,
                narrowed.inclusive,
                narrowed.opened,
                narrowed.grade,
            )
        ),
    }
    return render(request, "portal/directory.html", context)


def _below(place: str) -> list[tuple[str, str]]:
    """The places one step further down that this installation serves."""
    prefixes = [pack.prefix for pack in jurisdictions.jurisdictions()]
    return [(p.code, p.name) for p in jurisdictions.children_of(place) if _served(p, prefixes)]


def _served(place: Place, prefixes: list[str]) -> bool:
    return not prefixes or any(
        place.prefix.startswith(prefix) or prefix.startswith(place.prefix) for prefix in prefixes
    )


def _above(place: str) -> list[tuple[str, str]]:
    """The place and those above it, the widest first."""
    return [(p.code, p.name) for p in reversed(jurisdictions.chain(place))] if place in places() else []


@require_GET
@access.public("filed institutions are public")
def points(request: HttpRequest) -> JsonResponse:
    """The institutions of a part of the map, as GeoJSON; grouped where there are many."""
    try:
        frame = queries.Frame.of(request.GET.get("bbox", "")[:120])
    except ValueError:
        return JsonResponse({"error": "bbox 应为“西,南,东,北”四个数。"}, status=400)
    found = queries.points_in(Narrowed.from_query(request.GET), frame)
    return JsonResponse({"type": "FeatureCollection", "features": [_feature(row) for row in found]})


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    spot = {"type": "Point", "coordinates": [round(row["longitude"], 6), round(row["latitude"], 6)]}
    if "count" in row:
        return {"type": "Feature", "geometry": spot, "properties": {"count": row["count"]}}
    said = {
        "name": row["name"],
        "href": reverse("portal:institution", args=[row["id"]]),
        "lines": [row["address"], str(Filing(row["filing"]).label), f"{row['places']}个托位"],
    }
    return {"type": "Feature", "geometry": spot, "properties": said}


@require_GET
@access.public("filed institutions are public")
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """One filed institution, as far as the public may know it."""
    # With somebody signed in comes what else would be asked: the packs in force.
    access.actor_of(request)
    row = shown.institution(pk) if pk < 2**63 else None
    if row is None:
        raise Http404
    row |= in_words(row)
    for group in row["class_rows"]:
        group["label"] = str(ClassType(group["class_type"]).label)
    for publication in row["publication_rows"]:
        publication["label"] = str(Publication.Kind(publication["kind"]).label)
        publication["office"] = department_name(publication["department"], publication["division_code"])
    row["graded"] = next(iter(row["grades"]), None)
    nearby = f"{reverse('portal:directory')}?place={row['division_code'][:6]}"
    return render(
        request, "portal/institution.html", {"row": row, "nearby": nearby, "says": SAYS[row["filing"]]}
    )


SAYS = {
    Filing.RECEIPT_ISSUED: "机构已向卫生健康部门备案，材料齐全；卫生健康部门将到现场核实。",
    Filing.NORMAL: "机构已备案，卫生健康部门现场核实符合要求。",
    Filing.RECTIFICATION: "机构已备案，现场核实发现问题，正在限期整改。",
}


@require_GET
@access.public("what was publicised is public")
def publications(request: HttpRequest) -> HttpResponse:
    """Filings and findings of non-conformity, as the authorities published them."""
    kind = request.GET.get("kind", "")
    page = paging.page_of(queries.publications(kind).order_by("-published_on", "-pk"), request)
    for row in page.rows:
        _dress_publication(row)
    context = {"page": page, "kind": kind, "kinds": Publication.Kind.choices}
    return render(request, "portal/publications.html", context)


def _dress_publication(row: dict[str, Any]) -> None:
    row["label"] = str(Publication.Kind(row["kind"]).label)
    row["office"] = department_name(row["department"], row["division_code"])
    row["shown"] = row["institution__filing"] in FILED
