"""`tuoyu check`: everything that must always hold."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from tuoyu.core import checks

app = typer.Typer(help="Check what must always hold.")


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Only these checks (default: all).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Run the checks; exits 1 when one of them found something."""
    chosen = _chosen(names or [])
    results: list[checks.Result] = []
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), console=Console(stderr=True), transient=True
    ) as progress:
        task = progress.add_task("", total=len(chosen))
        for one in chosen:
            progress.update(task, description=one.says)
            results += checks.run([one])
    if as_json:
        typer.echo(json.dumps({"checks": [r.as_json() for r in results]}, ensure_ascii=False, indent=1))
    else:
        _print(results)
    raise typer.Exit(1 if any(result.findings for result in results) else 0)


def _chosen(names: list[str]) -> list[checks.Check]:
    every = checks.every()
    unknown = set(names) - {one.name for one in every}
    if unknown:
        raise typer.BadParameter(f"there is no check {', '.join(sorted(unknown))}")
    return [one for one in every if not names or one.name in names]


def _print(results: list[checks.Result]) -> None:
    for result in results:
        sign, colour = ("✗", typer.colors.RED) if result.findings else ("✓", typer.colors.GREEN)
        typer.secho(f"{sign} {result.name}", fg=colour, nl=False)
        typer.echo(f"  {result.says}  ({result.seconds:.1f} s)")
        for finding in result.findings:
            typer.echo(f"    {finding}")
    wrong = sum(bool(result.findings) for result in results)
    typer.echo(f"{len(results)} checks, {wrong} with findings.")
