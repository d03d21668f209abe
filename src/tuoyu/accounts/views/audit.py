"""The audit administrator reads what happened; nobody changes it."""

import csv
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuoyu.accounts import forms, names
from tuoyu.accounts.models import User
from tuoyu.core import access, audit, clock, queries
from tuoyu.core.actor import Actor
from tuoyu.core.kernel_permissions import VIEW_EVENTS
from tuoyu.core.paging import page_of

MOST_EXPORTED = 50_000
COLUMNS = {
    "at": "时间",
    "actor_label": "人员",
    "role": "岗位",
    "department": "部门",
    "division_code": "地区",
    "verb": "操作",
    "object_type": "对象",
    "object_id": "对象编号",
    "note": "说明",
    "address": "网络地址",
}


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address; Http404 for a day that is none. An object is `Type` or `Type:id`."""
    asked: dict[str, Any] = {
        key: request.GET.get(key, "")[:80] for key in ("who", "verb", "object", "since", "until")
    }
    if "\0" in "".join(asked.values()):
        raise Http404
    day = forms.DateField(required=False)
    try:
        dates = {key: day.clean(asked[key]) for key in ("since", "until")}
    except ValidationError as error:
        raise Http404 from error
    return {**asked, "dates": dates}


def _found(actor: Actor, asked: dict[str, Any]) -> queries.Rows:
    kind, _, number = asked["object"].partition(":")
    return queries.events(
        actor,
        who=asked["who"],
        verb=asked["verb"],
        object_type=kind,
        object_id=number,
        **asked["dates"],
    )


@access.permitted(VIEW_EVENTS)
@never_cache
@require_GET
def events(request: HttpRequest) -> HttpResponse:
    """Audit events, the latest first."""
    asked = _asked(request)
    page = page_of(_found(access.actor_of(request), asked), request, size=50)
    rows = [
        {
            **row,
            "role": names.role_name(row["role"]) if row["role"] else "",
            "department": names.department_name(row["department"]) if row["department"] else "",
            "place": names.place_name(row["division_code"]) if row["division_code"] else "",
        }
        for row in page.rows
    ]
    return render(request, "accounts/audit.html", {"page": page, "rows": rows, "asked": asked})


@access.permitted(VIEW_EVENTS)
@never_cache
@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The same events as CSV; that they were taken out is an event itself."""
    actor = access.actor_of(request)
    asked = _asked(request)
    rows = _found(actor, asked)[:MOST_EXPORTED]
    person = User.objects.get(pk=actor.user_id or 0)
    filters = {key: asked[key] for key in ("who", "verb", "object", "since", "until") if asked[key]}
    audit.record(actor, "audit.exported", person, after=filters)
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"audit-{clock.today():%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


class _Echo:
    def write(self, value: str) -> str:
        return value


def _lines(rows: Any) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow(COLUMNS.values())
    for row in rows.iterator(chunk_size=1000):
        row["at"] = row["at"].astimezone(clock.BEIJING).isoformat(sep=" ", timespec="seconds")
        yield writer.writerow([as_text(row[key]) for key in COLUMNS])


def as_text(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value in (None, "", {}) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
