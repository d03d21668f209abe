"""The public API: whatever a page can do, by the same action."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI, Swagger
from ninja.renderers import JSONRenderer

from tuoyu.core import access
from tuoyu.core.problems import Problem
from tuoyu.exchange.api import (
    administration,
    alerts,
    applications,
    bars,
    care,
    cases,
    complaints,
    counts,
    credit,
    directory,
    facts,
    imports,
    inspecting,
    inspections,
    matters,
    messages,
    own,
    places,
    policies,
    provision,
    ratings,
    refusals,
    registrations,
    service,
    session,
    staff,
    supervision,
    training,
)
from tuoyu.exchange.api.input import CarefulParser, guard

ROOT = "api/v1/"
ROUTERS = (
    directory, applications, cases, registrations, messages, places, policies, session, own, administration,
    bars, staff, training, service, facts, provision,
    matters, imports, counts, care, inspections, inspecting, supervision, credit, alerts, complaints, ratings,
)  # fmt: skip


class PlainRenderer(JSONRenderer):
    """Chinese as it is: shorter, and readable in a log."""

    json_dumps_params = {"ensure_ascii": False, "allow_nan": False}


def _build() -> NinjaAPI:
    made = NinjaAPI(
        title="托育服务平台",
        version="1",
        description="The API of Tuoyu. Every refusal says in problems what is wrong and how to mend it.",
        urls_namespace="api-v1",
        parser=CarefulParser(),
        renderer=PlainRenderer(),
        docs=Swagger(),
        docs_url=None,
        openapi_url=None,
    )
    refusals.install(made)
    made.add_decorator(guard(made), mode="view")
    for module in ROUTERS:
        made.add_router("", module.router)
    return made


api = _build()
SCHEMA: list[dict[str, Any]] = []


def schema() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1), made once a process."""
    if not SCHEMA:
        SCHEMA.append(api.get_openapi_schema(path_prefix=f"/{ROOT}"))
    return SCHEMA[0]


@access.public("how to use the API is no secret")
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


@access.public("says only that there is nothing")
def nothing(request: HttpRequest) -> HttpResponse:
    """No such address in the API."""
    return refused(refusals.NOT_FOUND, 404)


def refused(message: str, status: int) -> JsonResponse:
    """A refusal in the shape of all others."""
    body = {"problems": [Problem(message).as_json()]}
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


def urlpatterns() -> list[URLPattern]:
    """The addresses of the API. Each operation has a door of its own (`operations.DECLARED`)."""
    own = [p for p in api.urls[0] if isinstance(p, URLPattern) and p.name != "api-root"]
    for pattern in own:
        pattern.callback = _declared(pattern.callback)
    return [
        path("openapi.json", openapi, name="openapi"),
        *own,
        re_path(r"^", nothing),
    ]


def _declared(view: Any) -> Any:
    """Says that access is asked operation by operation, and lets a wrong method be told like the rest."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        told = refused("这个地址不能用这种方法访问。", 405)
        told["Allow"] = response["Allow"]
        return told

    run.access = "api: each operation declares its door"  # type: ignore[attr-defined]
    return run
