"""Pages for everybody: what a jurisdiction promised, clause by clause, and the rules in force there."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tuoyu.core import access, clock
from tuoyu.core.problems import Problem
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.packs.schema import Pack
from tuoyu.policy import indicators, queries

WHY = "a policy document and what became of it are public"


@require_GET
@access.public(WHY)
def index(request: HttpRequest) -> HttpResponse:
    """Every jurisdiction with its document and how much of it works."""
    return render(request, "policy/index.html", {"summaries": queries.summaries()})


@require_GET
@access.public(WHY)
def clauses(request: HttpRequest, code: str) -> HttpResponse:
    """The document clause by clause."""
    pack = _pack(code)
    book = jurisdictions.book(code)
    shown = queries.clauses_of(pack, book)
    context = {"clauses": shown, "counted": queries.counted(c.state for c in shown)}
    return render(request, "policy/clauses.html", _frame(pack, "clauses") | context)


@require_GET
@access.public(WHY)
def targets(request: HttpRequest, code: str) -> HttpResponse:
    """Targets, duties of the annex, seats of the joint conference, and what the document leaves open."""
    pack = _pack(code)
    vocabulary = jurisdictions.book(code).vocabulary
    actor, today = access.actor_of(request), clock.today()
    context = {
        "targets": [(one, indicators.standing_of(one, pack.code, actor, today)) for one in pack.target],
        "target_words": queries.target_words,
        "period_words": queries.period_words,
        "duties": queries.duties_of(pack),
        "seats": queries.seats_of(pack),
        "name": vocabulary.generic,
    }
    return render(request, "policy/targets.html", _frame(pack, "targets") | context)


@require_GET
@access.public(WHY)
def rules(request: HttpRequest, code: str) -> HttpResponse:
    """The rules in force on a day, what contradicts what, and the dated settings."""
    day, problem = _day(request.GET.get("on", ""))
    pack = _pack(code, national=True)
    book = jurisdictions.book(code, day)
    context = {
        "on": day,
        "problem": problem,
        "documents": queries.rules_of(book),
        "contradictions": queries.contradictions(book),
        "settings": queries.settings_of(pack, book) if pack.document else [],
        "value_words": queries.value_words,
    }
    status = 422 if problem else 200
    return render(request, "policy/rules.html", _frame(pack, "rules") | context, status=status)


@require_GET
@access.public(WHY)
def checklists(request: HttpRequest, code: str) -> HttpResponse:
    """The checklists in force on a day, as an officer ticks them off and an applicant prepares for them."""
    day, problem = _day(request.GET.get("on", ""))
    pack = _pack(code, national=True)
    context = {
        "on": day,
        "problem": problem,
        "checklists": queries.checklists_of(jurisdictions.book(code, day)),
        "value_words": queries.value_words,
    }
    status = 422 if problem else 200
    return render(request, "policy/checklists.html", _frame(pack, "checklists") | context, status=status)


def _pack(code: str, *, national: bool = False) -> Pack:
    """The pack of a jurisdiction; the national one, which is rules only, where that is enough."""
    pack = queries.national() if national and code == jurisdictions.NATIONAL else queries.jurisdiction(code)
    if pack is None:
        raise Http404
    return pack


def _day(text: str) -> tuple[date, Problem | None]:
    if not text:
        return clock.today(), None
    try:
        return date.fromisoformat(text), None
    except ValueError:
        return clock.today(), Problem("请填写日期，如 2026-11-22；现在显示的是今天的规则。", field="on")


def _frame(pack: Pack, current: str) -> dict[str, Any]:
    """What the pages of a jurisdiction share: the document, and the way to the others."""
    tabs = (
        ("clauses", "条款", len(pack.clause)),
        ("targets", "目标与职责", len(pack.target) + len(pack.duty)),
        ("rules", "规则与设定", None),
        ("checklists", "核查表", None),
    )
    items = [
        {
            "label": label,
            "count": count,
            "href": reverse(f"policy:{name}", args=[pack.code]),
            "current": name == current,
        }
        for name, label, count in tabs
    ]
    return {"pack": pack, "tabs": items}
