"""Rectifications: the board and record of an office, the page a head answers on, an institution's part."""

from typing import Any

from django.contrib import messages
from django.db.models import Model, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts.queries import colleagues
from tuoyu.cases import stories
from tuoyu.cases.models import Case
from tuoyu.cases.permissions import VIEW as VIEW_CASE
from tuoyu.core import access, uploads
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent
from tuoyu.core.paging import page_of
from tuoyu.core.permissions import Permission, can, column_of, columns, get_visible, opened
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import parts
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import VIEW_INSTITUTION
from tuoyu.jurisdictions.names import department_name, place_name
from tuoyu.supervision import actions, boards
from tuoyu.supervision.actions.rectifications import MENDED
from tuoyu.supervision.actions.sanctions import has_procedure
from tuoyu.supervision.models import Rectification
from tuoyu.supervision.permissions import (
    ANSWER_RECTIFICATION,
    ANSWER_SANCTION,
    HANDLE_RECTIFICATION,
    VIEW_RECTIFICATION,
    VIEW_SANCTION,
)
from tuoyu.supervision.sanction_forms import ExtensionForm, GroundForm, RecheckForm
from tuoyu.supervision.views.acting import Act, acted
from tuoyu.supervision.vocabulary import Ground, Origin, Result, SanctionKind


@require_GET
@access.permitted(VIEW_RECTIFICATION)
@never_cache
def board(request: HttpRequest) -> HttpResponse:
    """Who must mend something by when, the most pressing first."""
    actor = access.actor_of(request)
    narrowed = narrowed_by(request)
    page = page_of(boards.rectifications(actor, narrowed), request)
    context = {
        "page": page,
        "rows": [dressed(row) for row in page.rows],
        "narrowed": narrowed,
        "states": boards.RECTIFYING,
        "opens_sanctions": can(actor, VIEW_SANCTION),
    }
    return render(request, "supervision/rectifications.html", context)


def narrowed_by(request: HttpRequest) -> boards.Narrowed:
    """How the address narrows a board; what makes no sense is left out."""
    place = request.GET.get("place", "")[:9]
    return boards.Narrowed(
        state=request.GET.get("state", "")[:20],
        place=place if place.isdecimal() and place.isascii() and len(place) in (6, 9) else "",
        text=request.GET.get("text", "").strip()[:60],
    )


def dressed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the board in words."""
    key, label = boards.rectifying_state(row)
    return row | {
        "state": key,
        "state_label": label,
        "place": place_name(row["institution__division_code"]),
        "office": department_name(row["department"], row["division_code"]),
        "origin": Origin(row["inspection__origin"]).label,
        "result": Result(row["inspection__result"]).label if row["inspection__result"] else "",
        "ground_label": Ground(row["ground"]).label if row["ground"] != Ground.ORDINARY else "",
    }


def found(actor: Actor, permission: Permission, pk: int) -> Rectification:
    """The rectification on which `actor` has `permission`; 404 when there is none."""
    rows = Rectification.objects.select_related("case", "inspection", "institution")
    return get_visible(actor, permission, rows, pk=pk)


@require_GET
@access.permitted(VIEW_RECTIFICATION)
@never_cache
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One rectification as an office works on it."""
    actor = access.actor_of(request)
    rows = boards.whole_rectifications().annotate(**linked(actor))
    one, may = opened(actor, VIEW_RECTIFICATION, rows, HANDLE_RECTIFICATION, pk=pk)
    told = boards.rectification_told(one)
    context = {
        "m": told,
        "one": one,
        "state": told["state"],
        "place": place_name(one.institution.division_code),
        "office": department_name(one.department, one.division_code),
        "may_handle": HANDLE_RECTIFICATION.key in may,
        **opens(one),
        "kinds": [
            (kind.value, kind.label)
            for kind in (SanctionKind.PENALTY, SanctionKind.BAN)
            if has_procedure(one.division_code, kind)
        ],
        "story": story(one.topic),
    }
    return render(request, "supervision/rectification.html", context)


