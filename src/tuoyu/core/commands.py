"""`tuoyu audit`."""

import json
from typing import Annotated

import typer

from tuoyu.core import seals

app = typer.Typer(help="The audit chain: verify it, seal what is not sealed yet.", no_args_is_help=True)


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False) -> None:
    """Compute the chain anew and say what was changed, taken away or added."""
    report = seals.verify()
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False))
    else:
        for finding in report.findings:
            typer.secho(finding, fg=typer.colors.RED)
        typer.echo(report.summary())
    raise typer.Exit(1 if report.findings else 0)


@app.command()
def seal() -> None:
    """Seal what the worker would seal at its next round."""
    typer.echo(f"{seals.seal()} events sealed.")
