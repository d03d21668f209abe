"""One who works at an institution: the page, and what its head writes there."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tuoyu.core import access, audit, clock, uploads
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions.rules.facts import day
from tuoyu.institutions.vocabulary import ClassType
from tuoyu.workforce import actions, queries, registers
from tuoyu.workforce.events import topic_of
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import KEEP_STAFF, VIEW_PAPERS, VIEW_STAFF
from tuoyu.workforce.rules.certificates import read_certificate
from tuoyu.workforce.rules.mending import read_mending
from tuoyu.workforce.rules.register import Register, Room
from tuoyu.workforce.rules.staffing import open_points
from tuoyu.workforce.views.staff import CHOICES, problems_by_field
from tuoyu.workforce.vocabulary import Post


def _employment(request: HttpRequest, pk: int) -> Employment:
    return queries.employment_seen(access.actor_of(request), pk)


@require_GET
@access.permitted(VIEW_STAFF)
@never_cache
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One who works here: posts, classes, certificates, questions asked."""
    return _page(request, pk)


def _page(
    request: HttpRequest,
    pk: int,
    *,
    form: str = "",
    problems: list[Problem] | None = None,
    status: int = 200,
    identity: str = "",
) -> HttpResponse:
    """The page; with what was typed into one of its `form`s and what is wrong with it."""
    told = queries.told_of(access.actor_of(request), pk, KEEP_STAFF)
    employment, may = told.employment, told.may
    today = clock.today()
    register = registers.register_of(employment.institution)
    context: dict[str, Any] = {
        "institution": employment.institution,
        "one": employment,
        "working": employment.ends_on is None or today < employment.ends_on,
        "last_day": employment.ends_on - timedelta(days=1) if employment.ends_on else None,
        "classes": told.classes,
        "rooms": [(room.key, _in_words(room)) for room in register.rooms_on(today)],
        "in_class": employment.post == Post.CARER,
        "may_keep": KEEP_STAFF.key in may,
        "may_see_papers": VIEW_PAPERS.key in may,
        "papers": told.papers,
        "checks": told.checks,
        "identity": identity,
        "today": today,
        "form": form,
        "points": _points(employment, register, today) if VIEW_PAPERS.key in may else [],
        "typed": request.POST if form else {},
        "wrong": problems_by_field(problems or []),
        "problems": problems or [],
        **CHOICES,
    }
    return render(request, "workforce/person.html", context, status=status)


def _in_words(room: Room) -> str:
    return f"{room.name}（{ClassType(room.class_type).label}）"


def _points(employment: Employment, register: Register, today: date) -> list[Any]:
    """What is open about this person."""
    books = registers.books_at(employment.institution.division_code)
    return [f for f in open_points(register, books, today) if f.worker == employment.pk]


def _written(
    request: HttpRequest, employment: Employment, form: str, write: Callable[[], str]
) -> HttpResponse:
    """Do it and lead back, or show the page again with what is wrong."""
    try:
        done = write()
    except Refused as refused:
        return _page(request, employment.pk, form=form, problems=refused.problems, status=refused.status)
    messages.success(request, done)
    return redirect("workforce:person", employment.pk)


def _day(typed: Mapping[str, str], field: str, label: str) -> date:
    """The day typed into a field; Refused when it is none."""
    found = day(typed.get(field, ""))
    if found is None:
        raise Refused(
            Problem(f"还没有填写{label}，或看不懂。", field=field, fix="请按2026-11-22的样子填写。")
        )
    return found


@require_POST
@access.permitted(VIEW_PAPERS)
@never_cache
def identity(request: HttpRequest, pk: int) -> HttpResponse:
    """The page with the identity number in clear, once; that it was read is written down."""
    employment = _employment(request, pk)
    number = actions.reveal_identity(by=access.actor_of(request), employment=employment)
    return _page(request, pk, identity=number)


