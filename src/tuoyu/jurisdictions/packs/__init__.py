"""Policy packs: what a jurisdiction's documents say, as data. `docs/packs.md` describes the format."""

from tuoyu.jurisdictions.packs.reading import PackError, PacksInvalid, Reading, read_packs
from tuoyu.jurisdictions.packs.schema import (
    Checklist,
    Clause,
    Pack,
    Procedure,
    Route,
    Rule,
    Setting,
    Step,
    Value,
)

__all__ = [
    "Checklist",
    "Clause",
    "Pack",
    "PackError",
    "PacksInvalid",
    "Procedure",
    "Reading",
    "Route",
    "Rule",
    "Setting",
    "Step",
    "Value",
    "read_packs",
]
