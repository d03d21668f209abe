"""The staff of one institution: the list, hiring, and where it stands by the rules."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuoyu.core import access, clock
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import parts
from tuoyu.institutions.models import Institution
from tuoyu.workforce import actions, queries, registers
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import KEEP_STAFF, VIEW_PAPERS, VIEW_STAFF
from tuoyu.workforce.rules.certified import certified
from tuoyu.workforce.rules.hiring import LABELS, read_hiring
from tuoyu.workforce.rules.register import Worker
from tuoyu.workforce.rules.staffing import Finding, findings, recheck_due
from tuoyu.workforce.vocabulary import CheckResult, Contract, Education, Post, QualificationKind

CHOICES = {
    "posts": Post.choices,
    "contracts": Contract.choices,
    "educations": Education.choices,
    "kinds": QualificationKind.choices,
    "results": CheckResult.choices,
    "full_times": [("yes", "全职"), ("no", "兼职")],
}


@require_GET
@access.permitted(VIEW_STAFF)
@never_cache
def staff(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works at an institution, narrowed by the address."""
    opened = parts.opened(access.actor_of(request), VIEW_STAFF, pk, KEEP_STAFF, VIEW_PAPERS)
    institution, may = opened.institution, opened.may
    asked = queries.Asked.from_query(request.GET)
    day = asked.on or clock.today()
    register = registers.register_of(institution, names=False)
    book = registers.books_at(institution.division_code)(day)
    points = defaultdict(list)
    for point in findings(register, book, day):
        if point.holds is not True and point.worker is not None:
            points[point.worker].append(point)
    chosen = queries.chosen(register, asked)
    workers = {worker.key: worker for worker in register.workers}
    sees_papers = VIEW_PAPERS.key in may
    if asked.want == "open" and sees_papers:
        chosen = [key for key in chosen if key in points]
    if asked.want == "uncertified" and sees_papers:
        missing = {worker.key for worker in certified(register.workers, book, day).missing}
        chosen = [key for key in chosen if key in missing]
    page = page_of(queries.staff(chosen), request, count=len(chosen))
    rooms = {room.key: room.name for room in register.rooms}
    per_year = book.number("staff.record_rechecks_per_year")
    context = {
        **opened.shown("staff"),
        "page": page,
        "rows": [
            _row(one, workers[one.pk], points[one.pk], rooms, day, sees_papers, int(per_year or 1))
            for one in page.rows
        ],
        "asked": asked,
        "held": list(queries.HELD.items()),
        "wants": list(queries.WANT.items()) if sees_papers else [],
        "may_keep": KEEP_STAFF.key in may,
        "may_see_papers": sees_papers,
        **CHOICES,
    }
    return render(request, "workforce/staff.html", context)


def _row(
    one: Employment,
    worker: Worker,
    points: list[Finding],
    rooms: dict[int, str],
    day: Any,
    sees_papers: bool,
    per_year: int,
) -> dict[str, Any]:
    room = worker.room_on(day)
    row: dict[str, Any] = {
        "pk": one.pk,
        "name": one.name,
        "post": one.get_post_display(),
        "room": rooms.get(room, "") if room is not None else "",
        "full_time": one.full_time,
        "starts_on": one.starts_on,
        "last_day": one.ends_on - timedelta(days=1) if one.ends_on else None,
        "working": worker.span.holds(day),
    }
    if sees_papers:
        clear = [a.on for a in worker.answers if a.result == CheckResult.CLEAR]
        row |= {
            "identity": one.person.masked_identity,
            "papers": _papers_in_words(worker, day),
            "recheck": recheck_due(max(clear), per_year) if clear else None,
            "points": len(points),
        }
    return row


def _papers_in_words(worker: Worker, day: Any) -> list[dict[str, Any]]:
    """The latest certificate of each kind with its last good day."""
    latest: dict[str, Any] = {}
    for paper in sorted(worker.papers, key=lambda p: (p.span.after is None, p.span.after or p.span.first)):
        latest[paper.kind] = paper
    return [
        {
            "label": QualificationKind(kind).label,
            "last": paper.span.after - timedelta(days=1) if paper.span.after else None,
            "state": "lapsed"
            if not paper.span.holds(day)
            else "soon"
            if paper.span.after and paper.span.after <= day + queries.SOON
            else "good",
        }
        for kind, paper in latest.items()
    ]


@require_http_methods(["GET", "POST"])
@access.permitted(KEEP_STAFF)
@never_cache
def hiring(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of hiring, and hiring."""
    institution = get_visible(access.actor_of(request), KEEP_STAFF, Institution.objects.all(), pk=pk)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        said, found = read_hiring(
            request.POST.dict(), registers.books_at(institution.division_code), clock.today()
        )
        problems, status = list(found), 422
        try:
            if said is not None:
                made = actions.hire(by=access.actor_of(request), institution=institution, said=said)
                messages.success(request, f"已登记{made.name}。接着请登记证书，保育人员请安排班级。")
                return redirect("workforce:person", made.pk)
        except Refused as refused:
            problems, status = refused.problems, refused.status
    context = {
        "institution": institution,
        "typed": request.POST,
        "problems": problems,
        "wrong": problems_by_field(problems),
        "labels": LABELS,
        "today": clock.today(),
        **CHOICES,
    }
    return render(request, "workforce/hiring.html", context, status=status)


def problems_by_field(problems: list[Problem]) -> dict[str, list[Problem]]:
    """What is said beside each field."""
    found: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        found[problem.field].append(problem)
    return found


@require_GET
@access.permitted(VIEW_PAPERS)
@never_cache
def staffing(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an institution stands by the rules on staff: shortfalls, what is not known, its capacity."""
    opened = parts.opened(access.actor_of(request), VIEW_PAPERS, pk)
    institution = opened.institution
    standing = registers.standing_of(institution)
    names, rooms = standing.names, {room.key: room.name for room in standing.register.rooms}
    share = registers.share_of(standing, institution)
    context = {
        **opened.shown("staff"),
        "may_see_papers": True,
        "standing": standing,
        "live": standing.live,
        "capacity": standing.live.sure,
        "broken": [_point(f, names, rooms) for f in standing.broken],
        "unknown": [_point(f, names, rooms) for f in standing.unknown],
        "reasons": [(r, rooms.get(r.room or 0, "")) for r in standing.live.reasons],
        "share": share,
        "promise": queries.promise_at(institution.division_code),
    }
    return render(request, "workforce/staffing.html", context)


def _point(finding: Finding, names: dict[int, str], rooms: dict[int, str]) -> dict[str, Any]:
    return {
        "who": names.get(finding.worker or 0, ""),
        "room": rooms.get(finding.room or 0, ""),
        "says": finding.says,
        "fix": finding.fix,
        "source": finding.source,
        "label": finding.label,
        "hard": finding.hard,
        "since": finding.since,
        "worker": finding.worker,
    }
