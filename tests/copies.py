"""The workers of one run make their database once: the first the long way, the others by copying it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

SUFFIX = "original"


class Original:
    """A database nobody works in, which others are copied from; its name stands in a note all workers see."""

    def __init__(self, note: Path) -> None:
        self.note, self.is_ours = note, False

    @property
    def name(self) -> str:
        """Empty as long as none is made."""
        return self.note.read_text()

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        with self.note.open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield

    def keep(self) -> None:
        """Copy the database of this worker, unless one was kept before."""
        if not self.name:
            connection.creation.clone_test_db(SUFFIX, verbosity=0, autoclobber=True)
            self.note.write_text(connection.creation.get_test_db_clone_settings(SUFFIX)["NAME"])
            self.is_ours = True

    def drop(self) -> None:
        """Whoever comes later makes its own."""
        if self.is_ours:
            with self.one_at_a_time():
                self.note.write_text("")
                connection.creation.destroy_test_db(verbosity=0, suffix=SUFFIX)
