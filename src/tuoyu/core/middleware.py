"""What surrounds every request: one calendar, reads that stay reads, and private pages that stay private."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse

from tuoyu.core import workdays

READS = ("GET", "HEAD", "OPTIONS")
# What looking at a page may write: the session, the log of failed sign-ins, the trace of a personal
# record being read, the day a token was last used, what a form asked again, and jobs that a later request
# deserves.
MAY_WRITE = (
    "axes_",
    "core_auditevent",
    "procrastinate_",
    "accounts_apiclient",
    "accounts_browsersession",
    "institutions_askedagain",
)
WRITE = re.compile(
    r"^\s*(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|TRUNCATE(?:\s+TABLE)?|MERGE\s+INTO"
    r"|WITH\b.*?\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM))\s+\"?(?P<table>\w+)",
    re.IGNORECASE | re.DOTALL,
)


class WroteOnRead(RuntimeError):
    """A request that only reads (GET) was about to write: links, crawlers and prefetching would act."""


class RequestMiddleware:
    """Loads the working days at most once a request, and, where `GUARD_READS` is set (tests, debugging),
    raises `WroteOnRead` when a GET writes to anything but `MAY_WRITE`.

    A HEAD is a GET whose body nobody reads: views need to know GET only. What somebody who signed in was
    shown is kept by no browser and no proxy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as stack:
            stack.enter_context(workdays.held())
            if request.method in READS and getattr(settings, "GUARD_READS", settings.DEBUG):
                stack.enter_context(connection.execute_wrapper(refuse_writes))
            head = request.method == "HEAD"
            if head:
                request.method = "GET"
            response = self.get_response(request)
            if head:
                request.method = "HEAD"
        _keep_private(request, response)
        return response


def _keep_private(request: HttpRequest, response: HttpResponse) -> None:
    actor = getattr(request, "actor", None)
    if actor is not None and actor.kind == "person" and actor.user_id is None:
        return
    signed_in = actor is not None or getattr(request, "user", AnonymousUser()).is_authenticated
    if signed_in and "no-store" not in response.get("Cache-Control", ""):
        response["Cache-Control"] = "private, no-store"


def refuse_writes(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An execute wrapper that lets through what reads, and raises `WroteOnRead` for the rest."""
    found = WRITE.match(str(sql))
    if found and not found["table"].lower().startswith(MAY_WRITE):
        raise WroteOnRead(f"a GET writes to {found['table']}: {str(sql)[:200]}")
    return execute(sql, params, many, context)
