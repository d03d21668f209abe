"""A list on A4, set with typst: its heads on every page, pages numbered."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from tuoyu.project.list_files.shown import Shown
from tuoyu.project.list_files.workbook import widths

# How many figures fit beside each other on an upright page.
UPRIGHT = 105
RUN = re.compile(r"[!-~]{8,24}(?![!-~])")
LONG = re.compile(r"[!-~]{25,}")
HERE = Path(__file__).parent
FONTS = Path(settings.ROOT) / "src" / "tuoyu" / "project" / "fonts"


def paper(shown: Shown, notes: Sequence[str]) -> bytes:
    """The list as a PDF; lying on its side when it has many columns."""
    columns = shown.columns()
    wide = [
        max(min(usual, 30.0), _unbroken(shown, label))
        for label, usual in zip(columns, widths(shown), strict=True)
    ]
    content = {
        "title": shown.title,
        "notes": list(notes),
        "heads": columns,
        "widths": wide,
        "rows": [[LONG.sub(_breakable, row.get(label, "")) for label in columns] for row in shown.rows],
        "figures": [label in shown.figures for label in columns],
        "lying": sum(wide) > UPRIGHT,
    }
    made = _compiler().compile(format="pdf", sys_inputs={"list": json.dumps(content, ensure_ascii=False)})
    if not isinstance(made, bytes):
        raise TypeError("a list is one file")
    return made


def _unbroken(shown: Shown, label: str) -> float:
    """How much room the longest code or number under a head needs on one line."""
    return max((len(run) + 3.0 for row in shown.rows for run in RUN.findall(row.get(label, ""))), default=0.0)


def _breakable(match: re.Match[str]) -> str:
    """An address or the like, longer than a line may be: it may be broken anywhere."""
    return "\u200b".join(match[0])


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = [str(FONTS)] if FONTS.is_dir() else []
    return typst.Compiler(str(HERE / "list.typ"), root=str(HERE), font_paths=fonts)
