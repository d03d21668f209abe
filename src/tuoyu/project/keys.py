"""Keys of an installation. They live outside the database and outside every backup."""

import contextlib
import os
import secrets
from pathlib import Path


def key_folder(var: Path) -> Path:
    """The folder that holds this installation's keys (environment `TUOYU_KEYS`, else `var/keys`)."""
    return Path(os.environ.get("TUOYU_KEYS", var / "keys"))


def secret(var: Path, name: str) -> str:
    """One secret of this installation, made at first use and readable by its owner only."""
    return made_once(key_folder(var) / name, secrets.token_urlsafe(50))


def made_once(path: Path, content: str) -> str:
    """What `path` says, which is `content` if nothing was there.

    Two processes that make it at once end up with the same: a file appears whole or not at all, and never
    takes the place of one that is there.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


def secret_key(var: Path) -> str:
    """Django's signing key."""
    return secret(var, "django")
