"""Papers the authority issues, set with typst: receipt, conditions notice, notice of non-conformity."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.urls import reverse

from tuoyu.core import uploads
from tuoyu.core.actor import Actor
from tuoyu.core.models import StoredFile
from tuoyu.institutions import policy
from tuoyu.institutions.models import Certificate, Institution
from tuoyu.institutions.vocabulary import CareType, ClassType, Kind
from tuoyu.jurisdictions.names import place_name

HERE = Path(__file__).parent / "typst"
# Copied there by the build of the front end; without them a Noto font of the system serves.
FONTS = Path(settings.ROOT) / "src" / "tuoyu" / "project" / "fonts"
NAME, CODE, ADDRESS = SETTLED = ("机构名称", "统一社会信用代码", "机构地址")
WORDING = {
    Certificate.Kind.RECEIPT: "receipt",
    Certificate.Kind.CONDITIONS_NOTICE: "conditions_notice",
    Certificate.Kind.REFUSAL_NOTICE: "nonconforming_notice",
}


@dataclass
class _Printed:
    """A finished file, handed over like one that was uploaded."""

    name: str | None
    body: BytesIO

    def read(self, size: int = -1, /) -> bytes:
        return self.body.read(size)


def verification_address(code: str) -> str:
    """Where anyone can see whether a paper is genuine and still good."""
    # Asked of this app's own addresses: who only prints papers need not load every page and the whole API.
    return settings.PUBLIC_ADDRESS + reverse("verify", "tuoyu.institutions.urls", args=[code])


def content_of(
    kind: Certificate.Kind,
    institution: Institution,
    *,
    number: str,
    issuer: str,
    issued_on: date,
    code: str,
    reasons: str = "",
) -> dict[str, Any]:
    """What a paper says, as plain data."""
    key = WORDING[kind]
    keys = (f"{key}.family_point", key) if institution.kind == Kind.FAMILY_POINT else (key,)
    return {
        "title": kind.label,
        "number": number,
        "issuer": issuer,
        "issued_on": f"{issued_on.year}年{issued_on.month}月{issued_on.day}日",
        "name": institution.name,
        "facts": facts_of(institution),
        "lines": list(policy.wording_at(institution.division_code, *keys)),
        "reasons": reasons,
        "code": code,
        "address": verification_address(code),
    }


def facts_of(institution: Institution) -> list[tuple[str, str]]:
    """What a paper says of an institution beside its name, as pairs of label and words."""
    words = dict(ClassType.choices)
    classes = "、".join(str(words[t]) for t in institution.class_types)
    return [
        (CODE, institution.uscc or "—"),
        ("机构性质", f"{institution.get_nature_display()}，{institution.get_legal_form_display()}"),
        (ADDRESS, place_name(institution.division_code) + institution.address),
        ("法定代表人（负责人）", institution.representative or "—"),
        ("服务范围", "、".join(str(CareType(t).label) for t in institution.care_types) or "—"),
        ("班型与托位", f"{classes}，共{institution.places}个托位"),
    ]


def said_by(certificate: Certificate) -> list[tuple[str, str]]:
    """What a paper said on the day it was issued: the institution's name first, or whose paper it is."""
    content = certificate.content
    now = certificate.institution
    facts = content.get("facts") or facts_of(now)
    name = (content.get("name_label", NAME), content.get("name") or now.name)
    return [name, *((label, words) for label, words in facts)]


def says_what_is_so(certificate: Certificate) -> bool:
    """Whether everything a paper says of the institution is still so."""
    now = certificate.institution
    return said_by(certificate) == [(NAME, now.name), *facts_of(now)]


def changed_since(certificate: Certificate) -> list[tuple[str, str, str]]:
    """What an institution is called and where it is, where that is not what a paper said: label, then, now.

    The rest of a paper tells of its day; who represents the institution now is not told to whoever holds an
    old paper.
    """
    institution = certificate.institution
    now = {NAME: institution.name, **dict(facts_of(institution))}
    return [
        (label, then, now[label])
        for label, then in said_by(certificate)
        if label in SETTLED and now[label] != then
    ]


def printed(kind: Certificate.Kind, content: dict[str, Any], *, by: Actor, name: str) -> StoredFile:
    """The paper as a stored PDF."""
    return uploads.store(file=_Printed(name, BytesIO(pdf_of(content))), by=by, purpose=f"certificate:{kind}")


def pdf_of(content: dict[str, Any]) -> bytes:
    """The paper as a PDF of one A4 page (more when the notice is long)."""
    mark = BytesIO()
    segno.make(content["address"], error="m").save(mark, kind="svg", border=1)
    given = {"paper": json.dumps(content, ensure_ascii=False), "qr": mark.getvalue().decode()}
    made = _compiler().compile(format="pdf", sys_inputs=given)
    if not isinstance(made, bytes):
        raise TypeError("a paper is one file")
    return made


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    fonts = [str(FONTS)] if FONTS.is_dir() else []
    return typst.Compiler(str(HERE / "paper.typ"), root=str(HERE), font_paths=fonts)
