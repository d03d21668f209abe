"""Keys of an installation. They live outside the database and outside every backup."""

import os
import secrets
from pathlib import Path


def key_folder(var: Path) -> Path:
    """The folder that holds this installation's keys (environment `TUOYU_KEYS`, else `var/keys`)."""
    return Path(os.environ.get("TUOYU_KEYS", var / "keys"))


def secret_key(var: Path) -> str:
    """Django's signing key, made at first use and readable by its owner only."""
    folder = key_folder(var)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "django"
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text().strip()
