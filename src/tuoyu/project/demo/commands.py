"""`tuoyu demo`: demonstration data of a size, with progress that is true."""

import json
import time
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tuoyu.project.demo import databases, write

app = typer.Typer(add_completion=False)


class Size(StrEnum):
    """How much."""

    SMALL = "small"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


@app.command()
def demo(
    size: Annotated[
        Size, typer.Option(help="How much: 300, 2,000, 8,000 or 100,000 institutions.")
    ] = Size.SMALL,
    into: Annotated[
        str, typer.Option(help="A database beside the installation's own; made if need be.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Say what was written as JSON.")] = False,
) -> None:
    """Make demonstration data, the same for the same day and size.

    Only in an empty database or in one that holds demonstration data already.
    """
    console = Console(stderr=True, highlight=False)
    where: AbstractContextManager[None] = databases.using(into) if into else nullcontext()
    began = time.monotonic()
    with where, progress_bar(console) as bar:
        task = bar.add_task("Starting", total=None)
        done = write(
            str(size), lambda words, n, of: bar.update(task, description=words, completed=n, total=of)
        )
        bar.update(task, description="Done", completed=1, total=1)
    took = round(time.monotonic() - began, 1)
    if as_json:
        typer.echo(json.dumps({"size": done.size, "institutions": done.institutions, "already": done.already,
                               "seconds": took}))  # fmt: skip
    elif done.already:
        typer.echo(
            f"Demonstration data of size {size} is here already ({done.institutions:,} institutions); nothing changed."
        )
    else:
        typer.echo(f"Demonstration data of size {size}: {done.institutions:,} institutions in all, {took} s.")


def progress_bar(console: Console) -> Progress:
    """A bar that says what is being done, how much of it, and for how long."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
