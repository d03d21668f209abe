"""What departments are called: one key, many written forms."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from tuoyu.jurisdictions.packs.schema import Department, DepartmentName, Pack

LEVEL_SIGNS = "区市省县"


def stripped(written: str) -> str:
    """A written form without its level sign, taken off once: 市市场监管局 → 市场监管局."""
    return written[1:] if written[:1] and written[0] in LEVEL_SIGNS else written


@dataclass(frozen=True)
class Vocabulary:
    """The departments one jurisdiction speaks of: its own names first, then those it inherits.

    `written` holds the forms as the documents write them, `bare` the same without a level sign.
    """

    departments: "dict[str, Department]"
    own: "dict[str, DepartmentName]"
    written: dict[str, str]
    bare: dict[str, str]

    @classmethod
    def of(cls, line: "Iterable[Pack]") -> Self:
        """The vocabulary of a pack and the packs above it, nearest first."""
        packs = tuple(line)
        departments = {d.key: d for pack in reversed(packs) for d in pack.department}
        national = {form: d.key for d in departments.values() for form in (d.name, d.short, *d.forms)}
        own = {name.key: name for name in packs[0].name_of}
        written: dict[str, str] = {}
        bare: dict[str, str] = {}
        for name in (n for pack in packs for n in pack.name_of):
            for form in (name.display, *name.forms):
                written.setdefault(form, name.key)
                # 市场监管局 begins with a level sign that is none: the national list knows it whole.
                bare.setdefault(form if form in national else stripped(form), name.key)
        return cls(departments, own, written, national | bare)

    @property
    def keys(self) -> frozenset[str]:
        """Every department key."""
        return frozenset(self.departments)

    def key_of(self, written: str) -> str | None:
        """The key behind a written form, with or without its level sign; None when unknown."""
        written = written.strip()
        return self.written.get(written) or self.bare.get(written) or self.bare.get(stripped(written))

    def generic(self, key: str) -> str:
        """The national name of a department: 卫生健康部门."""
        department = self.departments.get(key)
        return department.name if department else key

    def name(self, key: str, place: str, *, own: bool, full: bool = False) -> str:
        """What a department is called at a place.

        With `own` the place is the jurisdiction whose document names it; elsewhere it is called by the
        name the document gives one level down, or generically, after the place.
        """
        written = self.own.get(key)
        if own and written:
            return joined(place, written.display) if full else written.display
        if written and written.lower:
            return joined(place, written.lower)
        return place + self.generic(key)


def joined(place: str, display: str) -> str:
    """A place and a department's name as one: 南京市 + 市卫健委 → 南京市卫健委."""
    if display.startswith("团"):
        return f"共青团{place}委"
    return place + stripped(display)
