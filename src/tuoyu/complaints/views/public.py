"""The public's pages: tell something, look it up by number and code. No account, no cookie but the form's.

Number and code travel in the body of a POST only: an address stays in histories and logs.
"""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tuoyu.complaints import actions, queries, rules
from tuoyu.complaints.actions import ReportGiven
from tuoyu.complaints.forms import ReportForm
from tuoyu.complaints.models import Complaint
from tuoyu.complaints.vocabulary import Satisfaction
from tuoyu.core import access
from tuoyu.core.problems import Problem, Refused

# Where the form calls something otherwise than the action.
FIELDS = {"institution_id": "institution"}


@require_http_methods(["GET", "POST"])
@access.public("whoever knows something may tell it, without an account")
@never_cache
def report(request: HttpRequest) -> HttpResponse:
    """Tell something of a nursery; the receipt is the answer itself, since nothing ties it to a session."""
    if request.method == "GET":
        form = ReportForm(initial=begun(request))
        return _form_page(request, form)
    form, files = ReportForm(request.POST), request.FILES.getlist("files")
    if not form.is_valid():
        return _form_page(request, form, problems=wrong_in(form, files, public=True), status=422)
    try:
        receipt = actions.report(by=access.actor_of(request), given=given_by(form), files=files)
    except Refused as refusal:
        mark(form, refusal)
        return _form_page(request, form, problems=refusal.problems, status=refusal.status)
    return render(
        request,
        "complaints/received.html",
        received_context(receipt, office=False),
    )


def begun(request: HttpRequest) -> dict[str, Any]:
    """What an empty form begins with: the institution of the address, and a token of its own."""
    chosen = number_in(request.GET.get("institution", ""))
    return {"institution": chosen, "token": secrets.token_urlsafe(24)}


def number_in(typed: Any) -> int | None:
    """The number of a row, where that is what was typed."""
    said = str(typed or "")
    return int(said) if said.isdecimal() and len(said) < 19 else None


def received_context(receipt: actions.Receipt, *, office: bool) -> dict[str, Any]:
    """What the receipt's page shows."""
    code = rules.shown_code(receipt.code) if receipt.code else ""
    return {"receipt": receipt, "code": code, "office": office}


def given_by(form: ReportForm) -> ReportGiven:
    """What was typed, for the action; empty where it could not be read."""
    said = {"token": "", "kind": "", "text": ""} | form.cleaned_data
    said.pop("website", None)
    return ReportGiven(institution_id=said.pop("institution", None), **said)


def mark(form: ReportForm, refusal: Refused) -> None:
    """Show each problem beside its field."""
    for problem in refusal.problems:
        field = FIELDS.get(problem.field, problem.field)
        if field in form.fields:
            form.add_error(field, problem.message + problem.fix)


def wrong_in(form: ReportForm, files: list[Any], *, public: bool) -> list[Problem]:
    """What the form itself found and what the action would say of the rest, in the order of the page; to be
    said on top as well, since on a phone the field is far below."""
    found = actions.wrong_with(given_by(form), files, public=public)
    rest = [one for one in found if FIELDS.get(one.field, one.field) not in form.errors]
    mark(form, Refused(rest))
    typed = [Problem(str(error), field=name) for name in form.fields for error in form.errors.get(name, ())]
    return typed + [one for one in rest if FIELDS.get(one.field, one.field) not in form.fields]


def _form_page(
    request: HttpRequest, form: ReportForm, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    chosen = queries.chosen(number_in(form["institution"].value()))
    asked = request.GET.get("q", "")[:60]
    files_wrong = [p.message for p in problems or [] if p.field in ("file", "files")]
    context = {
        "form": form,
        "chosen": chosen,
        "asked": asked,
        "found": queries.found(asked),
        "counties": queries.counties(),
        "problems": problems or [],
        "files_wrong": files_wrong,
        "most_files": rules.MOST_FILES,
        "longest": rules.LONGEST_TEXT,
    }
    return render(request, "complaints/report.html", context, status=status)


@require_http_methods(["GET", "POST"])
@access.public("number and code are the key")
@never_cache
def tracker(request: HttpRequest) -> HttpResponse:
    """How far a complaint has come, for whoever has its number and code."""
    if request.method == "GET":
        return _ask(request)
    found = _looked_up(request)
    return _progress(request, found) if found else _ask(request, wrong=True)


@require_POST
@access.public("number and code are the key")
@never_cache
def rating(request: HttpRequest) -> HttpResponse:
    """Say how content one is with the answer."""
    found = _looked_up(request)
    if found is None:
        return _ask(request, wrong=True)
    try:
        actions.rate(
            by=access.actor_of(request),
            complaint=found,
            satisfaction=request.POST.get("satisfaction", "")[:20],
            note=request.POST.get("note", ""),
        )
    except Refused as refusal:
        return _progress(request, found, refusal)
    return _progress(request, found, said="已收到您的评价，谢谢。")


@require_POST
@access.public("number and code are the key")
@never_cache
def review(request: HttpRequest) -> HttpResponse:
    """Ask the office above."""
    found = _looked_up(request)
    if found is None:
        return _ask(request, wrong=True)
    try:
        actions.ask_review(
            by=access.actor_of(request), complaint=found, reason=request.POST.get("reason", "")
        )
    except Refused as refusal:
        return _progress(request, found, refusal)
    return _progress(request, found, said="复查申请已收到，由上一级机关办理，结果在这里查看。")


def _looked_up(request: HttpRequest) -> Complaint | None:
    number, code = request.POST.get("number", ""), request.POST.get("code", "")
    if not number.strip() or not code.strip():
        return None
    return actions.look_up(by=access.actor_of(request), number=number, code=code)


def _ask(request: HttpRequest, *, wrong: bool = False) -> HttpResponse:
    context = {"wrong": wrong, "number": request.POST.get("number", "")[:32]}
    return render(request, "complaints/ask.html", context, status=422 if wrong else 200)


def _progress(
    request: HttpRequest, found: Complaint, refusal: Refused | None = None, said: str = ""
) -> HttpResponse:
    context = {
        "row": queries.progress(found),
        "code": request.POST.get("code", "")[:40],
        "satisfactions": Satisfaction.choices,
        "typed": request.POST,
        "problems": refusal.problems if refusal else [],
        "said": said,
    }
    return render(request, "complaints/tracker.html", context, status=refusal.status if refusal else 200)
