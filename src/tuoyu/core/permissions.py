"""One registry of permissions. A declaration answers both "may I?" and "what may I see?"."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Exists, Model, OuterRef, Q, QuerySet, Value, When
from django.http import Http404

from tuoyu.core.actor import Actor, Role, Seat
from tuoyu.core.apps import load_from_every_app

M = TypeVar("M", bound=Model)
Reach = Callable[[Actor, Seat], Q]


def anything(actor: Actor, seat: Seat) -> Q:
    """Every row: for what a role may do whatever the object."""
    return Q()


def any_seat(seat: Seat) -> bool:
    """Every seat of the role."""
    return True


@dataclass(frozen=True)
class Grant:
    """A role may, on the rows that `reach` describes; `relation` says the same to a reader.

    A seat that `of` turns down gives nothing: for what not every seat of a role may do at all.
    """

    role: Role
    reach: Reach = anything
    relation: str = "all"
    of: Callable[[Seat], bool] = any_seat


@dataclass(frozen=True)
class Permission:
    """Something that may be done to rows of `model` ("app.Model"), or, without one, at all."""

    key: str
    model: str | None
    grants: tuple[Grant, ...]
    says: str

    def __str__(self) -> str:
        return self.key


REGISTRY: dict[str, Permission] = {}


def declare(key: str, says: str, grants: Iterable[Grant], model: str | None = None) -> Permission:
    """Declare a permission once; raises ValueError when its key is taken."""
    if key in REGISTRY:
        raise ValueError(f"permission {key} is declared twice")
    REGISTRY[key] = Permission(key, model, tuple(grants), says)
    return REGISTRY[key]


def reach_of(actor: Actor, permission: Permission) -> Q | None:
    """The condition on rows under which `actor` has `permission`; None when it never has."""
    if actor.is_system:
        return Q()
    conditions = [grant.reach(actor, seat) for grant, seat in _given(actor, permission)]
    if not conditions:
        return None
    reach = conditions[0]
    for condition in conditions[1:]:
        # An empty Q means every row, but Q() | Q(x) is Q(x).
        reach = Q() if not reach or not condition else reach | condition
    return reach


def _given(actor: Actor, permission: Permission) -> Iterator[tuple[Grant, Seat]]:
    """The grants of `permission` that count for `actor`, each with the seat it counts for."""
    for grant in permission.grants:
        for seat in _seats_for(actor, grant.role):
            if grant.of(seat):
                yield grant, seat


def _seats_for(actor: Actor, role: Role) -> tuple[Seat, ...]:
    if role is Role.PUBLIC:
        return (Seat(Role.PUBLIC, prefixes=("",)),)
    return actor.seats_as(role)


def visible_to(actor: Actor, permission: Permission, rows: QuerySet[M]) -> QuerySet[M]:
    """Those of `rows` on which `actor` has `permission`."""
    reach = reach_of(actor, permission)
    return rows.none() if reach is None else rows.filter(reach)


def can(actor: Actor, permission: Permission, obj: Model | None = None) -> bool:
    """Whether `actor` has `permission`, on `obj` where the permission is about rows."""
    if obj is None:
        return actor.is_system or any(True for _ in _given(actor, permission))
    reach = reach_of(actor, permission)
    if reach is None:
        return False
    return type(obj)._default_manager.filter(pk=obj.pk).filter(reach).exists()


def which(actor: Actor, permissions: Iterable[Permission], obj: Model) -> frozenset[str]:
    """The keys of those `permissions` that `actor` has on `obj`, asked in one query."""
    asked = tuple(permissions)
    manager = type(obj)._default_manager
    answers = columns(actor, asked, manager.filter(pk=OuterRef("pk")))
    if not answers:
        return frozenset()
    row = manager.filter(pk=obj.pk).annotate(**answers).values(*answers).first() or {}
    return frozenset(p.key for p in asked if row.get(column_of(p)))


def columns(actor: Actor, permissions: Iterable[Permission], rows: QuerySet[Any, Any]) -> dict[str, Exists]:
    """Columns of a query (`column_of`) that say which of `permissions` the actor has on `rows`, tied to the
    outer row with an OuterRef; none for one it has on nothing."""
    reaches = {column_of(p): reach_of(actor, p) for p in permissions}
    return {name: Exists(rows.filter(reach)) for name, reach in reaches.items() if reach is not None}


def column_of(permission: Permission) -> str:
    """What the column of a permission is called."""
    return "may_" + permission.key.replace(".", "_")


def require(actor: Actor, permission: Permission, obj: Model | None = None) -> None:
    """Raise PermissionDenied unless `actor` has `permission` on `obj`."""
    if not can(actor, permission, obj):
        raise PermissionDenied(f"此操作需要权限：{permission.says}")


def get_visible(actor: Actor, permission: Permission, rows: QuerySet[M], **lookup: Any) -> M:
    """The one row of `rows` that `lookup` names and `actor` may see; Http404 otherwise."""
    found = visible_to(actor, permission, rows).filter(**lookup).first()
    if found is None:
        raise Http404
    return found


def opened(
    actor: Actor, permission: Permission, rows: QuerySet[M], *asked: Permission, **lookup: Any
) -> tuple[M, frozenset[str]]:
    """The same row, and the keys of those permissions `asked` that `actor` has on it, in one query."""
    answers = columns(actor, asked, rows.model._default_manager.filter(pk=OuterRef("pk")))
    found = get_visible(actor, permission, rows.annotate(**answers), **lookup)
    return found, frozenset(p.key for p in asked if getattr(found, column_of(p), False))


def table() -> list[tuple[str, str, str]]:
    """Every (permission, role, relation), sorted: what people read and a test compares."""
    load_from_every_app("permissions")
    return sorted((p.key, g.role.value, g.relation) for p in REGISTRY.values() for g in p.grants)


def holds(actor: Actor, permission: Permission) -> Case:
    """The same condition as a column of a query: whether `actor` has `permission` on each row."""
    reach = reach_of(actor, permission)
    if reach is None or not reach:
        return Case(default=Value(reach is not None), output_field=BooleanField())
    return Case(When(reach, then=Value(True)), default=Value(False), output_field=BooleanField())
