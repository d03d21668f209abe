"""The security administrator: lock-outs, two-step verification, tokens of other systems."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts import actions, forms, names, queries
from tuoyu.accounts.models import ApiClient, User
from tuoyu.accounts.permissions import GUARD_SIGN_IN, MANAGE_API_CLIENTS
from tuoyu.accounts.views.people import suggestions
from tuoyu.core import access
from tuoyu.core.paging import page_of, whole
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Refused

SHOWN = (
    "pk", "name", "department", "division_code", "token_start", "created_at", "revoked_at", "last_used_on",
)  # fmt: skip


@access.permitted(GUARD_SIGN_IN)
@never_cache
@require_GET
def lock_outs(request: HttpRequest) -> HttpResponse:
    """Who failed to sign in of late, and who is locked out."""
    page = whole(queries.lock_outs(access.actor_of(request)), request)
    return render(request, "accounts/lock_outs.html", {"page": page, "rows": page.rows})


@access.permitted(GUARD_SIGN_IN)
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Let a locked-out person try again."""
    actor = access.actor_of(request)
    username = request.POST.get("username", "")[:60].replace("\0", "")
    user = get_visible(actor, GUARD_SIGN_IN, User.objects.all(), username=username)
    actions.unlock(by=actor, user=user, reason=request.POST.get("reason", "")[:200])
    messages.success(request, f"{user.name}已解除锁定，可以重新登录。")
    return redirect("accounts:lock_outs")


@access.permitted(GUARD_SIGN_IN)
@require_POST
def reset_two_step(request: HttpRequest, pk: int) -> HttpResponse:
    """Take two-step verification off somebody who lost the device."""
    actor = access.actor_of(request)
    user = get_visible(actor, GUARD_SIGN_IN, User.objects.all(), pk=pk)
    actions.reset_two_step(by=actor, user=user, reason=request.POST.get("reason", "")[:200])
    messages.success(request, "两步验证已重置，请本人登录后重新开启。")
    return redirect("accounts:person", pk=pk)


@access.permitted(MANAGE_API_CLIENTS)
@never_cache
@require_http_methods(["GET", "POST"])
def api_clients(request: HttpRequest) -> HttpResponse:
    """Registrars' systems with a token; a new token is shown once."""
    actor = access.actor_of(request)
    form = forms.NewApiClient(request.POST or None)
    status, made, token = 200, None, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made, token = actions.create_api_client(by=actor, **form.cleaned_data)
                form, status = forms.NewApiClient(), 200
            except Refused as refused:
                forms.say(form, refused)
                status = refused.status
    rows = visible_to(actor, MANAGE_API_CLIENTS, ApiClient.objects.all())
    columns = (
        "pk",
        "name",
        "department",
        "division_code",
        "token_start",
        "created_at",
        "revoked_at",
        "last_used_on",
    )
    page = page_of(rows.order_by("-pk").values(*columns), request)
    listed = [
        {
            **row,
            "place": names.place_name(row["division_code"]),
            "department": names.department_name(row["department"]),
        }
        for row in page.rows
    ]
    context = {
        "form": form,
        "page": page,
        "rows": listed,
        "made": made,
        "token": token,
        "divisions": suggestions(actor),
    }
    return render(request, "accounts/api_clients.html", context, status=status)


@access.permitted(MANAGE_API_CLIENTS)
@require_POST
def revoke_api_client(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token back."""
    actor = access.actor_of(request)
    found = get_visible(actor, MANAGE_API_CLIENTS, ApiClient.objects.all(), pk=pk)
    actions.revoke_api_client(by=actor, client=found)
    messages.success(request, "令牌已撤销，立即失效。")
    return redirect("accounts:api_clients")
