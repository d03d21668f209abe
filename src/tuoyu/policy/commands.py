"""`tuoyu policy`: read a policy document, draft a pack from it."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from tuoyu.jurisdictions.packs.drafts import is_draft
from tuoyu.policy.reading import Reading, read_file
from tuoyu.policy.scaffolding import Draft, draft_of, files_of

app = typer.Typer(no_args_is_help=True, help="Policy documents: read one, draft a pack from it.")
Document = Annotated[Path, typer.Argument(help="A txt, docx or text pdf.")]
KINDS = {
    "document": "文件", "department": "单位", "clause": "条款", "target": "目标", "duty": "职责",
    "seat": "席位", "gap": "空白", "setting": "设定", "procedure": "流程",
}  # fmt: skip


@app.callback()
def policy() -> None:
    """Policy documents."""


@app.command()
def read(
    file: Document,
    compact: Annotated[bool, typer.Option("--compact", help="On one line.")] = False,
) -> None:
    """Read a policy document and print what it says as JSON."""
    reading = read_file(file)
    typer.echo(json.dumps(reading.as_json(), ensure_ascii=False, indent=None if compact else 1))


@app.command()
def scaffold(
    file: Document,
    code: Annotated[str, typer.Option("--code", help="The division, six digits: 330100.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="The folder to write; packs/<code>-<slug> without it.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write over an earlier draft; what was corrected in it is lost.")
    ] = False,
) -> None:
    """Write the draft of a pack from a policy document, everything uncertain marked for a person."""
    reading = read_file(file)
    draft = draft_of(reading, code=code)
    packs = Path(settings.PACKS)
    folder = to or packs / f"{draft.content['code']}-{draft.content['slug']}"
    _write(folder, files_of(draft.content, draft.marks), force=force)
    in_place = folder.resolve().parent == packs.resolve()
    for line in _told(reading, draft, folder, in_place=in_place):
        typer.echo(line)


def _write(folder: Path, files: dict[str, str], *, force: bool) -> None:
    """Write a draft where nothing stands, or with `force` over an earlier draft; nothing else goes."""
    if folder.exists() and not folder.is_dir():
        _refuse(f"{folder} 是一个文件，请换一个文件夹。")
    present = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    if present and not force:
        _refuse(f"{folder} 里已有内容，没有改动；确要覆盖先前的草稿，加 --force。")
    if present and not is_draft(folder):
        _refuse(f"{folder} 不是草稿，没有改动：已核对完的政策包不能覆盖，请换一个文件夹。")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in present:
            if name.endswith(".toml") and name not in files:
                (folder / name).unlink()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        _refuse(f"{folder} 写不进去（{error.strerror}）。")


def _refuse(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def _told(reading: Reading, draft: Draft, folder: Path, *, in_place: bool) -> Iterator[str]:
    """What was drafted, what is uncertain, and what to do next."""
    content, marks = draft.content, draft.marks
    clauses = content.get("clause", [])
    bound = sum(bool(clause.get("capabilities")) for clause in clauses)
    declaratory = sum(bool(clause.get("declaratory")) for clause in clauses)
    units = {form for name in content.get("name_of", ()) for form in name["forms"]}
    doubtful = [mark for mark in marks if mark.kind == "department"]
    unknown = [mark for mark in doubtful if mark.id not in units]
    targets = content.get("target", [])
    reused = sum("也用" in m.message or "相近" in m.message for m in marks if m.where.startswith("target "))
    yield f"草稿写到 {folder}：{content['name']}，继承 {content['inherits']}。"
    yield f"  条款 {len(clauses)}：{bound} 条拟了能力，{declaratory} 条拟作宣示性。"
    near = f"（存疑 {len(doubtful) - len(unknown)}）" if len(doubtful) > len(unknown) else ""
    yield f"  单位 {len(units) + len(unknown)} 种写法：对上词汇表 {len(units)}{near}，不认识 {len(unknown)}。"
    for mark in unknown:
        yield f"    {mark.id}"
    duties, seats = len(content.get("duty", ())), len(content.get("seat", ()))
    yield f"  目标 {len(targets)}：{reused} 项沿用已有指标；职责 {duties}，席位 {seats}。"
    counted = Counter(mark.kind for mark in marks)
    parts = "，".join(f"{KINDS[kind]} {number}" for kind, number in counted.items())
    yield f"  待人核对 {len(marks)} 处：{parts}。"
    for warning in reading.warnings:
        yield f"  {warning}"
    check = "tuoyu packs check" if in_place else f"tuoyu packs check {folder}"
    yield "接下来：对照原文改文件里的“待概括”“待填写”，逐条核对“# 待核：”并删去注释，"
    yield f"再运行 {check}；没有问题后用 tuoyu packs load 装载。"
