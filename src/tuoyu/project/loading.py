"""Loading the program without looking for rubbish in it."""

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
