"""What a draft is: the pack as data, and what a person must look at."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mark:
    """Something a person must look at.

    `where` is kind, id and field, parted by blanks: "clause 二.(一).1 capabilities", "target 3 indicator"
    (targets, duties, seats, gaps and settings count from 1), "department 市卫健委 key", "document date".
    """

    where: str
    message: str

    @property
    def kind(self) -> str:
        """What it is about: clause, target, duty, seat, department, document, gap, setting, procedure."""
        return self.where.partition(" ")[0]

    @property
    def id(self) -> str:
        """Which one of its kind; empty for the document itself."""
        return " ".join(self.where.split(" ")[1:-1])

    @property
    def field(self) -> str:
        """The field of it."""
        return self.where.rpartition(" ")[2]


@dataclass(frozen=True)
class Draft:
    """A pack nobody has looked at yet: `content` has the keys and the form of a stored pack version."""

    content: dict[str, Any]
    marks: tuple[Mark, ...]