@require_POST
@access.permitted(KEEP_STAFF)
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct or complete what is known."""
    employment = _employment(request, pk)

    def write() -> str:
        said, problems = read_mending(request.POST.dict(), employment.starts_on)
        if said is None:
            raise Refused(problems)
        actions.mend_employment(by=access.actor_of(request), employment=employment, said=said)
        return "已更新。"

    return _written(request, employment, "details", write)


@require_POST
@access.permitted(KEEP_STAFF)
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Place somebody in a class, or in none, from a day on."""
    employment = _employment(request, pk)

    def write() -> str:
        chosen = request.POST.get("class_group", "")
        group = None
        if chosen:
            number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
            group = employment.institution.classes.open_now().filter(pk=number).first()
            if group is None:
                raise Refused(Problem("本机构没有这个班级。", field="class_group"))
        from_day = _day(request.POST, "from_day", "开始日期")
        actions.assign_to_class(
            by=access.actor_of(request), employment=employment, class_group=group, from_day=from_day
        )
        return f"从{from_day}起安排在{group.name}。" if group else f"从{from_day}起不安排班级。"

    return _written(request, employment, "class", write)


@require_POST
@access.permitted(KEEP_STAFF)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves."""
    employment = _employment(request, pk)

    def write() -> str:
        last_day = _day(request.POST, "last_day", "最后工作日")
        actions.end_employment(
            by=access.actor_of(request),
            employment=employment,
            last_day=last_day,
            reason=request.POST.get("reason", ""),
        )
        return f"已登记离职，最后工作日{last_day}。"

    return _written(request, employment, "end", write)


@require_POST
@access.permitted(KEEP_STAFF)
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a certificate, with its paper where there is one."""
    employment = _employment(request, pk)

    def write() -> str:
        said, problems = read_certificate(request.POST.dict(), clock.today())
        if said is None:
            raise Refused(problems)
        made = actions.record_qualification(
            by=access.actor_of(request), employment=employment, said=said, file=request.FILES.get("file")
        )
        until = f"，有效期至{made.expires_on}" if made.expires_on else ""
        return f"已登记{made.get_kind_display()}{until}。"

    return _written(request, employment, "certificate", write)


@require_POST
@access.permitted(KEEP_STAFF)
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """A certificate counts no more."""
    found, employment = queries.qualification_seen(access.actor_of(request), pk)

    def write() -> str:
        actions.withdraw_qualification(
            by=access.actor_of(request),
            employment=employment,
            qualification=found,
            reason=request.POST.get("reason", ""),
        )
        return f"已撤下{found.get_kind_display()}。"

    return _written(request, employment, f"withdrawal-{pk}", write)


@require_GET
@access.permitted(VIEW_PAPERS)
def paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a certificate; that it was looked at is written down."""
    found, employment = queries.qualification_seen(access.actor_of(request), pk)
    if found.file is None:
        raise Http404
    audit.read(access.actor_of(request), found, ["file"], topic=topic_of(employment))
    return uploads.stream(found.file, inline=True)


@require_POST
@access.permitted(KEEP_STAFF)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The institution asked the authority."""
    employment = _employment(request, pk)

    def write() -> str:
        actions.record_check_asked(
            by=access.actor_of(request),
            employment=employment,
            asked_on=_day(request.POST, "asked_on", "提出日期"),
            authority=request.POST.get("authority", ""),
        )
        return "已登记查询，答复后请登记结果。"

    return _written(request, employment, "check", write)


@require_POST
@access.permitted(KEEP_STAFF)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The authority answered."""
    found, employment = queries.check_seen(access.actor_of(request), pk)

    def write() -> str:
        done = actions.record_check_answered(
            by=access.actor_of(request),
            employment=employment,
            check=found,
            answered_on=_day(request.POST, "answered_on", "答复日期"),
            authority=request.POST.get("authority", ""),
            reference=request.POST.get("reference", ""),
            result=request.POST.get("result", ""),
        )
        return f"已登记答复：{done.get_result_display()}。"

    return _written(request, employment, "answer", write)
