"""Pages of cases: the inbox, the case, the applicant's tracker, the notices."""

from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts import queries as accounts
from tuoyu.cases import actions, queries, rules, stories
from tuoyu.cases.forms import MOST_REMARKS, DecisionForm, InboxForm, ReasonForm, ReassignForm, RemarkFormSet
from tuoyu.cases.models import Case, Step
from tuoyu.cases.permissions import DECIDE, INBOX, MEND, VIEW
from tuoyu.cases.procedures import Handler, handler_of, offered_at
from tuoyu.core import access, paging
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, get_visible, require, visible_to
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions.names import department_name, place_name

ROWS_OF_REMARKS = 1


@require_GET
@access.permitted(INBOX)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the officer's department, by clock."""
    actor = access.actor_of(request)
    form = InboxForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    narrowed = queries.InboxFilter(**given)
    counts = queries.inbox_counts(actor, narrowed)
    if counts["all"]:
        # What the frame of the page would ask again.
        boards = {k.removeprefix("board_"): n for k, n in counts.items() if k.startswith("board_")}
        known = Counter(boards | {"steps": counts["all"], "notices": counts["unread"]})
        request.waiting = known  # type: ignore[attr-defined]
    page = paging.page_of(queries.inbox(actor, narrowed), request, count=counts["shown"])
    for row in page.rows:
        row["clock"] = queries.clock_of(row["due_on"])
        row["department_name"] = department_name(row["department"], row["division_code"])
        row["place"] = place_name(row["case__division_code"])
    context = {"page": page, "counts": counts, "narrowed": narrowed}
    return render(request, "cases/inbox.html", context)


@require_GET
@access.permitted(VIEW)
def case_list(request: HttpRequest) -> HttpResponse:
    """Every case the officer may see, ended ones too."""
    actor = access.actor_of(request)
    state, text = request.GET.get("state", ""), request.GET.get("text", "")[:60]
    page = paging.page_of(queries.cases(actor, state=state, text=text), request)
    for row in page.rows:
        row["place"] = place_name(row["division_code"])
    context = {"page": page, "state": state, "text": text, "states": Case.State.choices}
    return render(request, "cases/list.html", context)


@require_GET
@access.permitted(VIEW)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case as an officer works on it."""
    return _case_page(request, number)


@require_POST
@access.permitted(DECIDE)
def decision(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Decide a step; what is wrong comes back on the case page with what was typed."""
    actor = access.actor_of(request)
    step = _step_of(actor, number, key)
    require(actor, DECIDE, step)
    handler = handler_of(step.case)
    form, remarks, result = _decision_forms(handler, step, request.POST)
    if "add_remark" in request.POST:
        return _case_page(request, number, typed=(form, remarks, result))
    approving = request.POST.get("decision") == "approve"
    valid = form.is_valid() and remarks.is_valid() and (not approving or result is None or result.is_valid())
    if not valid:
        return _case_page(request, number, typed=(form, remarks, result), status=422)
    given = [remark for row in remarks if (remark := row.given())]
    try:
        actions.decide(
            by=actor,
            step=step,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            remarks=given if form.cleaned_data["decision"] == "defects" else (),
            result=result.cleaned_data if result is not None and approving else {},
            answer_due_on=form.cleaned_data["answer_due_on"],
        )
    except Refused as refusal:
        if not can(actor, VIEW, step.case):
            # Whose turn has not come may not read the case yet, but is told what must come first.
            raise
        return _case_page(request, number, (form, remarks, result), refusal.status, refusal)
    messages.success(request, _what_followed(step))
    return redirect("cases:case", number)


