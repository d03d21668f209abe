"""The process is killed (-9) at each statement of a decision: the case is decided whole, or not at all."""

import os
import signal
from typing import Any

import pytest
from django.db import connection

from cases.conftest import NONPROFIT, Remembers, applicant, officer, opened, step
from tuoyu.cases import actions, procedures
from tuoyu.cases.models import Case, Notice
from tuoyu.core.actor import Actor
from tuoyu.core.models import AuditEvent, OutboxMessage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

JIANGXI = {**NONPROFIT, "division_code": "360702"}
NEVER = 10_000


class Death:
    """Kills its own process just before the statement with number `at`, COMMIT included."""

    def __init__(self, at: int) -> None:
        self.at, self.count = at, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        if self.count == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def decide_in_a_child(case: Case, by: Actor, death: int) -> tuple[bool, int]:
    """Decide the registration in a process of its own; whether it survived, and its statements."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        # The parent's connection is not the child's to use or to close.
        connection.connection = None
        killer = Death(death)
        with connection.execute_wrapper(killer):
            actions.decide(by=by, step=step(case, "registration"), decision="approve")
        os.write(writer, str(killer.count).encode())
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(pid, 0)
    statements = int(os.read(reader, 16) or b"0")
    os.close(reader)
    return os.WIFEXITED(status), statements


def whole(case: Case) -> bool:
    """Whether the decision stands, with everything that belongs to it; fails on anything between."""
    registration = step(case, "registration")
    traces = [
        AuditEvent.objects.filter(topic=case.topic, verb="case.step_approved").count(),
        OutboxMessage.objects.filter(key__startswith=case.topic).count(),
        Notice.objects.filter(case=case, title__endswith="已通过").count(),
        int(step(case, "filing").state == "active"),
        int(registration.decided_at is not None),
    ]
    assert traces in ([0] * 5, [1] * 5), f"half a decision: {traces}"
    assert (registration.state == "approved") == (traces == [1] * 5)
    return registration.state == "approved"


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setitem(procedures._handlers, "establishment", Remembers())
    return opened(applicant(), JIANGXI)


def test_a_decision_interrupted_anywhere_leaves_all_or_nothing(waiting: Case) -> None:
    by = officer(step(waiting, "registration").department, "360702")
    for death in range(1, NEVER):
        survived, _ = decide_in_a_child(waiting, by, death)
        decided = whole(waiting)
        assert decided == survived, f"killed at statement {death}"
        if survived:
            break
    assert death > 10, "the decision was interrupted at every one of its statements"
