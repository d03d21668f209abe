"""What a kind of case means: each domain app registers a handler for its procedures."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from django import forms

from tuoyu.cases.models import Case, Step
from tuoyu.core.actor import Actor


@dataclass(frozen=True)
class FormPage:
    """One page of what the applicant handed in, with its fields, so that a remark can be pinned."""

    key: str
    label: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Material:
    """What an officer reads before deciding: a template of the domain app and its context."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


class DecisionOffered(NamedTuple):
    """One way to decide a step, in the words of its matter; `value` is approve, defects or refuse."""

    value: str
    label: str
    help: str = ""


class Handler(Protocol):
    """A domain app's part in its cases. Everything here runs inside the engine's transaction.

    A handler may have `words` of its own (notices.py), and `offered(step)`, the decisions a step of its has
    where they are not the usual three.
    """

    def on_opened(self, case: Case, by: Actor) -> None: ...

    def on_approved(self, case: Case, step: Step, by: Actor, result: Mapping[str, Any]) -> None:
        """Carry out what the step's approval brings about; may raise Refused, which undoes the decision."""

    def on_refused(self, case: Case, step: Step, by: Actor, reason: str) -> None: ...

    def on_returned(self, case: Case, by: Actor) -> None: ...

    def on_withdrawn(self, case: Case, by: Actor) -> None: ...

    def pages(self, case: Case) -> Sequence[FormPage]: ...

    def material(self, case: Case, actor: Actor) -> Material: ...

    def sources(self, case: Case) -> Sequence[tuple[str, str]]:
        """The rules a remark may rest on: pairs of rule key and how it is cited."""

    def shown(self, page: str, field: str, value: Any) -> str:
        """A submitted value in words, for showing what a resubmission changed."""

    def result_form(self, step: Step, data: Mapping[str, Any] | None = None) -> forms.Form | None:
        """The form of what approving `step` must state (a registration number …), if anything."""

    def applicant_url(self, case: Case) -> str:
        """Where the applicant mends and reads the case."""

    def payload(self, case: Case, step: Step) -> dict[str, Any]:
        """What is pushed to other departments once `step` is approved; no identity numbers."""


_handlers: dict[str, Handler] = {}


def register(procedure: str, handler: Handler) -> None:
    """Let `handler` serve the cases of `procedure`."""
    _handlers[procedure] = handler


def offered_at(handler: Handler, step: Step) -> Sequence[DecisionOffered]:
    """The decisions a step has in words of its own; none where the usual ones serve."""
    own: Callable[[Step], Sequence[DecisionOffered]] | None = getattr(handler, "offered", None)
    return own(step) if own else ()


def handler_of(case: Case) -> Handler:
    """The handler of a case; KeyError when no app serves its procedure."""
    return _handlers[case.procedure]
