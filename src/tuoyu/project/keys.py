"""Keys of an installation. They live outside the database and outside every backup."""

import contextlib
import os
import secrets
from pathlib import Path


def key_folder(var: Path) -> Path:
    """The folder that holds this installation's keys (environment `TUOYU_KEYS`, else `var/keys`)."""
    return Path(os.environ.get("TUOYU_KEYS", var / "keys"))


def secret(var: Path, name: str, *, make: bool = True) -> str:
    """One secret of this installation, made at first use and readable by its owner only.

    Two processes that make it at once end up with the same one: a new secret appears whole or not at
    all, and never takes the place of one that is there.
    """
    folder = key_folder(var)
    path = folder / name
    if not path.exists() and make:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(50))
            new.flush()
            os.fsync(new.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def secret_key(var: Path) -> str:
    """Django's signing key."""
    return secret(var, "django")
