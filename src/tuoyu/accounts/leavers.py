"""Who must hear of it when a person gives up a seat: apps above this one hand over what was in hand."""

from collections.abc import Callable

from tuoyu.accounts.models import Membership

# Given the seat that ended; returns how many things were handed over.
Hook = Callable[[Membership], int]

_hooks: list[Hook] = []


def on_leave(hook: Hook) -> Hook:
    """Call `hook` within the transaction that ends a seat (registered in an AppConfig's ready())."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def hand_over(seat: Membership) -> int:
    """Tell every hook that `seat` has ended; how many things were handed over in all."""
    return sum(hook(seat) for hook in _hooks)
