"""The reader's own words, kept in a data file beside it."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words() -> dict[str, Any]:
    """Everything the data file holds."""
    text = files("tuoyu.policy.reading").joinpath("data/words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def regional() -> dict[str, str]:
    """Words of another region and ours."""
    return dict(words()["regional"])


@cache
def surnames() -> str:
    """Surnames as a class of characters for a pattern."""
    return "".join(words()["names"]["surnames"].split())


@cache
def usual() -> frozenset[str]:
    """The characters policy writing uses."""
    text = files("tuoyu.policy.reading").joinpath("data/usual.txt").read_text(encoding="utf-8")
    return frozenset("".join(text.split()))


@cache
def official() -> re.Pattern[str]:
    """The words of policy writing."""
    return re.compile("|".join(words()["policy"]["words"]))


@cache
def unofficial() -> re.Pattern[str]:
    """Words of what is numbered as documents are and is none."""
    return re.compile("|".join(words()["policy"]["never"]))
