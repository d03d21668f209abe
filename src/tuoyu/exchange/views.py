"""Pages of the exchange: messages to one's office, how far each has come, offices' own systems."""

from typing import Any

from django import forms
from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuoyu.accounts.names import departments
from tuoyu.core import access, paging
from tuoyu.core.actor import Actor
from tuoyu.core.models import OutboxMessage
from tuoyu.core.permissions import can, get_visible
from tuoyu.core.problems import Refused
from tuoyu.exchange import actions, queries, rules
from tuoyu.exchange.forms import ConnectorForm, NarrowForm
from tuoyu.exchange.models import Connector
from tuoyu.exchange.permissions import (
    ACKNOWLEDGE,
    MANAGE_CONNECTORS,
    READ_MESSAGE,
    RETRY,
    SEE_DELIVERY,
)
from tuoyu.institutions.permissions import VIEW_INSTITUTION
from tuoyu.institutions.vocabulary import Kind, LegalForm, Nature
from tuoyu.jurisdictions.names import department_name, place_name

STATES = dict(OutboxMessage.State.choices)


@require_GET
@access.permitted(READ_MESSAGE)
def messages(request: HttpRequest) -> HttpResponse:
    """The messages to one's office, those nobody has taken note of first."""
    actor = access.actor_of(request)
    narrowed = NarrowForm.read(request.GET)
    counts = queries.message_counts(actor, narrowed)
    page = paging.page_of(queries.messages(actor, narrowed), request, count=counts["shown"])
    for row in page.rows:
        row |= _in_words(row)
    context = {
        "page": page,
        "narrowed": narrowed,
        "counts": counts,
        "tabs": _tabs(actor, "messages"),
        "may_open_institution": can(actor, VIEW_INSTITUTION),
        "topics": [t for t in rules.TOPICS.items() if t[0] != "sms"],
    }
    return render(request, "exchange/messages.html", context)


@require_POST
@access.permitted(ACKNOWLEDGE)
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Take note of a message; clicked twice it is once."""
    actor = access.actor_of(request)
    rows = OutboxMessage.objects.exclude(department="")
    message = get_visible(actor, READ_MESSAGE, rows, pk=pk)
    new = actions.acknowledge(by=actor, message=message)
    name = message.payload.get("name", "")
    said = f"已签收“{name}”的信息。" if new else "这条信息此前已经签收，没有重复记录。"
    notes.success(request, said)
    return redirect(_back(request, "exchange:messages"))


@require_GET
@access.permitted(SEE_DELIVERY)
def deliveries(request: HttpRequest) -> HttpResponse:
    """How far each message has come."""
    actor = access.actor_of(request)
    narrowed = NarrowForm.read(request.GET)
    counts = queries.delivery_counts(actor, narrowed)
    page = paging.page_of(queries.deliveries(actor, narrowed), request, count=counts["shown"])
    for row in page.rows:
        row |= _office(row)
        row["topic_name"] = rules.topic_name(row["topic"])
    context = {
        "page": page,
        "narrowed": narrowed,
        "counts": counts,
        "tabs": _tabs(actor, "deliveries"),
        "states": STATES,
    }
    return render(request, "exchange/deliveries.html", context)


@require_POST
@access.permitted(RETRY)
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message again that had been given up."""
    actor = access.actor_of(request)
    message = get_visible(actor, SEE_DELIVERY, OutboxMessage.objects.all(), pk=pk)
    actions.retry(by=actor, message=message)
    notes.success(request, "已重新排入推送，几分钟内会再次尝试。")
    return redirect(_back(request, "exchange:deliveries"))


@never_cache
@require_http_methods(["GET", "POST"])
@access.permitted(MANAGE_CONNECTORS)
def connectors(request: HttpRequest) -> HttpResponse:
    """Where the messages to offices with a system of their own are sent; a new key is shown once."""
    actor = access.actor_of(request)
    form, made, secret, status, wrong = ConnectorForm(), None, "", 200, []
    if request.method == "POST":
        form, status = ConnectorForm(request.POST), 422
        if form.is_valid():
            try:
                made, secret = actions.set_connector(by=actor, **form.cleaned_data)
                form, status = ConnectorForm(), 200
            except Refused as refusal:
                wrong, status = _said(form, refusal), refusal.status
    page = paging.page_of(queries.connectors(actor), request)
    for row in page.rows:
        row |= _office(row)
    context = {
        "page": page,
        "form": form,
        "made": made,
        "secret": secret,
        "problems": wrong,
        "departments": list(departments().items()),
        "tabs": _tabs(actor, "connectors"),
    }
    return render(request, "exchange/connectors.html", context, status=status)


@require_POST
@access.permitted(MANAGE_CONNECTORS)
def remove_connector(request: HttpRequest, pk: int) -> HttpResponse:
    """Deliver an office's messages in the program only."""
    actor = access.actor_of(request)
    found = get_visible(actor, MANAGE_CONNECTORS, Connector.objects.filter(removed_at=None), pk=pk)
    actions.remove_connector(by=actor, connector=found, reason=request.POST.get("reason", "")[:200])
    notes.success(request, "已停用，这个部门的信息只在本系统内送达。")
    return redirect("exchange:connectors")


def _said(form: forms.Form, refusal: Refused) -> list[Any]:
    """Put what was refused beside the fields it concerns; the rest is said above."""
    for problem in refusal.problems:
        if problem.field in form.fields:
            form.add_error(problem.field, problem.message)
    return [p for p in refusal.problems if p.field not in form.fields]


def _tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The pages of the exchange that this person may open."""
    rooms = (
        ("messages", "收到的信息", "exchange:messages", READ_MESSAGE),
        ("deliveries", "推送情况", "exchange:deliveries", SEE_DELIVERY),
        ("connectors", "接收地址", "exchange:connectors", MANAGE_CONNECTORS),
    )
    found = [
        {"label": label, "href": reverse(name), "current": key == current}
        for key, label, name, permission in rooms
        if can(actor, permission)
    ]
    return found if len(found) > 1 else []


def _office(row: dict[str, Any]) -> dict[str, str]:
    if not row["department"]:
        return {"office": "个人"}
    return {"office": department_name(row["department"], row["division_code"])}


def _in_words(row: dict[str, Any]) -> dict[str, Any]:
    """A message as a person reads it: what happened to whom, and the facts that were sent."""
    payload = row["payload"]
    facts = [(label, _fact(key, payload[key])) for key, label in rules.FACTS.items() if payload.get(key)]
    if payload.get("registrar"):
        place = payload.get("division_code", row["division_code"])[:6]
        facts.append(("登记机关", department_name(payload["registrar"], place)))
    return {
        **_office(row),
        "topic_name": rules.topic_name(row["topic"]),
        "name": payload.get("name", ""),
        "case": payload.get("case", ""),
        "institution_id": payload.get("institution_id"),
        "facts": facts,
        "place": place_name(payload.get("division_code", row["division_code"])),
        "is_new": row["state"] != OutboxMessage.State.ACKNOWLEDGED,
    }


def _fact(key: str, value: Any) -> str:
    words = {"kind": Kind, "nature": Nature, "legal_form": LegalForm}.get(key)
    if words is not None and value in words.values:
        return str(words(value).label)
    return str(value)


def _back(request: HttpRequest, name: str) -> str:
    """Back to the list as it was narrowed; never to another site."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse(name)
