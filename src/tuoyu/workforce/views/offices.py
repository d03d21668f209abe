"""What an office sees over its places: institutions with their staff in figures; people at several."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuoyu.core import access
from tuoyu.core.actor import Actor, Role
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import can, column_of, columns, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.models import SHOWN, Institution
from tuoyu.institutions.queries import Narrowed, narrow
from tuoyu.jurisdictions.names import place_name
from tuoyu.workforce import actions, queries
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import FIND_PERSON, VIEW_FIGURES, VIEW_PAPERS
from tuoyu.workforce.rules.staffing import Finding

WANT = {"broken": "有不符合", "uncertified": "有人未持证"}


@require_GET
@access.permitted(VIEW_FIGURES)
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Institutions with how many work there, how many hold a certificate, and what is open."""
    actor = access.actor_of(request)
    own = {seat.institution_id for seat in actor.seats if seat.institution_id is not None}
    office = actor.holds(Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD)
    if len(own) == 1 and not office:
        return redirect("workforce:staff", own.pop())
    narrowed = Narrowed.from_query(request.GET)
    seen = visible_to(actor, VIEW_FIGURES, Institution.objects.filter(SHOWN))
    place = place_of(actor)
    rows, count = narrow(seen, narrowed), None
    want = request.GET.get("want", "")
    if want == "uncertified":
        rows = queries.below(rows, place)
    elif want == "broken":
        wanting = queries.wanting(rows)
        rows, count = rows.filter(pk__in=wanting), len(wanting)
    named = columns(actor, [VIEW_PAPERS], Institution.objects.filter(pk=OuterRef("pk")))
    listed: QuerySet[Institution, dict[str, Any]] = (
        rows.annotate(share=queries.share_column(rows, place), **named)
        .order_by("pk")
        .values("pk", "share", *named)
    )
    page = page_of(listed, request, count=count)
    sees = {row["pk"] for row in page.rows if row.get(column_of(VIEW_PAPERS))}
    context = {
        "page": page,
        "rows": [
            (row, place_name(row.division_code), row.pk in sees)
            for row in queries.overview(row["pk"] for row in page.rows)
        ],
        "narrowed": narrowed,
        "want": want if want in WANT else "",
        "wants": list(WANT.items()),
        "share": queries.Share(**page.rows[0]["share"]) if page.rows else queries.Share(0, 0),
        "promise": queries.promise_at(place),
        "may_find": can(actor, FIND_PERSON),
    }
    return render(request, "workforce/overview.html", context)


def place_of(actor: Actor) -> str:
    """The place by whose rules an actor's places are counted together: that of its first seat."""
    return next((seat.division_code for seat in actor.seats if seat.division_code), "000000")


@require_GET
@access.permitted(FIND_PERSON)
@never_cache
def several(request: HttpRequest) -> HttpResponse:
    """People who work at more than one institution within reach today."""
    page = page_of(queries.in_several(access.actor_of(request)), request, size=50)
    groups: dict[int, list[Employment]] = {}
    for one in page.rows:
        groups.setdefault(one.person_id, []).append(one)
    return render(request, "workforce/several.html", {"page": page, "groups": list(groups.values())})


@require_http_methods(["GET", "POST"])
@access.permitted(FIND_PERSON)
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Somebody by the whole identity number, within reach; the number is in no address."""
    problems: list[Problem] = []
    found: list[Any] | None = None
    status = 200
    if request.method == "POST":
        try:
            found = actions.find_person(
                by=access.actor_of(request), identity=request.POST.get("identity", "")
            )
        except Refused as refused:
            problems, status = refused.problems, refused.status
    context = {"found": found, "problems": problems}
    return render(request, "workforce/search.html", context, status=status)


@require_GET
@access.permitted(VIEW_PAPERS)
@never_cache
def alerts(request: HttpRequest) -> HttpResponse:
    """What needs somebody at the institutions within reach: not kept since when, soon not kept any more."""
    seen = visible_to(access.actor_of(request), VIEW_PAPERS, Institution.objects.filter(SHOWN))
    narrowed = Narrowed.from_query(request.GET)
    problems: list[Problem] = []
    needing: list[int] = []
    try:
        needing = queries.needing_attention(narrow(seen, narrowed))
    except Refused as refused:
        problems = refused.problems
    rows = Institution.objects.filter(pk__in=needing).order_by("pk").values_list("pk", flat=True)
    page = page_of(rows, request, size=AT_ONCE, count=len(needing))
    found = queries.attention(page.rows)
    context = {
        "narrowed": narrowed,
        "problems": problems,
        "page": page,
        "broken": sorted(((point, one) for one in found for point in one.broken), key=_by_day),
        "soon": sorted(((point, one) for one in found for point in one.soon), key=_by_day),
    }
    return render(request, "workforce/alerts.html", context)


# So many institutions are looked through day by day for one page.
AT_ONCE = 20


def _by_day(row: tuple[Finding, queries.Attention]) -> tuple[bool, date, int]:
    point, one = row
    return not point.hard, point.since or date.max, one.pk
