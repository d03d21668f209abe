"""What the public reads of a round once it is closed: list, seed, and the file to repeat it with."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tuoyu.core import access
from tuoyu.core.paging import page_of
from tuoyu.supervision import queries

WHY = "list and seed of a round that is closed are public, so that anybody may repeat the draw"


@require_GET
@access.public(WHY)
def rounds(request: HttpRequest) -> HttpResponse:
    """The rounds that are closed."""
    page = page_of(queries.rounds(), request)
    context = {"page": page, "rows": [queries.round_shown(row) for row in page.rows]}
    return render(request, "supervision/rounds.html", context)


@require_GET
@access.public(WHY)
def round_(request: HttpRequest, pk: int) -> HttpResponse:
    """One round that is closed."""
    row = queries.rounds().filter(pk=pk).first()
    if row is None:
        raise Http404
    page = page_of(queries.drawn_publicly(pk), request)
    context = {"row": queries.round_shown(row), "page": page}
    return render(request, "supervision/round.html", context)


@require_GET
@access.public(WHY)
def round_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of a round: `tuoyu draw verify` needs nothing else."""
    file = queries.round_file(pk)
    if file is None:
        raise Http404
    answer = JsonResponse(file, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="draw-{pk}.json"'
    return answer
