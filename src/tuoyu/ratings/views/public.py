"""Results for everybody: which institution reached which grade, by what, decided when."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tuoyu.cases.models import Step
from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.ratings import queries, rules
from tuoyu.ratings.models import Assessment
from tuoyu.ratings.vocabulary import Side, State


@require_GET
@access.public("results of assessments are published")
def results(request: HttpRequest) -> HttpResponse:
    """What was published and stands."""
    asked = {key: request.GET.get(key, "").replace("\x00", "")[:20] for key in ("year", "place", "grade")}
    page = page_of(queries.results(**asked), request)
    this = clock.today().year
    context = {
        "page": page,
        "rows": [queries.row_in_words(row) for row in page.rows],
        "asked": asked,
        "years": [(str(year), f"{year}年") for year in range(this, this - 5, -1)],
        "grades": [(name, name) for name in queries.grades_and_known(())[1]],
    }
    return render(request, "ratings/results.html", context)


def _office(found: Assessment) -> str:
    """Who approved the result, in words."""
    step = found.case.steps.filter(kind=Step.Kind.APPROVAL).first() if found.case else None
    return department_name(step.department, step.division_code, full=True) if step else ""


@require_GET
@access.public("results of assessments are published")
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """One result: points by chapter, the tree and its basis, who scored, the decision behind it."""
    found = queries.result(pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    tree = found.tree.tree
    reckoned = rules.result_of(tree, queries.told_of(found, Side.EXPERT))
    context = {
        "found": found,
        "place": place_name(found.division_code),
        "office": _office(found),
        "chapters": [(one, reckoned.chapters[one.code]) for one in tree.chapters],
        "vetoed": [tree.item(code) for code in found.vetoed],
        "withdrawn": found.state == State.WITHDRAWN,
    }
    return render(request, "ratings/result.html", context)
