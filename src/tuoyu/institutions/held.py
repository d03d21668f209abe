"""What other rooms of the platform hold of an institution, so that no form of this one asks for it again.

    held.register("workforce", staff_held)

once, in an AppConfig's ready(). What is held is shown with the register it is from, and mended there; it is
asked only of an institution of which nobody holds it. `asking.note` counts an input that asks for it anyway.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tuoyu.institutions.models import Institution
from tuoyu.institutions.provenance import Known, Statement
from tuoyu.institutions.vocabulary import GroundKind


@dataclass(frozen=True)
class Held:
    """A value as a register has it on a day, what the register is called, and where it is kept."""

    value: Any
    register: str
    on: date
    address: str

    @property
    def source(self) -> str:
        """The register with its day: 从业人员名册 2026-11-28."""
        return self.statement.in_words

    @property
    def statement(self) -> Statement:
        """Who supplied it: the register, as of the day."""
        return Statement(GroundKind.HELD, self.register, on=self.on)


# Of an institution on a day, by fact; what a register says nothing of is left out.
Holder = Callable[[Institution, date], Mapping[str, Held]]
_holders: dict[str, Holder] = {}


def register(room: str, holder: Holder) -> None:
    """Add what a room holds; ValueError when it has said so already."""
    if room in _holders:
        raise ValueError(f"{room} holds its facts already")
    _holders[room] = holder


def held_of(institution: Institution, on: date) -> dict[str, Held]:
    """What other rooms hold of an institution on a day, by fact."""
    return {key: one for holder in _holders.values() for key, one in holder(institution, on).items()}


def known_of(institution: Institution, on: date) -> dict[str, Known]:
    """The same as what is known, each with its source."""
    return {key: Known(key, one.value, one.statement) for key, one in held_of(institution, on).items()}
