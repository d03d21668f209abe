"""Conventions nobody has to remember."""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

import tuoyu
from tuoyu.core import kernel_checks

OURS = sorted(app.name for app in apps.get_app_configs() if app.name.startswith("tuoyu."))

# Addresses whose access is declared elsewhere, and where. This list may only shrink.
DECLARED_ELSEWHERE = {
    "ninja.": "each operation of the API names its scope; a test of `exchange` walks them",
    "allauth.": "sign-in belongs to people who have not signed in; allauth guards the rest itself",
    "django.contrib.staticfiles.": "the static files of a development server are public",
}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        else:
            yield route, entry


def test_every_address_says_who_may_come_in() -> None:
    silent = [
        f"{route} ({entry.callback.__module__})"
        for route, entry in addresses()
        if not getattr(entry.callback, "access", "")
        and not entry.callback.__module__.startswith(tuple(DECLARED_ELSEWHERE))
    ]
    assert silent == []


def test_every_reason_given_for_access_says_something() -> None:
    empty = [
        route
        for route, entry in addresses()
        if (access := getattr(entry.callback, "access", None)) and not access.partition(":")[2].strip()
    ]
    assert empty == []


def modules(name: str) -> Iterator[ModuleType]:
    """The module `name` of every app, with what is inside where it is a package."""
    for app in OURS:
        if find_spec(f"{app}.{name}"):
            module = import_module(f"{app}.{name}")
            yield module
            for inner in iter_modules(getattr(module, "__path__", [])):
                yield import_module(f"{module.__name__}.{inner.name}")


def public_functions(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, member in vars(module).items():
        if inspect.isfunction(member) and member.__module__ == module.__name__ and not name.startswith("_"):
            yield f"{module.__name__}.{name}", member


# Says by whom, or writes, and is no action itself. This list may only shrink.
PARTS_OF_ACTIONS = {
    "tuoyu.accounts.actions.codes.send_code": "the code is sent after the action that made it has ended",
    "tuoyu.accounts.actions.seats.check_giver": "asks for permission on behalf of three actions",
    "tuoyu.accounts.actions.seats.place_in_seat": "the row that two actions, in two files, both write",
    "tuoyu.exchange.actions.acknowledge": "a second click is no error, so it asks before it acts",
    "tuoyu.institutions.actions.applications.channel_of": "asks in whose name two actions begin",
    "tuoyu.institutions.actions.facts.move_state": "a part of every action that moves a filing",
    "tuoyu.institutions.actions.facts.state_classes": "a part of every action that says what its classes are",
    "tuoyu.institutions.actions.facts.state_facts": "a part of every action that says what an institution is",
    "tuoyu.institutions.actions.facts.state_new": "a part of the action that takes in many at once",
    "tuoyu.workforce.actions.employments.hire": "that it was asked stays written though the hire is refused",
    "tuoyu.institutions.actions.kindergartens.record_kindergarten": "a part of filing a kindergarten's class",
    "tuoyu.institutions.actions.provision.open_as_applied": "a part of filing an employer's place",
    "tuoyu.institutions.actions.provision.write_provision": "what registration and filing both write",
    "tuoyu.institutions.actions.registrations.create": "the row that two actions, in two files, both write",
    "tuoyu.institutions.actions.registrations.state_given": "the same, of what an application says",
    "tuoyu.institutions.actions.registrations.take_over": "what two decisions of a filing both write",
}
WRITES = re.compile(r"\.(save|create|bulk_create|bulk_update|update_or_create|get_or_create|delete)\(")


def among_actions() -> Iterator[tuple[str, Any]]:
    for module in modules("actions"):
        if module.__name__ != "tuoyu.core.actions":
            yield from public_functions(module)


def test_every_public_function_among_actions_that_writes_or_says_by_whom_is_one() -> None:
    """What is shared between the files of a package may stand beside them, as long as it only reads."""
    wrong = [
        name
        for name, function in among_actions()
        if not getattr(function, "is_action", False)
        and name not in PARTS_OF_ACTIONS
        and ("by" in inspect.signature(function).parameters or WRITES.search(inspect.getsource(function)))
    ]
    assert wrong == []


def test_every_action_is_keyword_only_and_says_by_whom() -> None:
    for name, function in among_actions():
        if getattr(function, "is_action", False):
            parameters = inspect.signature(function).parameters
            assert all(p.kind is p.KEYWORD_ONLY for p in parameters.values()), name
            assert "by" in parameters, name


def names_in(condition: models.Q) -> set[str]:
    found = set()
    for child in condition.children:
        found |= names_in(child) if isinstance(child, models.Q) else {str(child[0]).split("__")[0]}
    return found


def has_constraint(model: type[models.Model], *fields: str) -> bool:
    return any(
        set(fields) <= names_in(constraint.condition)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, models.Q)
    )


def test_every_moment_with_a_person_has_a_constraint_that_ties_them() -> None:
    """`decided_at` and `decided_by` are both there or both not. The person may be tied by the label under
    which it was known, since the program itself has no account."""
    loose = []
    for model, at, by in kernel_checks.pairs():
        stem = at.name.removesuffix("_at")
        persons = (by.name, f"{by.name}_label", f"{stem}_label")
        if at.null and not any(has_constraint(model, at.name, person) for person in persons):
            loose.append(f"{model._meta.label}: {at.name}, {by.name}")
    assert loose == []


def test_every_model_of_ours_reads_as_something() -> None:
    mute = [
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith("tuoyu.")
        and model.__module__.endswith(".models")
        and model.__str__ is models.Model.__str__
    ]
    assert mute == []


@pytest.mark.parametrize("word", ["utils", "helpers", "helper", "misc", "manager", "managers", "common"])
def test_no_file_is_named_after_nothing(word: str) -> None:
    assert not list(Path(tuoyu.__path__[0]).rglob(f"{word}.py"))
