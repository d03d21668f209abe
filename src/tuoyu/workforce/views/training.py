"""Training: sessions, who is to come and was there, signing in by a code, hours and what is missing."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.core import access, clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.paging import page_of, whole
from tuoyu.core.permissions import can, get_visible
from tuoyu.core.problems import Refused
from tuoyu.institutions import parts
from tuoyu.workforce import actions, training
from tuoyu.workforce.forms.training import HoursForm, SessionForm, year_of
from tuoyu.workforce.models import Course, Employment, Participation, Session
from tuoyu.workforce.permissions import (
    CORRECT_HOURS,
    ENROL,
    HOLD_SESSION,
    OPEN_COURSE,
    PLAN_SESSION,
    SIGN_IN,
    VIEW_HOURS,
    VIEW_SESSIONS,
)
from tuoyu.workforce.vocabulary import CourseKind

# An older course is written anew.
MOST_COURSES = 100


@require_GET
@access.permitted(VIEW_SESSIONS)
def sessions(request: HttpRequest) -> HttpResponse:
    """The sessions one may see, the latest first, and how much was offered this year."""
    actor = access.actor_of(request)
    kind, year = request.GET.get("kind", "")[:16], year_of(request.GET.get("year", ""))
    page = page_of(training.sessions(actor, kind=kind, year=year), request)
    place = next((seat.division_code for seat in actor.seats if seat.division_code), "")
    context = {
        "page": page,
        "rows": [training.session_shown(row) for row in page.rows],
        "asked": {"kind": kind, "year": year},
        "kinds": CourseKind.choices,
        "years": years(),
        "provided": training.provided_at(place, year) if place else [],
        "may_open": can(actor, OPEN_COURSE),
    }
    return render(request, "workforce/sessions.html", context)


def years() -> list[tuple[int, str]]:
    """The years to choose from: this one and the four before."""
    this = clock.today().year
    return [(year, f"{year}年") for year in range(this, this - 5, -1)]


@require_http_methods(["GET", "POST"])
@access.permitted(OPEN_COURSE)
def new_session(request: HttpRequest) -> HttpResponse:
    """Plan a session of a new course, or of one that was held before."""
    actor = access.actor_of(request)
    held = training.own_courses(actor)[:MOST_COURSES]
    courses = [(one.pk, f"{one.title}（{one.get_kind_display()}）") for one in held]
    initial = {"course": request.GET.get("course", "")[:18]}
    form = SessionForm(courses, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = actions.plan_session(by=actor, course=_course(actor, form), given=form.given())
        messages.success(request, "已安排。请各机构报名，或在培训当天扫码签到。")
        return redirect("workforce:session", made.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "workforce/new_session.html", {"form": form, "courses": courses}, status=status)


def _course(actor: Actor, form: SessionForm) -> Course:
    data = form.cleaned_data
    if data["course"]:
        return get_visible(actor, PLAN_SESSION, Course.objects.all(), pk=data["course"])
    return actions.open_course(by=actor, title=data["title"], kind=data["kind"])


def _session(request: HttpRequest, pk: int) -> Session:
    rows = Session.objects.select_related("course__institution")
    return get_visible(access.actor_of(request), VIEW_SESSIONS, rows, pk=pk)


@require_GET
@access.permitted(VIEW_SESSIONS)
@never_cache
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: what and where, who is to come, who was there."""
    actor = access.actor_of(request)
    found, may = training.session_told(actor, pk)
    holds = HOLD_SESSION.key in may
    people = training.participations_shown(actor, found, holds)
    page = whole(people, request)
    open_now = not found.cancelled
    context = {
        "session": found,
        "row": training.session_shown(found),
        "people": people,
        "page": page,
        "holds": holds,
        "to_confirm": [p for p in people if not p["present"]] if holds and open_now and found.begun else [],
        "to_send": training.staff_to_send(actor, found) if open_now and ENROL.key in may else [],
        "today": found.held_on == clock.today(),
    }
    return render(request, "workforce/session.html", context)


@require_POST
@access.permitted(ENROL)
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Send own staff to a session."""
    found = _session(request, pk)
    chosen = Employment.objects.filter(pk__in=_numbers(request, "people"))
    return _done(request, found, lambda actor: actions.enrol(by=actor, session=found, employments=chosen),
                 "已报名{}人。")  # fmt: skip


@require_POST
@access.permitted(HOLD_SESSION)
def confirm_presence(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick who was there."""
    found = _session(request, pk)
    chosen = Participation.objects.filter(session=found, pk__in=_numbers(request, "people"))
    return _done(
        request,
        found,
        lambda actor: actions.confirm_presence(by=actor, session=found, participations=chosen),
        "已确认{}人到场，课时已计入。",
    )


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [int(n) for n in request.POST.getlist(name) if n.isascii() and n.isdigit() and len(n) < 19]


def _done(request: HttpRequest, found: Session, act: Any, says: str) -> HttpResponse:
    try:
        messages.success(request, says.format(act(access.actor_of(request))))
    except Refused as refusal:
        for problem in refusal.problems:
            messages.error(request, f"{problem.message}{problem.fix}")
    return redirect("workforce:session", found.pk)


