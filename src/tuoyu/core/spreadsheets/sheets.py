"""What a sheet holds, said once: its template is written from this, and what comes back is checked by it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tuoyu.core.problems import Problem

# The column in which a file of wrong rows says what is wrong; it is not read when the file comes back.
REMARKS = "存在的问题"
MOST_ROWS = 10_000
LONGEST = 200


class Kind(StrEnum):
    """How the cells of a column are read and checked."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    IDENTITY = "identity"
    CREDIT_CODE = "credit_code"
    PHONE = "phone"


# Long numbers are kept as text: a spreadsheet keeps fifteen figures of a number, no more.
FIGURES = (Kind.IDENTITY, Kind.CREDIT_CODE, Kind.PHONE)


@dataclass(frozen=True)
class Column:
    """One column. `label` is its head; `options` are the words of a choice.

    `least`, `most` and `decimals` bound a number, `longest` a text.
    """

    key: str
    label: str
    kind: Kind = Kind.TEXT
    required: bool = False
    options: tuple[str, ...] = ()
    help: str = ""
    example: str = ""
    longest: int = LONGEST
    least: float = 0
    most: float = 1_000_000_000
    decimals: int = 0


@dataclass(frozen=True)
class Sheet:
    """A sheet to be filled in: its columns, what is said of it, which column may not say the same twice,
    and how many rows it may have."""

    name: str
    columns: tuple[Column, ...]
    lead: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    rows: int = MOST_ROWS

    def column(self, key: str) -> Column:
        """The column called `key`."""
        return next(column for column in self.columns if column.key == key)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Sheet":
        """The sheet that `as_json` made plain data of."""
        columns = tuple(
            Column(**{**column, "kind": Kind(column["kind"]), "options": tuple(column["options"])})
            for column in told["columns"]
        )
        return cls(told["name"], columns, tuple(told["lead"]), tuple(told["once"]), told["rows"])


@dataclass(frozen=True)
class Defect:
    """One thing wrong in a sheet: the row as the spreadsheet numbers it, the head of the column (empty: the
    whole row), a code that stays, what it is and the way to mend it."""

    row: int
    column: str
    code: str
    message: str
    fix: str = ""

    @property
    def where(self) -> str:
        return f"第{self.row}行" + (f"“{self.column}”" if self.column else "")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_problem(self) -> Problem:
        """The same as every refusal says it."""
        return Problem(f"{self.where}：{self.message}", field="file", fix=self.fix)
