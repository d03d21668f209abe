"""How an operation of the API is declared: its door, what it answers, and every way it can say no."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest
from ninja import Router

from tuoyu.core.access import actor_of
from tuoyu.exchange.api.doors import CREDENTIALS, Door, demand_csrf
from tuoyu.exchange.api.shapes import Problems

View = Callable[..., Any]
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Declared:
    """One operation as a test reads it."""

    method: str
    path: str
    name: str
    door: Door


DECLARED: list[Declared] = []


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    door: Door,
    ok: Any,
    refuses: tuple[int, ...] = (),
    **more: Any,
) -> Callable[[View], View]:
    """Declare a view as an operation.

    `ok` is what it answers with 200, or a map from status to answer. 400 (no proper request), 404 and
    422 can always happen; behind a door 401 and 403; at a write 409 and 413.
    """
    answers = dict(ok) if isinstance(ok, dict) else {200: ok}
    no = {400, 404, 422, *refuses}
    no |= {401, 403} if door.check else {403} if door.by_browser else set()
    no |= {409, 413} if method in WRITES else set()
    answers |= dict.fromkeys(sorted(no), Problems)

    def declare(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if door.by_browser:
                demand_csrf(request)
            if door.check is not None:
                door.check(actor_of(request))
            return view(request, *args, **kwargs)

        summary, _, rest = (view.__doc__ or "").strip().partition("\n")
        router.api_operation(
            [method],
            path,
            auth=CREDENTIALS if door.check else None,
            response=answers,
            operation_id=f"{view.__module__.rsplit('.', 1)[-1]}_{view.__name__}",
            summary=summary.rstrip("."),
            description="\n".join(p for p in (rest.strip(), f"Access — {door.says}.") if p),
            **more,
        )(run)
        DECLARED.append(Declared(method, path, f"{view.__module__}.{view.__name__}", door))
        return view

    return declare
