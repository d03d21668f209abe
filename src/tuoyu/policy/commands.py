"""`tuoyu policy`: read a policy document."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tuoyu.policy.reading import read_file

app = typer.Typer(no_args_is_help=True, help="Policy documents: read one.")


@app.callback()
def policy() -> None:
    """Policy documents."""


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="A txt, docx or text pdf.")],
    compact: Annotated[bool, typer.Option("--compact", help="On one line.")] = False,
) -> None:
    """Read a policy document and print what it says as JSON."""
    reading = read_file(file)
    typer.echo(json.dumps(reading.as_json(), ensure_ascii=False, indent=None if compact else 1))
