"""Who must hear of it when a person gives up a seat: apps above this one hand over what was in hand."""

from collections.abc import Callable

# Given the user's id; returns how many things were handed over.
Hook = Callable[[int], int]

_hooks: list[Hook] = []


def on_leave(hook: Hook) -> Hook:
    """Call `hook` within the transaction that ends a seat (registered in an AppConfig's ready())."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def hand_over(user_id: int) -> int:
    """Tell every hook that `user_id` gave up a seat; how many things were handed over in all."""
    return sum(hook(user_id) for hook in _hooks)
