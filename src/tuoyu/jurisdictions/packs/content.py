"""A pack that comes as data and not as files: read and checked like the files, beside the packs in force."""

import json
from collections.abc import Mapping
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

    There is no pack where its very shape is wrong.
    """
    try:
        pack = Pack.model_validate_json(json.dumps(content, ensure_ascii=False))
    except ValidationError as invalid:
        return None, [_shaped(error, content) for error in invalid.errors()]
    context = Context(pack, {**packs, pack.code: pack}, None)
    found = [Fault(path, message) for check in CHECKS + CHECKS_ACROSS for path, message in check(context)]
    return pack, list(dict.fromkeys(found))


def _shaped(error: ErrorDetails, content: Mapping[str, Any]) -> Fault:
    path, message = explained(error, content)
    # What is missing stands nowhere; its field is told all the same.
    missing = error["loc"][-1:] if error["type"] == "missing" else ()
    return Fault((*path, *missing), message)
