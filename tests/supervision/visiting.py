"""Inspections made quickly: two inspectors or more, their phones, and what these send."""

from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts.people import seated
from tuoyu.accounts.actors import actor_for
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.institutions.models import Institution
from tuoyu.supervision import actions, visits
from tuoyu.supervision.models import Evidence, Inspection
from tuoyu.supervision.vocabulary import Origin, Result, Side, Verdict
from workforce import staff

_numbers = count(1)
STROKES = [[[10, 10], [100, 60], [200, 20]]]


def inspector(department: str = "health", county: str = staff.GULOU) -> Actor:
    name = f"inspector-{department}-{next(_numbers)}"
    return actor_for(seated(Role.OFFICER, department, county, username=name))


def scheduled(
    *by: tuple[Actor, str], nursery: Institution | None = None, origin: Origin = Origin.DRAW, **more: Any
) -> Inspection:
    """An inspection by these, each for a department; the first one's leads. Nobody goes alone."""
    where = nursery or staff.nursery()
    county = where.division_code[:6]
    parts: dict[str, list[int]] = {}
    for one, department in by:
        parts.setdefault(department, []).append(int(one.user_id or 0))
    for department, sent in parts.items():
        sent += [int(inspector(department, county).user_id or 0) for _ in range(len(sent), 2)]
    return actions.schedule(
        by=Actor.system("测试"),
        institution=where,
        origin=origin,
        department=next(iter(parts)),
        division_code=county,
        year=clock.today().year,
        parts=parts,
        **more,
    )


def begun(inspection: Inspection, by: Actor) -> Inspection:
    return actions.begin(by=by, inspection=inspection)


def mine(inspection: Inspection, by: Actor) -> list[str]:
    """The items of somebody's part."""
    return [item["key"] for item in visits.for_phone(visits.visit_of(inspection), by)["items"]]


def answer(item: str, verdict: Verdict = Verdict.OK, **more: Any) -> actions.AnswerGiven:
    return actions.AnswerGiven(
        **{"key": uuid4(), "item": item, "verdict": verdict, "said_at": clock.now()} | more
    )


def sent(inspection: Inspection, by: Actor, *answers: actions.AnswerGiven, **more: Any) -> actions.Received:
    """What a phone sends, at once."""
    told = actions.VisitTold(**{"sent_at": clock.now(), "answers": answers} | more)
    return actions.receive(by=by, inspection=inspection, told=told)


def mark() -> actions.Mark:
    return actions.Mark(uuid4(), clock.now())


def answered(inspection: Inspection, by: Actor, *wrong: str) -> None:
    """Every item of somebody's part is answered, those of `wrong` with a defect, and the part is done."""
    given = [
        answer(
            item, Verdict.DEFECT if item in wrong else Verdict.OK, note="看到的情况" if item in wrong else ""
        )
        for item in mine(inspection, by)
    ]
    received = sent(inspection, by, *given, finished=mark())
    assert not received.refused


def signed(inspection: Inspection, by: Actor, **theirs: Any) -> None:
    """Every inspector signs, and the institution; `theirs` says otherwise of the institution."""
    at = clock.now()
    own = [
        actions.SignatureGiven(
            key=uuid4(), side=Side.INSPECTOR, signed_at=at, assignment=one.pk, strokes=STROKES
        )
        for one in inspection.assignments.all()
    ]
    institution = {
        "key": uuid4(), "side": Side.INSTITUTION, "signed_at": at, "name": "园长", "strokes": STROKES,
    } | theirs  # fmt: skip
    received = sent(inspection, by, signatures=[*own, actions.SignatureGiven(**institution)])
    assert not received.refused


def confirmed(
    *wrong: str, nursery: Institution | None = None, result: Result | None = None, **more: Any
) -> Inspection:
    """An inspection by health from the beginning to its result."""
    county = nursery.division_code if nursery else staff.GULOU
    one, other = inspector("health", county), inspector("health", county)
    made = begun(scheduled((one, "health"), (other, "health"), nursery=nursery, **more), one)
    answered(made, one, *wrong)
    signed(made, one)
    return actions.confirm(
        by=one, inspection=made, result=result or (Result.RECTIFY if wrong else Result.PASS)
    )


def photographed(inspection: Inspection, by: Actor, item: str = "fire.exits") -> Evidence:
    """A photograph came in."""
    now = clock.now()
    return actions.add_evidence(
        by=by, inspection=inspection, key=uuid4(), item=item, taken_at=now, sent_at=now, file=photo()
    )


def later(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def photo(name: str = "p.jpg", kind: str = "JPEG", **more: Any) -> SimpleUploadedFile:
    made = BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, kind, **more)
    return SimpleUploadedFile(name, made.getvalue())
