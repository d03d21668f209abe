"""Demonstration data: small, made through the program's own actions; large, made by sets of rows.

Loaded before Django is set up (the command line looks what is here), so nothing is imported yet.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuoyu.project.demo.writing import Progress, Written


def write(size: str = "small", progress: "Progress | None" = None) -> "Written":
    """Write demonstration data of `size`; RealData when somebody's real data is here."""
    from tuoyu.project.demo import writing

    return writing.write(size, progress or writing.silent)


def fill_if_empty() -> None:
    """At the first start of an installation: the small set, where there is nothing and nobody."""
    from tuoyu.project.demo import writing

    writing.fill_if_empty()


def accounts() -> list[tuple[str, str, str]]:
    """The demonstration accounts: label, name, password."""
    from tuoyu.project.demo import writing

    return writing.accounts()