@require_POST
@access.permitted(HOLD_SESSION)
def cancel_session(request: HttpRequest, pk: int) -> HttpResponse:
    """The session does not count."""
    found, reason = _session(request, pk), request.POST.get("reason", "")
    return _done(
        request,
        found,
        lambda actor: actions.cancel_session(by=actor, session=found, reason=reason).held_on,
        "{}的这一场已取消，已计的课时不再算数。",
    )


@require_POST
@access.permitted(CORRECT_HOURS)
def correct_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what somebody is credited with."""
    actor = access.actor_of(request)
    rows = Participation.objects.select_related("session__course")
    found = get_visible(actor, CORRECT_HOURS, rows, pk=pk)
    form = HoursForm(request.POST)
    if form.is_valid():
        return _done(
            request,
            found.session,
            lambda by: actions.correct_hours(by=by, participation=found, **form.cleaned_data).hours_after,
            "已更正为{}课时。",
        )
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return redirect("workforce:session", found.session_id)


# ---------------------------------------------------------------- signing in


@require_GET
@access.permitted(HOLD_SESSION)
@never_cache
def sign_in_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The code to scan, made anew each minute."""
    rows = Session.objects.select_related("course")
    found = get_visible(access.actor_of(request), HOLD_SESSION, rows, pk=pk)
    if found.cancelled or found.held_on != clock.today():
        raise Refused("签到码只在培训当天显示。", status=409)
    address = settings.PUBLIC_ADDRESS + reverse("workforce:sign_in", args=[training.code_of(found)])
    present = found.participations.filter(signed_in_at__isnull=False).count()
    context = {"session": found, "address": address, "renewed": training.CODE_RENEWED, "present": present}
    return render(request, "workforce/sign_in_code.html", context)


@require_http_methods(["GET", "POST"])
@access.permitted(SIGN_IN)
@never_cache
def sign_in(request: HttpRequest, code: str) -> HttpResponse:
    """What a scanned code opens: one button, no place and no picture asked for."""
    actor = access.actor_of(request)
    pk = training.session_of_code(code)
    if pk is None:
        raise Http404
    rows = Session.objects.select_related("course")
    found = get_visible(actor, SIGN_IN, rows, pk=pk)
    if request.method == "POST":
        done = actions.sign_in_by_code(by=actor, session=found)
        messages.success(request, f"签到成功，“{found.course.title}”{done.hours}课时已计入。")
        return redirect("workforce:my_hours")
    return render(request, "workforce/sign_in.html", {"session": found})


@require_GET
@access.permitted(SIGN_IN)
@never_cache
def my_hours(request: HttpRequest) -> HttpResponse:
    """One's own hours of a year, as the register knows the account."""
    actor = access.actor_of(request)
    year = year_of(request.GET.get("year", ""))
    context: dict[str, Any] = {"year": year, "years": years(), "account": [], "sessions": [], "problems": []}
    try:
        mine = training.own_employment(actor)
        place = mine.institution.division_code
        ledger = training.person_ledger(mine.person_id, year, None)
        context |= {"account": training.account_in(ledger, place, year), "sessions": ledger}
    except Refused as refusal:
        context["problems"] = refusal.problems
    return render(request, "workforce/my_hours.html", context)


# ---------------------------------------------------------------- hours and what is missing


@require_GET
@access.permitted(VIEW_HOURS)
def institution_hours(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody who works at an institution with the hours of the year, and what is missing."""
    opened = parts.opened(access.actor_of(request), VIEW_HOURS, pk)
    found = opened.institution
    year = year_of(request.GET.get("year", ""))
    people = training.institution_account(found, year)
    context = {
        **opened.shown("training"),
        "people": people,
        "page": whole(people, request),
        "totals": training.totals(people, training.needs_at(found.division_code, year)),
        "kinds": list(CourseKind),
        "year": year,
        "years": years(),
    }
    return render(request, "workforce/institution_hours.html", context)


@require_GET
@access.permitted(VIEW_HOURS)
@never_cache
def person_hours(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """The hours of one who works at an institution, session by session."""
    opened = parts.opened(access.actor_of(request), VIEW_HOURS, pk)
    found = opened.institution
    year = year_of(request.GET.get("year", ""))
    one = Employment.objects.filter(institution=found, person=person).order_by("-pk").first()
    if one is None:
        raise Http404
    ledger = training.person_ledger(person, year, found.pk)
    context = {
        **opened.shown("training"),
        "name": str(one.name),
        "person": person,
        "account": training.account_in(ledger, found.division_code, year),
        "sessions": ledger,
        "year": year,
        "years": years(),
    }
    return render(request, "workforce/person_hours.html", context)


@require_GET
@access.permitted(VIEW_HOURS)
def training_gaps(request: HttpRequest) -> HttpResponse:
    """Institutions and what is missing at each."""
    actor = access.actor_of(request)
    if not actor.holds(Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD):
        headed = [s.institution_id for s in actor.seats_as(Role.NURSERY_HEAD)]
        return redirect("workforce:institution_hours", headed[0])
    year = year_of(request.GET.get("year", ""))
    page = page_of(training.institutions_with_hours(actor), request)
    context = {"page": page, "rows": training.gaps_of(page.rows, year), "year": year, "years": years()}
    return render(request, "workforce/training_gaps.html", context)