def linked(actor: Actor) -> dict[str, Any]:
    """Columns of what followed an inspection that say whether `actor` may open its case, its institution."""
    return {
        **columns(actor, [VIEW_CASE], Case.objects.filter(pk=OuterRef("case"))),
        **columns(actor, [VIEW_INSTITUTION], Institution.objects.filter(pk=OuterRef("institution"))),
    }


def opens(one: Model) -> dict[str, bool]:
    """What the columns of `linked` say of one."""
    asked = {"opens_case": VIEW_CASE, "opens_record": VIEW_INSTITUTION}
    return {name: bool(getattr(one, column_of(permission), False)) for name, permission in asked.items()}


def story(topic: str) -> list[dict[str, Any]]:
    """What happened to a case, in words."""
    names = ("at", "actor_label", "department", "division_code", "verb", "after", "note")
    events = AuditEvent.objects.filter(topic=topic).order_by("pk").values(*names)
    told = stories.story(list(events))
    return [row | {"text": "立案" if row["text"] == "提交申报" else row["text"]} for row in told]


def _act(one: Rectification, title: str, lead: str, label: str, done: str) -> Act:
    return Act(title, lead, label, reverse("supervision:rectification", args=[one.pk]), done)


@require_http_methods(["GET", "POST"])
@access.permitted(HANDLE_RECTIFICATION)
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Give more time, with the reason."""
    actor = access.actor_of(request)
    one = found(actor, HANDLE_RECTIFICATION, pk)
    lead = f"现在的期限是{one.case.answer_due_on or '—'}。延期和理由会告知机构，并留在办理经过里。"
    act = _act(one, "延长整改期限", lead, "延期", "已延期，机构已收到通知。")
    return acted(
        request, act, ExtensionForm(request.POST or None),
        lambda given: actions.extend_rectification(by=actor, rectification=one, **given),
    )  # fmt: skip


@require_POST
@access.permitted(HANDLE_RECTIFICATION)
def silence(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on to the re-check though nothing was answered in time."""
    actor = access.actor_of(request)
    one = found(actor, HANDLE_RECTIFICATION, pk)
    reason = request.POST.get("reason", "")[:1000].strip()
    actions.pass_over_silence(by=actor, rectification=one, reason=reason)
    messages.success(request, "已转入复查。")
    return redirect("supervision:rectification", pk)


