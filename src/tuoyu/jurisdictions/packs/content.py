"""A pack that comes as data and not as files: read and checked like the files, beside the packs in force."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tuoyu.jurisdictions.packs.checks import CHECKS, CHECKS_ACROSS, Context
from tuoyu.jurisdictions.packs.positions import Path
from tuoyu.jurisdictions.packs.reading import explained
from tuoyu.jurisdictions.packs.schema import Pack


@dataclass(frozen=True)
class Fault:
    """Something wrong at a path of the content, such as ("target", 3, "unit")."""

    path: Path
    message: str


def read_content(content: Mapping[str, Any], packs: Mapping[str, Pack]) -> tuple[Pack | None, list[Fault]]:
    """The pack that `content` describes and everything wrong with it, alone and against `packs`.

    There is no pack where its very shape is wrong; what is well shaped in it is checked all the same.
    """
    try:
        pack = _pack(content)
    except ValidationError as invalid:
        shaped = [_shaped(error, content) for error in invalid.errors()]
        return None, [*shaped, *_of_the_rest(content, shaped, packs)]
    return pack, _checked(pack, packs)


def _pack(content: Mapping[str, Any]) -> Pack:
    return Pack.model_validate_json(json.dumps(content, ensure_ascii=False))


def _checked(pack: Pack, packs: Mapping[str, Pack]) -> list[Fault]:
    context = Context(pack, {**packs, pack.code: pack}, None)
    found = [Fault(path, message) for check in CHECKS + CHECKS_ACROSS for path, message in check(context)]
    return list(dict.fromkeys(found))


def _of_the_rest(
    content: Mapping[str, Any], shaped: Sequence[Fault], packs: Mapping[str, Pack]
) -> list[Fault]:
    """What is wrong in the entries that are well shaped, at their places in the whole."""
    bad = {fault.path[:2] for fault in shaped}
    kept = {
        name: [at for at in range(len(rows)) if (name, at) not in bad]
        for name, rows in content.items()
        if isinstance(rows, list)
    }
    try:
        rest = _pack({**content, **{name: [content[name][at] for at in kept[name]] for name in kept}})
    except ValidationError:  # what is wrong stands outside the entries
        return []
    # A clause that was set aside is not missing.
    without = {name for name, places in kept.items() if len(places) < len(content[name])}
    found = [
        fault for fault in _checked(rest, packs) if not ("clause" in without and "clause" in fault.path[1:])
    ]
    return [Fault(_moved(fault.path, kept), fault.message) for fault in found]


def _moved(path: Path, kept: Mapping[str, list[int]]) -> Path:
    section, at = (*path, "", "")[:2]
    if isinstance(at, int) and section in kept:
        return (section, kept[str(section)][at], *path[2:])
    return path


def _shaped(error: ErrorDetails, content: Mapping[str, Any]) -> Fault:
    path, message = explained(error, content)
    # What is missing stands nowhere; its field is told all the same.
    missing = error["loc"][-1:] if error["type"] == "missing" else ()
    return Fault((*path, *missing), message)
