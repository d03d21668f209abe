"""A suspension that has not begun is called off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from tuoyu.core import access
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import actions
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import CALL_OFF_SUSPENSION


@require_http_methods(["GET", "POST"])
@access.permitted(CALL_OFF_SUSPENSION)
def calling_off(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Call a suspension off before its first day, with the reason."""
    actor = access.actor_of(request)
    found = get_visible(actor, CALL_OFF_SUSPENSION, Institution.objects.all(), pk=pk)
    held = get_object_or_404(found.suspensions.select_related("case", "institution"), pk=number)
    problems, status = list[Problem](), 200
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            actions.call_off_suspension(by=actor, suspension=held, reason=reason)
            messages.success(request, "暂停已取消，公开页面不再显示；有关的人和部门已经告知。")
            return redirect("institutions:record", pk)
        except Refused as refused:
            problems, status = refused.problems, refused.status
    context = {
        "institution": found,
        "suspension": held,
        "typed": request.POST,
        "problems": [one for one in problems if not one.field],
        "errors": [one for one in problems if one.field],
    }
    return render(request, "institutions/calling_off.html", context, status=status)