@require_http_methods(["GET", "POST"])
@access.permitted(HANDLE_RECTIFICATION)
def ground(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what makes it more than an ordinary rectification."""
    actor = access.actor_of(request)
    one = found(actor, HANDLE_RECTIFICATION, pk)
    act = _act(one, "认定情形", "有的地方规定：这些情形整改后仍不合格的，予以取缔。", "认定", "已认定。")
    form = GroundForm(request.POST or None, initial={"ground": one.ground})
    return acted(
        request, act, form,
        lambda given: actions.state_ground(
            by=actor, rectification=one, ground=Ground(given["ground"]), reason=given["reason"]
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@access.permitted(HANDLE_RECTIFICATION)
def recheck(request: HttpRequest, pk: int) -> HttpResponse:
    """Order a re-inspection."""
    actor = access.actor_of(request)
    one = found(actor, HANDLE_RECTIFICATION, pk)
    people = colleagues(one.department, one.division_code)
    act = _act(
        one,
        "安排复查",
        "复查也是一次检查，由检查人员到现场办理；机构在开始时才知道。",
        "安排",
        "已安排复查。",
    )
    return acted(
        request, act, RecheckForm(request.POST or None, colleagues=people),
        lambda given: actions.order_recheck(
            by=actor, rectification=one, scheduled_on=given["scheduled_on"],
            inspectors=[int(user) for user in given["inspectors"]],
        ),
    )  # fmt: skip


@require_POST
@access.permitted(HANDLE_RECTIFICATION)
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the failing result public."""
    actor = access.actor_of(request)
    actions.publish_failing(by=actor, rectification=found(actor, HANDLE_RECTIFICATION, pk))
    messages.success(request, "检查不合格情况已公示，任何人都能看到。")
    return redirect("supervision:rectification", pk)


@require_POST
@access.permitted(HANDLE_RECTIFICATION)
def penalty(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a penalty, or a ban where the place has one."""
    actor = access.actor_of(request)
    one = found(actor, HANDLE_RECTIFICATION, pk)
    kind = request.POST.get("kind", "")
    if kind not in (SanctionKind.PENALTY, SanctionKind.BAN):
        raise Refused("没有这种处理，请重新选择。")
    made = actions.open_penalty(by=actor, rectification=one, kind=SanctionKind(kind))
    messages.success(request, f"已立案，办件编号 {made.case.number}。")
    if can(actor, VIEW_SANCTION, made):
        return redirect("supervision:sanction", made.pk)
    return redirect("supervision:rectification", pk)


@require_GET
@access.signed_in("asks whether the rectification of the file may be seen")
def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file the institution handed in."""
    return uploads.stream(boards.proof_of(access.actor_of(request), pk).file, inline=True)


# ---------------------------------------------------------------- the institution


@require_http_methods(["GET", "POST"])
@access.permitted(ANSWER_RECTIFICATION)
@never_cache
def own(request: HttpRequest, pk: int) -> HttpResponse:
    """What one's own institution must mend: each finding, what was done, files; handed in at once."""
    actor = access.actor_of(request)
    problems, status = list[Problem](), 200
    if request.method == "POST":
        one = found(actor, ANSWER_RECTIFICATION, pk)
        try:
            _keep_files(request, actor, one)
            if "answer" in request.POST:
                actions.answer(by=actor, rectification=one, told=_typed(request, one))
                messages.success(request, "整改结果已提交，部门将复查，结果会通知您。")
                return redirect("supervision:own_rectification", pk)
            messages.success(request, "文件已保存。写完每一处后请提交。")
        except Refused as refused:
            problems, status = refused.problems, refused.status
    one = get_visible(actor, ANSWER_RECTIFICATION, boards.whole_rectifications(), pk=pk)
    told = boards.rectification_told(one)
    context = {
        "m": told,
        "one": one,
        "state": told["state"],
        "office": department_name(one.department, one.division_code),
        "typed": request.POST,
        "errors": {problem.field: problem.message for problem in problems if problem.page == MENDED},
        "problems": problems,
    }
    return render(request, "supervision/own_rectification.html", context, status=status)


def _typed(request: HttpRequest, one: Rectification) -> dict[int, str]:
    return {
        pk: request.POST.get(f"finding_{pk}", "")
        for pk in one.inspection.findings.values_list("pk", flat=True)
    }


def _keep_files(request: HttpRequest, actor: Actor, one: Rectification) -> None:
    """Keep each file at once, so that none is lost when a sentence is missing elsewhere."""
    for finding in one.inspection.findings.all():
        for file in request.FILES.getlist(f"file_{finding.pk}"):
            actions.add_proof(by=actor, rectification=one, finding=finding, file=file)


@require_GET
@access.permitted(VIEW_INSTITUTION)
@never_cache
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What followed the inspections of one institution: rectifications and sanctions."""
    actor = access.actor_of(request)
    part = parts.opened(actor, VIEW_INSTITUTION, pk)
    if boards.follow_up_at(actor, pk) is None:
        raise Http404
    own_institution = pk in {seat.institution_id for seat in actor.seats}
    seen = (ANSWER_RECTIFICATION, ANSWER_SANCTION) if own_institution else (VIEW_RECTIFICATION, VIEW_SANCTION)
    context = {
        **part.shown("follow_up"),
        "rectifications": [dressed(row) for row in boards.rectifications_at(actor, pk, seen[0])[:100]],
        "sanctions": [boards.sanction_dressed(row) for row in boards.sanctions_at(actor, pk, seen[1])[:100]],
        "own": own_institution,
    }
    return render(request, "supervision/follow_up.html", context)
