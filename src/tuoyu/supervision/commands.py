"""`tuoyu draw`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from tuoyu.supervision.rules import draws

app = typer.Typer(help="Draws of inspections: repeat one from its published file.", no_args_is_help=True)


@app.callback()
def draw() -> None:
    """Draws of inspections."""


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The file of a round, as it was published.")],
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Draw again from the file alone, and say whatever does not match; exit code 1 when something does not.

    That the value is the one announced, whoever announced it can tell: the file names it and its moment.
    """
    read, wrong = _read(file)
    found = wrong or draws.wrong_in(read)
    if as_json:
        typer.echo(json.dumps({"matches": not found, "wrong": found, **_told(read)}, ensure_ascii=False))
    else:
        for sentence in found:
            typer.secho(sentence, fg=typer.colors.RED)
        if not found:
            typer.echo(_summary(read))
    raise typer.Exit(1 if found else 0)


def _read(file: Path) -> tuple[object, list[str]]:
    try:
        return json.loads(file.read_text(encoding="utf-8")), []
    except OSError as error:
        return None, [f"打不开文件{file}：{error.strerror}。"]
    except (ValueError, RecursionError):
        return None, [f"文件{file}不是有效的JSON。"]


def _told(read: object) -> dict[str, object]:
    if not isinstance(read, dict):
        return {}
    return {key: read.get(key) for key in ("pool_sha256", "value", "seed")}


def _summary(read: object) -> str:
    assert isinstance(read, dict)
    pool = draws.read_pool(read["pool"])
    return (
        f"相符：名单{len(pool.institutions):,}家（哈希值{read['pool_sha256'][:16]}…）封存于{pool.frozen_at}，"
        f"早于种子（{pool.seed_source}，{pool.seed_moment}，数值{read['value']}）；"
        f"按种子重算，抽中的{len(read['drawn']):,}家和检查人员都相同。"
    )
