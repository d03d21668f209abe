"""What other rooms, and the later stages of this one, do when an inspection ends or a sanction is final.

    hooks.after_confirmed("rectification", open_rectification)

once, in an AppConfig's ready(). A hook runs in the transaction of what it follows; what it raises undoes it.
"""

from collections.abc import Callable

from tuoyu.core.actor import Actor
from tuoyu.institutions.models import Institution
from tuoyu.supervision.models import Correction, Inspection, Sanction
from tuoyu.workforce.models import Person

Confirmed = Callable[[Actor, Inspection], None]
Corrected = Callable[[Actor, Correction], None]
Sanctioned = Callable[[Actor, Institution, Person | None, Sanction], None]
Overturned = Callable[[Actor, Sanction], None]

_confirmed: dict[str, Confirmed] = {}
_corrected: dict[str, Corrected] = {}
_sanctioned: dict[str, Sanctioned] = {}
_overturned: dict[str, Overturned] = {}


def after_confirmed(name: str, function: Confirmed) -> None:
    """Have `function` called with every inspection that is confirmed; a name is registered once."""
    _confirmed[name] = function


def after_corrected(name: str, function: Corrected) -> None:
    """Have `function` called with every correction of a confirmed result; a name is registered once."""
    _corrected[name] = function


def after_sanction(name: str, function: Sanctioned) -> None:
    """Have `function` called with the institution, the person responsible (where one is named) and the
    sanction, once it is final: a penalty when delivered, a revocation or a ban when decided."""
    _sanctioned[name] = function


def after_overturned(name: str, function: Overturned) -> None:
    """Have `function` called with every final sanction that is overturned."""
    _overturned[name] = function


def tell_confirmed(by: Actor, inspection: Inspection) -> None:
    """Call everybody who waits for confirmed inspections."""
    for function in _confirmed.values():
        function(by, inspection)


def tell_corrected(by: Actor, correction: Correction) -> None:
    """Call everybody who waits for corrected results."""
    for function in _corrected.values():
        function(by, correction)


def tell_sanctioned(by: Actor, sanction: Sanction) -> None:
    """Call everybody who waits for final sanctions."""
    for function in _sanctioned.values():
        function(by, sanction.institution, sanction.responsible, sanction)


def tell_overturned(by: Actor, sanction: Sanction) -> None:
    """Call everybody who waits for sanctions that are overturned."""
    for function in _overturned.values():
        function(by, sanction)
