"""`tuoyu coverage`: which clause works where, by the last test run."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console

from tuoyu.jurisdictions.coverage import STATE_NAMES, outcomes, table
from tuoyu.jurisdictions.packs import read_packs

app = typer.Typer(help="Per jurisdiction and clause: capability, scenario that proves it, passed or not.")


@app.command()
def coverage(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every clause with its capabilities, the scenarios that ran for them, and its state."""
    reading = read_packs(Path(settings.PACKS), drafts=False)
    if reading.errors:
        typer.echo("\n".join(map(str, reading.errors)), err=True)
        raise typer.Exit(1)
    found = outcomes()
    packs = [pack for code, pack in sorted(reading.packs.items()) if code != "cn"]
    rows = table(packs, found)
    if as_json:
        typer.echo(json.dumps({"clauses": rows}, ensure_ascii=False, indent=1))
        return
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for pack in packs:
        own = [row for row in rows if row["jurisdiction"] == pack.code]
        counted = Counter(row["state"] for row in own)
        counts = "，".join(
            f"{name} {counted[state]}" for state, name in STATE_NAMES.items() if counted[state]
        )
        console.print(f"{pack.code} {pack.name}：{counts}")
        for row in own:
            scenarios = "、".join(dict.fromkeys(s["scenario"] for s in row["scenarios"]))
            bound = " ".join(row["capabilities"])
            console.print(f"  {row['id']}  {STATE_NAMES[row['state']]}  {bound}  {scenarios}".rstrip())
    if not found.ran:
        console.print("还没有这份源代码的测试结果：先运行 make test。")
