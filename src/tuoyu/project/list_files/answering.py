"""`?format=xlsx` or `?format=pdf` on any list: the page the view made becomes a file."""

import threading
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from tuoyu.accounts.models import User
from tuoyu.core import audit, clock, paging
from tuoyu.core.access import actor_of
from tuoyu.core.problems import Problem
from tuoyu.core.uploads import tidy_name
from tuoyu.project.list_files.paper import paper
from tuoyu.project.list_files.shown import Shown, shown
from tuoyu.project.list_files.workbook import workbook
from tuoyu.project.navigation import standing_of

MAKERS = {"xlsx": workbook, "pdf": paper}
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# Making a file takes a processor for seconds: no more than so many at once, and who waits too long is told.
_free = threading.BoundedSemaphore(2)
PATIENCE = 15


class ListFiles:
    """Stands around every page; acts where a list was asked for as a file.

    The view has narrowed the rows and its template has shown them as for the page; that somebody who signed
    in took them out is an audit event.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        kind = paging.file_asked(request)
        if not kind:
            return self.get_response(request)
        if not _free.acquire(timeout=PATIENCE):
            told = {"status": 503, "problems": [Problem("正在为别人生成文件，请过一会儿再试。")]}
            return render(request, "project/refused.html", told, status=503)
        try:
            response = self.get_response(request)
            page: paging.Page[Any] | None = getattr(request, "listed", None)
            if page is None or response.status_code != 200:
                return response
            return _as_file(request, kind, page, shown(response.content.decode()))
        finally:
            _free.release()


def _as_file(request: HttpRequest, kind: str, page: paging.Page[Any], found: Shown) -> HttpResponse:
    _note(request, kind, page)
    answer = HttpResponse(MAKERS[kind](found, _notes(request, page, found)), content_type=TYPES[kind])
    name = tidy_name(f"{found.title}-{clock.now().astimezone(clock.BEIJING):%Y%m%d-%H%M}.{kind}")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _notes(request: HttpRequest, page: paging.Page[Any], found: Shown) -> list[str]:
    """Who took it out, when, what was asked for, and whether that is all."""
    who = "，".join(part for part in (actor_of(request).label, standing_of(request)) if part)
    when = clock.now().astimezone(clock.BEIJING)
    asked = "；".join(f"{label}：{value}" if label else value for label, value in found.filters)
    how_many = f"共{len(found.rows):,}行"
    if page.more:
        how_many += f"；一次最多导出{page.size:,}行，后面的没有列出，请增加筛选条件后再导出"
    return [
        f"导出：{who}，{when:%Y-%m-%d %H:%M}",
        f"条件：{asked or '无'}",
        how_many,
    ]


def _note(request: HttpRequest, kind: str, page: paging.Page[Any]) -> None:
    actor = actor_of(request)
    if actor.user_id is None:
        return
    where = request.resolver_match.view_name if request.resolver_match else request.path
    asked = sorted(
        key for key, value in request.GET.items() if value and key not in ("format", "page", "size")
    )
    seen = {"list": where, "format": kind, "rows": len(page.rows), "narrowed_by": asked}
    audit.record(actor, "list.exported", User(pk=actor.user_id), after=seen)
