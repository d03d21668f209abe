"""A sheet somebody filled in: read apart from the server, within bounds, every defect told at once."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from django.conf import settings

from tuoyu.core.apart import Apart, NotDone
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.spreadsheets.opening import BOUNDS
from tuoyu.core.spreadsheets.sheets import Defect, Sheet
from tuoyu.core.uploads import Handed, tidy_name

MOST_SECONDS = 30

_reader = Apart("tuoyu.core.spreadsheets.apart", seconds=MOST_SECONDS, at_once=2)


class NotReadable(Refused):
    """The file could not be read at all; `code` stays the same whatever the sentence says."""

    def __init__(self, code: str, message: str, fix: str = "", status: int = 422) -> None:
        self.code = code
        super().__init__(Problem(message, field="file", rule_key=f"file.{code}", fix=fix), status=status)


@dataclass(frozen=True)
class Read:
    """What a sheet said: the numbers of its rows, its columns by key, and everything wrong with it.

    Where a cell is wrong its column holds it as it stood. `peak` is the memory the reading took, in KiB.
    """

    numbers: Sequence[int]
    columns: dict[str, list[Any]]
    defects: tuple[Defect, ...] = ()
    peak: int = 0

    @cached_property
    def wrong(self) -> frozenset[int]:
        """The numbers of the rows in which something is wrong."""
        return frozenset(defect.row for defect in self.defects)

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each row with its number."""
        keys = list(self.columns)
        for number, values in zip(self.numbers, zip(*self.columns.values(), strict=True), strict=True):
            yield number, dict(zip(keys, values, strict=True))

    def good(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The rows with nothing wrong."""
        return ((number, row) for number, row in self.rows() if number not in self.wrong)

    def with_defects(self, more: Sequence[Defect]) -> "Read":
        """The same with what else was found wrong, in the order of the rows."""
        both = sorted((*self.defects, *more), key=lambda defect: defect.row)
        return replace(self, defects=tuple(both))

    def as_json(self) -> dict[str, Any]:
        return {
            "numbers": list(self.numbers),
            "columns": self.columns,
            "defects": [list(asdict(defect).values()) for defect in self.defects],
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Read":
        defects = tuple(Defect(*defect) for defect in told["defects"])
        return cls(told["numbers"], told["columns"], defects, told.get("peak", 0))


def content_of(file: Handed) -> tuple[bytes, str]:
    """What a file holds and how it is called; NotReadable (413) when it is larger than an upload may be."""
    data = file.read(settings.UPLOAD_LIMIT + 1)
    if len(data) > settings.UPLOAD_LIMIT:
        limit = settings.UPLOAD_LIMIT // (1024 * 1024)
        fix = "请分成几个文件，或删去图片等无关内容。"
        raise NotReadable("too_large", f"文件超过{limit}MB，没有读取。", fix, status=413)
    return data, tidy_name(file.name or "")


def read(data: bytes, sheet: Sheet, *, seconds: float = MOST_SECONDS) -> Read:
    """Read a workbook as `sheet` describes it; NotReadable, one sentence, where there is nothing to read."""
    bounds = replace(BOUNDS, packed=settings.UPLOAD_LIMIT)
    asked = json.dumps({"sheet": sheet.as_json(), "bounds": asdict(bounds)}, ensure_ascii=False)
    if len(data) > bounds.packed:
        raise NotReadable("too_large", f"文件超过{bounds.packed // (1024 * 1024)}MB，没有读取。", status=413)
    try:
        told = json.loads(_reader.run([], asked.encode() + b"\n" + data, seconds))
    except NotDone as wrong:
        raise _not_done(str(wrong), seconds) from None
    if "unreadable" in told:
        raise NotReadable(*told["unreadable"])
    return Read.from_json(told)


def _not_done(why: str, seconds: float) -> NotReadable:
    if why == "busy":
        return NotReadable("busy", "正在读别的文件，请过一会儿再试。", status=503)
    if why == "slow":
        return NotReadable(
            "slow", f"读了{seconds:g}秒还没有读完，已停止。", "请分成几个文件，或只留需要的内容。"
        )
    return NotReadable(
        "broken", "读到一半出错或超出内存上限，没有读成。", "请把内容复制到本平台的模板里，保存后再上传。"
    )
