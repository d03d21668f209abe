"""Loading the program, and much else, without looking for rubbish in it all the time."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """What is loaded within the block stays as long as the process: looking for unreachable circles among it,
    again and again while it grows, takes a quarter of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Within the block such circles are seldom looked for: of work that makes millions of things, and lets
    hardly one of them go in a circle, looking is a fifth."""
    kept = gc.get_threshold()
    gc.set_threshold(20_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*kept)
