"""Pages of an office's own decisions: dated settings, and corrections of the working calendar."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tuoyu.core import access, clock, workdays
from tuoyu.core.kernel_permissions import EDIT_WORKDAYS
from tuoyu.core.models import WorkdayOverride
from tuoyu.core.permissions import can, get_visible, visible_to
from tuoyu.core.problems import Refused
from tuoyu.jurisdictions import actions, choices
from tuoyu.jurisdictions.forms import SettingForm, WorkdayForm
from tuoyu.jurisdictions.models import Division, DivisionSetting
from tuoyu.jurisdictions.names import vocabulary_of
from tuoyu.jurisdictions.permissions import DECIDE_SETTING, VIEW_SETTINGS
from tuoyu.jurisdictions.queries import version_at


@require_GET
@access.permitted(VIEW_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    """What the divisions of the reader's places decided, and the form to decide anew."""
    return _settings_page(request, None)


@require_POST
@access.permitted(DECIDE_SETTING)
def decide(request: HttpRequest) -> HttpResponse:
    """Decide where a document leaves a choice; what is wrong comes back with what was typed."""
    actor = access.actor_of(request)
    form = SettingForm(actor, request.POST)
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    given = form.cleaned_data
    division = get_visible(actor, DECIDE_SETTING, Division.objects.all(), code=given.pop("division"))
    try:
        made = actions.decide_setting(division=division, by=actor, **given)
    except Refused as refused:
        _tell(form, refused)
        return _settings_page(request, form, status=refused.status)
    messages.success(request, f"已决定，自 {made.valid.lower} 起用于新的办件；此前开始的办件不变。")
    return redirect("jurisdictions:settings")


def _settings_page(request: HttpRequest, form: SettingForm | None, status: int = 200) -> HttpResponse:
    actor = access.actor_of(request)
    today = clock.today()
    rows = visible_to(actor, VIEW_SETTINGS, DivisionSetting.objects.select_related("division"))
    decided = [
        {
            "setting": row,
            "label": choices.label_of(row.division_id, row.key),
            "value": vocabulary_of(version_at(row.division_id).digest).generic(str(row.value)),
            "holds": today in row.valid,
        }
        for row in rows.order_by("division", "key", "-valid")[:200]
    ]
    if form is None and can(actor, DECIDE_SETTING):
        form = SettingForm(actor)
    context = {"decided": decided, "form": form if form and form.is_open else None}
    return render(request, "jurisdictions/settings.html", context, status=status)


@require_GET
@access.permitted(EDIT_WORKDAYS)
def calendar(request: HttpRequest) -> HttpResponse:
    """The corrections of the working calendar, and which years are published."""
    return _calendar_page(request, WorkdayForm())


@require_POST
@access.permitted(EDIT_WORKDAYS)
def set_workday(request: HttpRequest) -> HttpResponse:
    """Make a day a working day or a day off."""
    form = WorkdayForm(request.POST)
    if not form.is_valid():
        return _calendar_page(request, form, status=422)
    given = form.cleaned_data
    worked = given["is_workday"] == "yes"
    try:
        workdays.set_workday(
            by=access.actor_of(request), on=given["on"], is_workday=worked, note=given["note"]
        )
    except Refused as refused:
        _tell(form, refused)
        return _calendar_page(request, form, status=refused.status)
    messages.success(request, f"{given['on']} 已改为{'上班' if worked else '放假'}，相关期限已重新计算。")
    return redirect("jurisdictions:calendar")


@require_POST
@access.permitted(EDIT_WORKDAYS)
def clear_workday(request: HttpRequest, day: str) -> HttpResponse:
    """Take a correction back."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    workdays.clear_workday(by=access.actor_of(request), on=on, reason=request.POST.get("reason", ""))
    messages.success(request, f"{on} 的调整已撤销，相关期限已重新计算。")
    return redirect("jurisdictions:calendar")


def _calendar_page(request: HttpRequest, form: WorkdayForm, status: int = 200) -> HttpResponse:
    known = workdays.calendar()
    year = clock.today().year
    context = {
        "form": form,
        "days": WorkdayOverride.objects.order_by("-date")[:200],
        "years": [(y, known.is_known(y)) for y in range(year, year + 3)],
    }
    return render(request, "jurisdictions/calendar.html", context, status=status)


def _tell(form: forms.Form, refused: Refused) -> None:
    for problem in refused.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)
