"""`tuoyu packs`: check the policy packs, show one, load them."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.conf import settings
from rich.console import Console

from tuoyu.core import clock
from tuoyu.core.actor import Actor
from tuoyu.jurisdictions.coverage import STATE_NAMES, Outcomes, State, outcomes, states_of
from tuoyu.jurisdictions.packs import Pack, PacksInvalid, Reading, read_packs
from tuoyu.jurisdictions.packs.drafts import is_draft
from tuoyu.jurisdictions.shown import book_from_files, rules_of, shown

app = typer.Typer(no_args_is_help=True, help="Policy packs: check them, show one, load them.")
Folder = Annotated[Path | None, typer.Option("--packs", help="Another folder of packs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(
    draft: Annotated[Path | None, typer.Argument(help="One more pack, in a folder elsewhere.")] = None,
    packs: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Check the structure of every pack; then list what each clause is bound to and whether it works."""
    if draft is not None and not draft.is_dir():
        typer.echo(f"{draft} 不是文件夹", err=True)
        raise typer.Exit(1)
    reading = _read(packs, also=draft)
    if reading.errors:
        _refuse(reading, as_json)
    found = outcomes()
    summaries = [_summary(pack, found) for pack in _jurisdictions(reading)]
    if as_json:
        typer.echo(json.dumps({"errors": [], "jurisdictions": summaries}, ensure_ascii=False, indent=1))
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[green]{len(reading.packs)} 个政策包，结构没有问题。[/green]")
    for summary in summaries:
        for line in _lines(summary):
            console.print(line)
    if not found.ran:
        console.print("\n还没有这份源代码的测试结果：运行 make test 之后，这里才能说哪些条款已经实现。")


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="320100 or 320100-nanjing")],
    packs: Folder = None,
    as_json: AsJson = False,
    on: Annotated[str, typer.Option("--on", help="Show the rules in force on that day (2026-11-22).")] = "",
) -> None:
    """Show one pack: clauses, targets, duties, seats; with --on also the rules in force on a day."""
    reading = read_packs(packs or Path(settings.PACKS), drafts=False)
    if reading.errors:
        _refuse(reading, as_json)
    pack = _named(reading, code)
    day = _day(on) if on else clock.today()
    book = book_from_files(reading.packs, pack.code, day)
    content: dict[str, Any] = shown(pack, book.vocabulary, outcomes())
    if on:
        content["rules"] = rules_of(book)
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False, indent=1))
        return
    _print(pack, content)


@app.command()
def load(packs: Folder = None) -> None:
    """Load the packs; a running server applies them at its next page."""
    from tuoyu.jurisdictions import actions, versions
    from tuoyu.jurisdictions.models import Origin, PackVersion

    codes = PackVersion.objects.values_list("code", flat=True).distinct()
    before = {code: versions.held(code) for code in codes}
    try:
        loaded = actions.load_packs(root=packs, by=Actor.system("tuoyu packs load"))
    except PacksInvalid as invalid:
        typer.echo(str(invalid), err=True)
        raise typer.Exit(1) from None
    for version in loaded:
        was = before.get(version.code)
        kept = "（在页面采用的，文件没有变，保持不动）" if version.origin == Origin.ADOPTED else ""
        typer.echo(f"{version.code} {version.digest[:12]} 自 {version.active_from} 起{kept}")
        if was and was.origin == Origin.ADOPTED and version.origin == Origin.FILES:
            typer.echo(f"{version.code} 的文件变了，替换了在页面采用的版本 {was.digest[:12]}", err=True)
    for name in _drafts(packs or Path(settings.PACKS)):
        typer.echo(f"{name} 还是草稿，没有装载：tuoyu packs check 列出还差什么", err=True)


def _drafts(root: Path) -> list[str]:
    return sorted(folder.name for folder in root.iterdir() if folder.is_dir() and is_draft(folder))


def _read(packs: Path | None, also: Path | None = None) -> Reading:
    return read_packs(packs or Path(settings.PACKS), also=also)


def _jurisdictions(reading: Reading) -> list[Pack]:
    return [pack for code, pack in sorted(reading.packs.items()) if code != "cn"]


def _refuse(reading: Reading, as_json: bool) -> None:
    if as_json:
        errors = [vars(error) for error in reading.errors]
        typer.echo(json.dumps({"errors": errors}, ensure_ascii=False, indent=1))
    else:
        for error in reading.errors:
            typer.echo(str(error), err=True)
        typer.echo(f"政策包有 {len(reading.errors)} 处问题，没有装载。", err=True)
    raise typer.Exit(1)


def _named(reading: Reading, asked: str) -> Pack:
    pack = reading.packs.get(asked.partition("-")[0])
    if pack is None or asked not in (pack.code, f"{pack.code}-{pack.slug}"):
        known = "、".join(p.code if p.code == "cn" else f"{p.code}-{p.slug}" for p in reading.packs.values())
        typer.echo(f"没有政策包 {asked}；现有：{known}", err=True)
        raise typer.Exit(1)
    return pack


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=clock.BEIJING).date()
    except ValueError:
        typer.echo(f"{text} 不是日期，请写成 2026-11-22", err=True)
        raise typer.Exit(1) from None


def _summary(pack: Pack, found: Outcomes) -> dict[str, Any]:
    states = states_of(pack, found)
    by_state: dict[State, list[str]] = {state: [] for state in STATE_NAMES}
    for clause, state in states.items():
        by_state[state].append(clause)
    return {
        "code": pack.code,
        "name": pack.name,
        "document": pack.title,
        "clauses": len(pack.clause),
        "targets": len(pack.target),
        "duties": len(pack.duty),
        "seats": len(pack.seat),
        "bound": [c.id for c in pack.clause if c.capabilities],
        "unbound": [c.id for c in pack.clause if not c.capabilities and not c.declaratory],
        "states": by_state,
    }


def _lines(summary: dict[str, Any]) -> Iterator[str]:
    yield f"\n[bold]{summary['code']} {summary['name']}[/bold]  《{summary['document']}》"
    parts = (("clauses", "条款"), ("targets", "目标"), ("duties", "职责"), ("seats", "席位"))
    yield "  " + "，".join(f"{name} {summary[part]}" for part, name in parts)
    for state, clauses in summary["states"].items():
        if clauses:
            yield f"  {STATE_NAMES[state]} {len(clauses)}：{'、'.join(clauses)}"
    if summary["unbound"]:
        yield f"  没有对应能力 {len(summary['unbound'])}：{'、'.join(summary['unbound'])}"


def _print(pack: Pack, content: dict[str, Any]) -> None:
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"{pack.code} {pack.name}  《{pack.title}》")
    for clause in content["clauses"]:
        units = "、".join(clause["lead"] + clause["responsible"] + clause["default_responsible"])
        bound = " ".join(clause["capabilities"])
        console.print(f"{clause['id']}  {clause['heading']}  [{STATE_NAMES[clause['state']]}]  {bound}")
        console.print(f"    {clause['summary']}")
        if units:
            console.print(f"    责任单位：{units}")
    for title, section in (("目标", "targets"), ("职责", "duties")):
        console.print(f"\n{title}")
        for entry in content[section]:
            console.print("  " + "  ".join(str(v) for v in entry.values() if v is not None))
    console.print("\n联席会议")
    for seat in content["seats"]:
        console.print(f"  {seat['role']}  {seat['post']}")
    for rule in content.get("rules", ()):
        console.print(f"  {rule['key']} = {rule['value']} {rule['unit_name']}  {rule['source']}")
