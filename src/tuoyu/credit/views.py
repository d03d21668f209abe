"""Pages of credit: the board, one event, files of institutions and people, requests, the lists."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, audit, clock, permissions
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.credit import actions, queries, terms
from tuoyu.credit.forms import (
    CorrectionForm,
    EventForm,
    ListingForm,
    ObjectionForm,
    OwnFileForm,
    RepairForm,
)
from tuoyu.credit.models import CreditEvent, CreditRequest, ListEntry
from tuoyu.credit.permissions import (
    CORRECT_CREDIT,
    KEEP_LISTS,
    RECORD_CREDIT,
    TAKE_OFF_LIST,
    VIEW_CREDIT,
    VIEW_CREDIT_FILE,
    VIEW_PERSON_FILE,
)
from tuoyu.credit.vocabulary import (
    CreditClass,
    EventKind,
    Ground,
    ListKind,
    RequestKind,
    Standing,
)
from tuoyu.institutions import parts
from tuoyu.institutions.models import Institution
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import place_name
from tuoyu.workforce.models import Person

ASKING: dict[str, type[forms.Form]] = {RequestKind.REPAIR: RepairForm, RequestKind.OBJECTION: ObjectionForm}


@require_GET
@access.permitted(VIEW_CREDIT)
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """The events one may see."""
    asked = {key: request.GET.get(key, "")[:20] for key in ("kind", "standing")}
    rows = queries.board(access.actor_of(request), kind=asked["kind"], standing=asked["standing"])
    page = page_of(rows, request)
    context = {
        "page": page,
        "rows": [queries.shown(event) for event in page.rows],
        "asked": asked,
        "kinds": EventKind.choices,
        "standings": Standing.choices,
    }
    return render(request, "credit/board.html", context)


@require_GET
@access.permitted(VIEW_CREDIT)
@never_cache
def event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event, and what was done about it."""
    return _event_page(request, pk, CorrectionForm())


def _event_page(request: HttpRequest, pk: int, form: forms.Form, status: int = 200) -> HttpResponse:
    actor = access.actor_of(request)
    rows = queries.events().annotate(may_ask=Exists(queries.askable(actor).filter(pk=OuterRef("pk"))))
    found, may = permissions.opened(actor, VIEW_CREDIT, rows, CORRECT_CREDIT, pk=pk)
    if found.person_id is not None:
        audit.read(actor, found, ["person"], topic=f"person:{found.person_id}")
    row = queries.shown(found)
    counts = row["standing"] in actions.COUNTS
    context = {
        "row": row,
        "form": form,
        "rules": terms.rules_at(found.division_code, found.credit_class),
        "story": queries.story(found),
        "requests": queries.requests_of(found, actor),
        "may_correct": row["standing"] != Standing.WITHDRAWN and CORRECT_CREDIT.key in may,
        "may_ask": vars(found)["may_ask"],
        "may_repair_now": counts and found.repairable_on is not None and found.repairable_on <= clock.today(),
        "counts": counts,
    }
    return render(request, "credit/event.html", context, status=status)


@require_POST
@access.permitted(CORRECT_CREDIT)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an event does not hold."""
    actor = access.actor_of(request)
    found = get_visible(actor, CORRECT_CREDIT, queries.events(), pk=pk)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        try:
            other = actions.correct_event(
                by=actor,
                event=found,
                ground=Ground(form.cleaned_data["ground"]),
                reason=form.cleaned_data["reason"],
                credit_class=_class_or_none(form.cleaned_data["credit_class"]),
            )
        except Refused as refusal:
            _mark(form, refusal)
            return _event_page(request, pk, form, refusal.status)
        messages.success(request, "已更正；原信息和理由一并保留。")
        return redirect("credit:event", other.pk if other else pk)
    return _event_page(request, pk, form, 422)


def _class_or_none(said: str) -> CreditClass | None:
    return CreditClass(said) if said else None


def _mark(form: forms.Form, refusal: Refused) -> None:
    for problem in refusal.problems:
        form.add_error(
            problem.field if problem.field in form.fields else None, f"{problem.message}{problem.fix}"
        )


# ---------------------------------------------------------------- files


@require_GET
@access.permitted(VIEW_CREDIT_FILE)
@never_cache
def institution(request: HttpRequest, pk: int) -> HttpResponse:
    """The integrity file of one institution."""
    actor = access.actor_of(request)
    opened = parts.opened(actor, VIEW_CREDIT_FILE, pk, RECORD_CREDIT, KEEP_LISTS)
    rows = queries.board(actor, institution_id=pk)[:200]
    context = {
        **opened.shown("credit"),
        "rows": [queries.shown(one) for one in rows if one.person_id is None],
        "people": [queries.shown(one) for one in rows if one.person_id is not None],
        "entries": queries.entries_of(opened.institution),
        "lists": terms.lists_at(opened.institution.division_code),
        "may_record": RECORD_CREDIT.key in opened.may,
        "may_list": KEEP_LISTS.key in opened.may,
    }
    return render(request, "credit/institution.html", context)


@require_http_methods(["GET", "POST"])
@access.permitted(RECORD_CREDIT)
@never_cache
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an event about an institution."""
    actor = access.actor_of(request)
    found = get_visible(actor, RECORD_CREDIT, Institution.objects.all(), pk=pk)
    form = EventForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.record_event(by=actor, institution=found, stated=form.stated())
            messages.success(request, "已记入诚信档案。")
            return redirect("credit:event", made.pk)
        except Refused as refusal:
            _mark(form, refusal)
            status = refusal.status
    context = {"form": form, "institution": found, "title": "登记信用信息", "submit": "登记"}
    return render(request, "credit/act.html", context, status=status)


