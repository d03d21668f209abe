"""Sheets as an office fills them in."""

import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.people import actor
from tuoyu.accounts.models import User
from tuoyu.core.identifiers import USCC_ALPHABET, credit_code
from tuoyu.core.problems import Refused
from tuoyu.core.spreadsheets.apart import readout
from tuoyu.core.spreadsheets.reading import Read
from tuoyu.core.spreadsheets.writing import filled
from tuoyu.imports import actions, kinds
from tuoyu.imports.models import Import

WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def uscc(number: int, division: str = "320106") -> str:
    """The credit code of the organisation with this number."""
    body = f"MJ{number:06d}"
    total = sum(int(c, 36) * w for c, w in zip(body, WEIGHTS, strict=True))
    start = f"52{division}{body}{'0123456789X0'[11 - total % 11]}"
    for check in USCC_ALPHABET:
        try:
            return credit_code(start + check)
        except Refused:
            continue
    raise ValueError(start)


def nursery(number: int, **changed: Any) -> dict[str, Any]:
    """One row of the sheet of institutions filed before."""
    return {
        "name": f"第{number}家托育园",
        "uscc": uscc(number),
        "kind": "托育机构",
        "nature": "非营利性",
        "legal_form": "社会服务机构（民办非企业单位）",
        "place": "320106 江苏省南京市鼓楼区",
        "address": f"中山北路{number}号",
        "registrar": "民政部门",
        "registration_number": f"民证字{number:06d}",
        "registered_on": "2021-05-20",
        "receipt_number": f"托备旧{number:06d}",
        "receipt_issued_on": "2021-06-01",
        "filing": "已备案",
        "verified_on": "2021-06-10",
        "places": 60,
        "care_types": "全日托、半日托",
        "inclusive": "是",
        "representative": "王某某",
        "phone": "025-83000000",
        **changed,
    }


def file_of(user: User, kind: str, *rows: Mapping[str, Any]) -> SimpleUploadedFile:
    """The template for this person with rows in it, as a browser sends it."""
    return SimpleUploadedFile("台账.xlsx", filled(kinds.kind(kind).sheet(actor(user)), rows))


def brought(user: User, kind: str, *rows: Mapping[str, Any]) -> Import:
    """A file read, checked and kept, without a process of its own."""
    by, importer = actor(user), kinds.kind(kind)
    data = filled(importer.sheet(by), rows)
    told = readout(BytesIO(data).read(), importer.sheet(by))
    told.pop("unpacked")
    checked = importer.check(Read.from_json(told), by)
    digest = hashlib.sha256(repr(rows).encode()).hexdigest()
    return actions.keep(by=by, importer=importer, checked=checked, file_name="台账.xlsx", file_digest=digest)
