"""`tuoyu bench`: measures a page against its floor and says which aim is met."""

import json
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from tuoyu.accounts.models import User
from tuoyu.cases.models import Case, Step
from tuoyu.institutions.models import Institution
from tuoyu.project.bench import alerts, directory, draw, imports, inbox
from tuoyu.project.bench.report import Report
from tuoyu.project.bench.stage import built
from tuoyu.project.demo.commands import Size, progress_bar
from tuoyu.project.demo.writing import Progress

app = typer.Typer(add_completion=False)


class Name(StrEnum):
    """What is measured."""

    DIRECTORY = "directory"
    INBOX = "inbox"
    IMPORT = "import"
    DRAW = "draw"
    ALERTS = "alerts"


RUNS = {
    Name.DIRECTORY: directory.run,
    Name.INBOX: inbox.run,
    Name.IMPORT: imports.run,
    Name.DRAW: draw.run,
    Name.ALERTS: alerts.run,
}


@app.command()
def bench(
    name: Annotated[Name, typer.Argument(help="What to measure.")],
    size: Annotated[Size, typer.Option(help="How much data; made at the first run and kept.")] = Size.NATION,
    requests: Annotated[int, typer.Option(min=5, help="How many requests of each kind.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Measure a page through the whole web application, the API's answer and the raw psycopg floor, in turn.

    It runs in a database of its own beside the installation's (tuoyu_bench_SIZE), one client at a time.
    """
    console = Console(stderr=True, highlight=False)
    with progress_bar(console) as bar:
        task = bar.add_task("Starting", total=None)
        report = measured(
            name,
            str(size),
            requests,
            lambda words, n, of: bar.update(task, description=words, completed=n, total=of),
        )
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        report.show(Console(highlight=False))


def measured(name: Name, size: str, requests: int, progress: Progress) -> Report:
    """Run one benchmark and report."""
    with built(size, progress) as stage:
        held = {
            "institutions": Institution.objects.count(),
            "cases": Case.objects.count(),
            "steps": Step.objects.count(),
            "people": User.objects.count(),
        }
        report = Report(str(name), size, held)
        progress("Measuring", 0, 1)
        RUNS[name](stage, report, requests)
        progress("Done", 1, 1)
    return report