@require_GET
@access.permitted(VIEW_PERSON_FILE)
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """The integrity file of one person; that it was read is written down."""
    actor = access.actor_of(request)
    rows = [queries.shown(one) for one in queries.people_of(actor).filter(person=pk).order_by("-decided_on")]
    if not rows:
        raise Http404
    found = Person.objects.get(pk=pk)
    audit.read(actor, found, ["name", "credit"], topic=f"person:{pk}")
    return render(request, "credit/person.html", {"person": found, "rows": rows})


@require_http_methods(["GET", "POST"])
@access.signed_in("one's own file, found by the account")
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What is recorded about oneself as one who answers, or answered, for an institution."""
    actor = access.actor_of(request)
    form = OwnFileForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            if actions.open_own_file(by=actor, identity=form.cleaned_data["identity"]):
                return redirect("credit:mine")
            form.add_error("identity", "没有同时与这个号码和您账号的手机号相符的登记，请核对后再试。")
        except Refused as refusal:
            _mark(form, refusal)
            status = refusal.status
    own = queries.own(actor)
    rows = queries.events().filter(own).order_by("-decided_on") if own else []
    context = {
        "rows": [queries.shown(one) for one in rows],
        "known": own is not None,
        "form": form,
        "today": clock.today(),
    }
    return render(request, "credit/mine.html", context, status=status)


# ---------------------------------------------------------------- requests


@require_http_methods(["GET", "POST"])
@access.signed_in("whose event it is, is asked of the event")
@never_cache
def ask(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask that an event be repaired, or say that it is mistaken."""
    actor = access.actor_of(request)
    found = get_object_or_404(queries.askable(actor), pk=pk)
    form = ASKING[kind](request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(by=actor, event=found, kind=RequestKind(kind), **form.cleaned_data)
            messages.success(request, f"已提出{RequestKind(kind).label}申请。")
            return redirect("credit:request", made.pk)
        except Refused as refusal:
            _mark(form, refusal)
            status = refusal.status
    context = {
        "form": form,
        "row": queries.shown(found),
        "before": _what_stops(found) if kind == RequestKind.REPAIR else [],
        "title": RequestKind(kind).label,
        "submit": "提出申请",
    }
    return render(request, "credit/act.html", context, status=status)


def _what_stops(event: CreditEvent) -> list[Problem]:
    """Why an event cannot be repaired today; told before anybody writes a request in vain."""
    try:
        actions.check_repairable(event)
    except Refused as refusal:
        return list(refusal.problems)
    return []


@require_GET
@access.signed_in("one's own request")
@never_cache
def request_of(request: HttpRequest, pk: int) -> HttpResponse:
    """How a request stands."""
    askable = queries.askable(access.actor_of(request))
    found = get_object_or_404(
        CreditRequest.objects.select_related("case"), pk=pk, event__in=askable.values("pk")
    )
    event = queries.events().get(pk=found.event_id)
    context = {"one": queries.request_shown(found), "row": queries.shown(event)}
    return render(request, "credit/request.html", context)


# ---------------------------------------------------------------- lists


@require_GET
@access.public("the lists are public, and name no person")
def lists(request: HttpRequest) -> HttpResponse:
    """The lists of the places, as they stand today."""
    place = request.GET.get("place", "")[:6]
    kind = request.GET.get("kind", "")[:16]
    page = page_of(queries.lists(place=_prefix(place), kind=kind), request)
    served = [(pack.code, pack.name) for pack in jurisdictions.jurisdictions()]
    context: dict[str, Any] = {
        "page": page,
        "rows": [queries.entry_shown(one) for one in page.rows],
        "asked": {"place": place, "kind": kind},
        "places": served,
        "kinds": ListKind.choices,
        "kept": terms.lists_at(place) if place in dict(served) else None,
        "here": place_name(place) if place in dict(served) else "",
    }
    return render(request, "credit/lists.html", context)


def _prefix(place: str) -> str:
    return place.removesuffix("00").removesuffix("00")


@require_http_methods(["GET", "POST"])
@access.permitted(KEEP_LISTS)
@never_cache
def put_on_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an institution on a list of its place."""
    actor = access.actor_of(request)
    found = get_visible(actor, KEEP_LISTS, Institution.objects.all(), pk=pk)
    kept = terms.lists_at(found.division_code)
    shown = visible_to(actor, VIEW_CREDIT, queries.events()).filter(
        queries.standing_is(Standing.SHOWN, clock.today()),
        institution=found, person__isnull=True, kind=EventKind.PUNISH,
    )  # fmt: skip
    offered = {one.pk: one for one in shown}
    events = [(key, f"{one.decided_on} {one.summary[:40]}") for key, one in offered.items()]
    form = ListingForm(kept.kinds, events, request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            actions.put_on_list(
                by=actor,
                institution=found,
                kind=ListKind(given["kind"]),
                reason=given["reason"],
                conclusion=given.get("conclusion", ""),
                event=offered.get(given.get("event") or 0),
            )
            messages.success(request, "已列入，名单公开可查。")
            return redirect("credit:institution", pk)
        except Refused as refusal:
            _mark(form, refusal)
            status = refusal.status
    context = {"form": form, "institution": found, "kept": kept, "title": "列入名单", "submit": "列入"}
    return render(request, "credit/act.html", context, status=status)


@require_POST
@access.permitted(TAKE_OFF_LIST)
def take_off_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an institution off a list."""
    actor = access.actor_of(request)
    found = get_visible(actor, TAKE_OFF_LIST, ListEntry.objects.all(), pk=pk)
    try:
        actions.take_off_list(by=actor, entry=found, reason=request.POST.get("reason", ""))
        messages.success(request, "已移出名单。")
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.message)
    return redirect("credit:institution", found.institution_id)
