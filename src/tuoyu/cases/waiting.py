"""What waits for a person besides steps and notices: numbers of higher rooms, counted in the same query.

    waiting.register("alerts", rows)

once, in an AppConfig's ready(). `rows(actor)` gives the rows on the actor's board, each with a `number` (how
many it stands for), or None where the actor has no such board.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from tuoyu.core.actor import Actor

# Nobody reads further than 99+.
MOST_COUNTED = 100

Rows = Callable[[Actor], QuerySet[Any, Any] | None]
_boards: dict[str, Rows] = {}


def register(kind: str, rows: Rows) -> None:
    """Add a board; ValueError when there is one of this kind."""
    if kind in _boards:
        raise ValueError(f"{kind} are counted already")
    _boards[kind] = rows


def boards_of(actor: Actor) -> dict[str, QuerySet[Any, Any]]:
    """The boards of an actor, by kind: their first hundred rows."""
    found = {kind: rows(actor) for kind, rows in _boards.items()}
    return {kind: rows.order_by()[:MOST_COUNTED] for kind, rows in found.items() if rows is not None}