@require_POST
@access.permitted(DECIDE)
def take(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Take a step in hand."""
    actor = access.actor_of(request)
    actions.take(by=actor, step=_step_of(actor, number, key))
    messages.success(request, "已接办，其他同事会看到由您办理。")
    return redirect("cases:case", number)


@require_POST
@access.permitted(INBOX)
def assignee(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Give a step to a colleague, or back to the department."""
    actor = access.actor_of(request)
    step = _step_of(actor, number, key)
    form = ReassignForm(request.POST, colleagues=_colleagues(step))
    if not form.is_valid():
        raise Refused("；".join(str(e) for errors in form.errors.values() for e in errors))
    to = int(form.cleaned_data["to"]) if form.cleaned_data["to"] else None
    actions.reassign(by=actor, step=step, to_user_id=to, reason=form.cleaned_data["reason"])
    messages.success(request, "已转派。")
    return redirect("cases:case", number)


@require_GET
@access.signed_in("lists only one's own cases")
def own_cases(request: HttpRequest) -> HttpResponse:
    """The applicant's cases."""
    page = paging.page_of(queries.own_cases(access.actor_of(request)), request)
    return render(request, "cases/mine.html", {"page": page})


@require_GET
@access.signed_in("finds only one's own case")
def tracker(request: HttpRequest, number: str) -> HttpResponse:
    """Where one's own case stands, in plain words."""
    actor = access.actor_of(request)
    found = _recorded(actor, number, MEND)
    return render(request, "cases/tracker.html", _tracker(found))


@require_http_methods(["POST"])
@access.signed_in("withdraws only one's own case")
def withdrawal(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw one's own case."""
    actor = access.actor_of(request)
    found = get_visible(actor, MEND, Case.objects.all(), number=number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("撤回须写明理由，请返回填写。")
    actions.withdraw(by=actor, case=found, reason=form.cleaned_data["reason"])
    messages.success(request, "申报已撤回，可随时修改后重新申报。")
    return redirect("cases:tracker", number)


@require_GET
@access.signed_in("lists only one's own notices")
def notices(request: HttpRequest) -> HttpResponse:
    """What the program told this person."""
    page = paging.page_of(queries.notices(access.actor_of(request)), request)
    for row in page.rows:
        row["page"] = queries.page_of_case(row)
    return render(request, "cases/notices.html", {"page": page})


@require_POST
@access.signed_in("marks only one's own notices")
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark every notice as read."""
    actions.read_notices(by=access.actor_of(request))
    return redirect("cases:notices")


def _case_page(
    request: HttpRequest,
    number: str,
    typed: tuple[DecisionForm, Any, forms.Form | None] | None = None,
    status: int = 200,
    refusal: Refused | None = None,
) -> HttpResponse:
    actor = access.actor_of(request)
    found = _recorded(actor, number, VIEW)
    handler = handler_of(found)
    mine = next((s for s in found.step_rows if s["state"] == "active" and s["may_decide"]), None)
    for row in found.step_rows:
        row["clock"] = {"fine": "normal", "none": ""}.get(clock := queries.clock_of(row["due_on"]), clock)
    context = {
        "case": found,
        "pack_label": f"{found.jurisdiction_code}（{found.pack.active_from}）",
        "steps": found.step_rows,
        "flow": _flow(found.step_rows, {s["key"]: s["state"] for s in found.step_rows}),
        "place": place_name(found.division_code),
        "department_name": department_name,
        "mine": mine,
        "typed": typed or (_decision_forms(handler, _as_step(found, mine)) if mine else None),
        "material": handler.material(found, actor),
        "remarks": [r for r in found.remark_rows if r["round"] == found.round],
        "older_remarks": [r for r in found.remark_rows if r["round"] < found.round],
        "changes": _labelled(queries.changes_of(found), handler, found),
        "story": stories.story(found.event_rows),
        "reassignable": next(
            (s for s in found.step_rows if s["state"] == "active" and s["may_reassign"]), None
        ),
        "problems": refusal.problems if refusal else [],
    }
    if context["reassignable"]:
        step = _as_step(found, context["reassignable"])
        context["reassign_form"] = ReassignForm(colleagues=_colleagues(step))
    return render(request, "cases/case.html", context, status=status)


def _recorded(actor: Actor, number: str, permission: Any) -> Any:
    found = queries.record(actor, permission, number)
    if found is None:
        # The same answer as for any stranger: what is invisible does not exist.
        get_visible(actor, permission, Case.objects.none(), number=number)
    return found


def _step_of(actor: Actor, number: str, key: str) -> Step:
    rows = visible_to(actor, INBOX, Step.objects.select_related("case"))
    return get_visible(actor, INBOX, rows, case__number=number, key=key)


def _as_step(found: Case, row: dict[str, Any]) -> Step:
    names = {field.attname for field in Step._meta.concrete_fields}
    step = Step(**{name: value for name, value in row.items() if name in names})
    step.case = found
    return step


def _decision_forms(
    handler: Handler, step: Step, data: Any = None
) -> tuple[DecisionForm, Any, forms.Form | None]:
    kwargs = {"pages": handler.pages(step.case), "sources": handler.sources(step.case)}
    management = data
    if data is not None and "add_remark" in data:
        management = data.copy()
        management["remarks-TOTAL_FORMS"] = str(_rows_asked(data) + 1)
    remarks = RemarkFormSet(
        management,
        prefix="remarks",
        form_kwargs=kwargs,
        initial=None if data is not None else [{}] * ROWS_OF_REMARKS,
    )
    form = DecisionForm(data, offered=offered_at(handler, step))
    return form, remarks, handler.result_form(step, data)


def _rows_asked(data: Any) -> int:
    given = str(data.get("remarks-TOTAL_FORMS", ""))
    return min(int(given), MOST_REMARKS - 1) if given.isdecimal() and len(given) < 4 else ROWS_OF_REMARKS - 1


def _flow(steps: list[dict[str, Any]], states: dict[str, str]) -> list[dict[str, Any]]:
    waits = rules.drawn({step["key"]: step["after"] for step in steps})
    return [
        {
            "key": step["key"],
            "name": step["name"],
            "department": department_name(step["department"], step["division_code"]),
            "state": states[step["key"]],
            "after": waits[step["key"]],
            "note": "",
        }
        for step in steps
    ]


def _labelled(changes: list[Any], handler: Handler, found: Case) -> list[dict[str, Any]]:
    pages = handler.pages(found) if changes else ()
    labels = {(p.key, k): f"{p.label}：{v}" for p in pages for k, v in p.fields}
    return [
        {
            "label": labels.get((c.page, c.field), f"{c.page}：{c.field}"),
            "before": handler.shown(c.page, c.field, c.before),
            "after": handler.shown(c.page, c.field, c.after),
        }
        for c in changes
    ]


def _colleagues(step: Step) -> list[tuple[int, str]]:
    return accounts.colleagues(step.department, step.division_code)


def _what_followed(step: Step) -> str:
    step.case.refresh_from_db()
    after = {
        "open": "已记录。办件继续由下一环节或其他部门办理。",
        "returned": "已记录。各部门意见已汇总，一次退回申办人补正，期间暂停计时。",
        "refused": "已作出不予通过的决定，申办人已收到理由。",
        "done": "已记录，本件全部办结。",
    }
    return after.get(step.case.state, "已记录。")


def _tracker(found: Any) -> dict[str, Any]:
    handler = handler_of(found)
    states = {s["key"]: stories.state_for_applicant(s, found.state) for s in found.step_rows}
    now = [s for s in found.step_rows if states[s["key"]] == "active"]
    for step in found.step_rows:
        step["department_name"] = department_name(step["department"], step["division_code"])
    returned = found.state == Case.State.RETURNED
    return {
        "case": found,
        "steps": found.step_rows,
        "now": now,
        "flow": _flow(found.step_rows, states),
        "remarks": [r for r in found.remark_rows if r["round"] == found.round] if returned else [],
        "mend_url": handler.applicant_url(found),
        "labels": {(p.key, k): v for p in handler.pages(found) for k, v in p.fields},
        "story": stories.story(found.event_rows, for_applicant=True),
        "may_withdraw": found.applicant_id is not None
        and found.state in (Case.State.OPEN, Case.State.RETURNED)
        and not any(s["kind"] in Step.DONE_WITH and s["state"] == "approved" for s in found.step_rows),
        "list_url": reverse("cases:mine"),
    }
