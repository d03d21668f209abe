"""State changes are compare-and-set: of two that come at once, one wins and the other is told."""

from typing import Any

from django.db.models import Model

from tuoyu.core.problems import Overtaken


def move(obj: Model, *, from_: str | tuple[str, ...], to: str, field: str = "state", **also: Any) -> None:
    """Move `obj` from one of `from_` to `to`, setting `also` in the same statement.

    The row is changed only if it still stands where it is thought to stand; otherwise `Overtaken` is
    raised and nothing is changed. Must run inside an action, which writes the audit event.
    """
    old = (from_,) if isinstance(from_, str) else from_
    rows = type(obj)._default_manager.filter(pk=obj.pk, **{f"{field}__in": old})
    if rows.update(**{field: to}, **also) != 1:
        raise Overtaken
    for name, value in {field: to, **also}.items():
        setattr(obj, name, value)
