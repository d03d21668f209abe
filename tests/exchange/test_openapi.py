"""The API against its own description: whatever is sent, no 500 and no answer that is not described."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from exchange.callers import message, seated, token_of
from tuoyu.core.actor import Role

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
# What is sent wrong is read before anybody is asked who it is: two callers are enough.
SENDING_WRONG = ("officer", "token")
EXAMPLES = settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Quiet(WSGIHandler):
    """The application as it is served, without the signals that would end the test's transaction."""

    def get_response(self, request: Any) -> Any:
        # A session stands for a page of ours, which sends its CSRF token.
        request._dont_enforce_csrf_checks = True
        return super().get_response(request)


@pytest.fixture
def kept_open() -> Iterator[None]:
    """Answers end with a signal that closes the connection; the test still needs it."""
    request_finished.disconnect(close_old_connections)
    request_started.disconnect(close_old_connections)
    request_started.disconnect(reset_queries)
    yield
    request_finished.connect(close_old_connections)
    request_started.connect(close_old_connections)
    request_started.connect(reset_queries)


def session_of(role: Role, department: str = "", division: str = "320106") -> dict[str, str]:
    client = Client()
    client.force_login(seated(role, department, division))
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


def callers() -> dict[str, dict[str, str]]:
    return {
        "stranger": {},
        "officer": session_of(Role.DEPARTMENT_LEAD, "health"),
        "administrator": session_of(Role.SYSTEM_ADMIN, division="320100"),
        "token": {"Authorization": f"Bearer {token_of()}"},
    }


@pytest.mark.django_db
def test_the_description_is_served_to_everybody(client: Any) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1")
    assert set(answer.json()["components"]["securitySchemes"]) == {"Token", "Session"}


@pytest.mark.django_db
@pytest.mark.usefixtures("packs", "kept_open")
def test_nothing_that_is_sent_brings_a_500_or_an_answer_that_is_not_described() -> None:
    message()
    description = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", Quiet())
    everybody = callers()
    faults = [
        f"{who}: {fault}"
        for operation in (found.ok() for found in description.get_all_operations())
        for who, fault in faults_of(operation, everybody)
    ]
    assert faults == []


def faults_of(operation: Any, everybody: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """What is wrong with an operation: for each caller the first thing found."""
    for mode in MODES:
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # nothing there that could be sent wrong
        asking = everybody if mode is GenerationMode.POSITIVE else SENDING_WRONG
        yield from _faults(operation, mode, {who: everybody[who] for who in asking}).items()


def _faults(operation: Any, mode: GenerationMode, asking: dict[str, dict[str, str]]) -> dict[str, str]:
    """Everybody sends the same: making it up takes longer than answering it."""
    faults: dict[str, str] = {}

    @EXAMPLES
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        for who, headers in asking.items():
            try:
                case.call_and_validate(headers=headers, checks=CHECKS)
            except (Exception, BaseExceptionGroup) as error:
                found = getattr(error, "exceptions", [error])
                faults.setdefault(who, f"{operation.label}: " + "; ".join(str(one)[:600] for one in found))

    with suppress(Unsatisfiable):  # no such input exists
        ask()
    return faults
