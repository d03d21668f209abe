"""`tuoyu keys`: the keys of encrypted fields."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tuoyu.core import keyring, rotation

app = typer.Typer(help="The keys of encrypted fields.", no_args_is_help=True)

console = Console(stderr=True)


@app.command("list")
def list_keys() -> None:
    """The keys present, and how many values rest on each."""
    used = rotation.in_use()
    table = Table("key", "values", "")
    for use in ("field", "lookup"):
        for version in keyring.versions(use):
            newest = "in use" if version == keyring.newest(use) else ""
            table.add_row(f"{use}-{version}", f"{used.get((use, version), 0):,}", newest)
    Console().print(table)


@app.command("rotate")
def rotate() -> None:
    """New keys for encrypted fields and lookups; every value is rewritten. Goes on where it stopped."""
    if rotation.begin():
        typer.echo(f"New keys field-{keyring.newest('field')} and lookup-{keyring.newest('lookup')} made.")
    else:
        typer.echo("A rotation was interrupted; it goes on.")
    with _bars() as progress:
        done = rotation.run(progress)
    typer.echo(f"{done:,} values rewritten. Keep the old keys as long as backups made with them are kept.")


@app.command("retire")
def retire(use: str, version: int) -> None:
    """Set an old key aside that no value rests on any more (USE is `field` or `lookup`)."""
    if use not in ("field", "lookup"):
        raise typer.BadParameter("USE is field or lookup")
    rotation.retire("field" if use == "field" else "lookup", version)
    typer.echo(f"{use}-{version} is now retired-{use}-{version}; backups made with it still need it.")


@contextmanager
def _bars() -> Iterator[rotation.Progress]:
    """A bar for each column; its length is what was left when the command began."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bars:
        tasks = {str(c): bars.add_task(str(c), total=rotation.remaining(c)) for c in rotation.columns()}
        yield lambda column, done: bars.advance(tasks[column], done)
