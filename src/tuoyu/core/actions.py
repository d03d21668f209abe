"""What an action is: one write, one transaction, by somebody, with its audit event."""

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")

_events: ContextVar[list[str] | None] = ContextVar("events", default=None)


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` an action.

    It takes keyword arguments only, one of them `by`; it runs in one transaction; and it must write an
    audit event, else it is undone with RuntimeError. Raises TypeError when the signature says otherwise.
    """
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is not p.KEYWORD_ONLY for p in parameters):
        raise TypeError(f"{function.__qualname__}: an action takes keyword-only arguments")
    if not any(p.name == "by" and p.default is p.empty for p in parameters):
        raise TypeError(f"{function.__qualname__}: an action needs by=")

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _events.get()
        events: list[str] = []
        token = _events.set(events)
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                if not events:
                    raise RuntimeError(f"{function.__qualname__} wrote no audit event")
        finally:
            _events.reset(token)
        if outer is not None:
            outer.extend(events)
        return result

    run.is_action = True  # type: ignore[attr-defined]
    return run


def note_event(verb: str) -> None:
    """Tell the action under way that an audit event was written for it."""
    events = _events.get()
    if events is not None:
        events.append(verb)
