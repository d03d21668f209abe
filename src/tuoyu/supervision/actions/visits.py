"""The visit: it begins, and what inspectors found comes in, now or late from a phone, each thing once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from tuoyu.cases.notices import tell
from tuoyu.core import audit, clock, texts, uploads
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.copying import next_numbers
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.core.uploads import Handed
from tuoyu.institutions.standing import heads_of
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.supervision import visits
from tuoyu.supervision.models import Answer, Assignment, Evidence, Inspection, Part, Signature
from tuoyu.supervision.permissions import INSPECT
from tuoyu.supervision.rules.checklists import checklist_for
from tuoyu.supervision.rules.visits import counting, moment_of
from tuoyu.supervision.vocabulary import InspectionState, Side, Verdict

PHOTOGRAPHS = ("jpg", "png")
NOT_BEGUN = "检查还没有开始。"
OVER = "检查结果已经确认或检查已取消，不能再改。"
FOREIGN = "这个编号已用于另一次检查。"


@dataclass(frozen=True)
class Mark:
    """That something was done on the phone: the visit begun, the part finished."""

    key: UUID
    at: datetime


@dataclass(frozen=True)
class AnswerGiven:
    """An answer as a phone kept it; `saw` is the answer that stood there when it was given."""

    key: UUID
    item: str
    verdict: Verdict
    said_at: datetime
    note: str = ""
    saw: UUID | None = None


@dataclass(frozen=True)
class SignatureGiven:
    """A signature, or a refusal to sign; an inspector's names the assignment."""

    key: UUID
    side: Side
    signed_at: datetime
    name: str = ""
    assignment: int | None = None
    strokes: Sequence[Sequence[Sequence[int]]] = ()
    refused: bool = False
    reason: str = ""
    witness: str = ""


@dataclass(frozen=True)
class VisitTold:
    """What a phone sends at once; `sent_at` by its own clock."""

    sent_at: datetime
    begun: Mark | None = None
    answers: Sequence[AnswerGiven] = ()
    signatures: Sequence[SignatureGiven] = ()
    finished: Mark | None = None


@dataclass
class Received:
    """What is kept here now, by key, however often it came; and what cannot be kept, with the reason."""

    has: list[UUID] = field(default_factory=list)
    refused: dict[UUID, str] = field(default_factory=dict)


@action
def begin(*, by: Actor, inspection: Inspection, begun_at: datetime | None = None) -> Inspection:
    """Begin the visit: the checklist in force that day is frozen into it, and the institution is told.

    Raises Overtaken when it began already.
    """
    require(by, INSPECT, inspection)
    moment = min(begun_at or clock.now(), clock.now())
    on = moment.astimezone(clock.BEIJING).date()
    book = jurisdictions.book(inspection.division_code, on)
    move(
        inspection,
        from_=InspectionState.PLANNED,
        to=InspectionState.UNDERWAY,
        begun_at=moment,
        pack=jurisdictions.version_for_case(inspection.division_code, on),
        checklist_version=checklist_for(book, inspection.institution.kind).version,
        items=visits.items_on(inspection, on),
    )
    after = {"checklist": inspection.checklist_version, "items": len(inspection.items)}
    audit.record(
        by,
        "inspection.begun",
        inspection,
        topic=inspection.topic,
        place=inspection.division_code,
        after=after,
    )
    offices = "、".join(
        visits.office_of(part.department, part.division_code) for part in inspection.parts.all()
    )
    words = (
        f"{offices}于 {on} 到“{inspection.institution.name}”现场检查，检查编号 {inspection.number}。"
        "请如实提供情况；结果确认后在“检查”里查看。"
    )
    for user_id in heads_of(inspection.institution_id):
        tell(user_id, "现场检查通知", words, place=inspection.division_code)
    return inspection


@action
def receive(*, by: Actor, inspection: Inspection, told: VisitTold) -> Received:
    """Take in what an inspector's phone kept. Sent again it changes nothing; what is wrong is refused thing
    by thing, so that nothing else waits for it."""
    require(by, INSPECT, inspection)
    held = _held(inspection)
    received, now = Received(), clock.now()
    if told.begun is not None:
        _begin(by, held, told.begun, moment_of(told.begun.at, told.sent_at, now), received)
    part = _part_of(by, held)
    _keep_answers(by, held, part, told, received, now)
    for given in told.signatures:
        _keep_signature(by, held, given, moment_of(given.signed_at, told.sent_at, now), received)
    if told.finished is not None:
        _finish(by, held, part, told.finished, moment_of(told.finished.at, told.sent_at, now), received)
    audit.record(by, "visit.received", held, topic=held.topic, place=held.division_code,
                 after={"kept": len(received.has), "refused": len(received.refused)})  # fmt: skip
    return received


def _held(inspection: Inspection) -> Inspection:
    """The inspection, one phone at a time."""
    return Inspection.objects.select_for_update(of=("self",)).select_related("institution").get(
        pk=inspection.pk
    )  # fmt: skip


def _part_of(by: Actor, inspection: Inspection) -> Part:
    mine = Assignment.objects.get(inspection=inspection, user=by.user_id)
    return inspection.parts.get(department=mine.department)


def _begin(by: Actor, held: Inspection, mark: Mark, moment: datetime, received: Received) -> None:
    if held.state == InspectionState.PLANNED:
        begin(by=by, inspection=held, begun_at=moment)
    if held.state == InspectionState.CANCELLED:
        received.refused[mark.key] = OVER
    else:
        received.has.append(mark.key)


def _closed(held: Inspection) -> str:
    """Why nothing more is taken in; empty while it is."""
    if held.state == InspectionState.UNDERWAY:
        return ""
    return NOT_BEGUN if held.state == InspectionState.PLANNED else OVER


def _keep_answers(
    by: Actor, held: Inspection, part: Part, told: VisitTold, received: Received, now: datetime
) -> None:
    standing = list(Answer.objects.filter(part__inspection=held))
    known = {one.key for one in standing}
    foreign = _foreign(Answer, held, "part__inspection", [one.key for one in told.answers])
    mine = {item["key"]: item["department"] == part.department for item in held.items}
    new: dict[UUID, Answer] = {}
    numbers = iter(next_numbers(Answer, len(told.answers)))
    for given in sorted(told.answers, key=lambda one: one.said_at):
        refusal = FOREIGN if given.key in foreign else _closed(held)
        if not refusal and not mine.get(given.item):
            refusal = "这一项由其他部门检查。" if given.item in mine else "这一项不在本次检查表里。"
        if given.key in known:
            received.has.append(given.key)
        elif refusal:
            received.refused[given.key] = refusal
        else:
            said_at = moment_of(given.said_at, told.sent_at, now)
            made = _answer(next(numbers), by, part, given, said_at, standing, new)
            standing.append(made)
            known.add(made.key)
            new[made.key] = made
            received.has.append(made.key)
    Answer.objects.bulk_create(new.values())


def _foreign(model: Any, held: Inspection, path: str, keys: list[UUID]) -> set[UUID]:
    """Those of `keys` that another inspection uses: no phone of ours makes one twice."""
    rows = model.objects.filter(key__in=keys).exclude(**{path: held.pk})
    return set(rows.values_list("key", flat=True))


def _answer(
    number: int,
    by: Actor,
    part: Part,
    given: AnswerGiven,
    said_at: datetime,
    standing: Iterable[Answer],
    new: dict[UUID, Answer],
) -> Answer:
    note = texts.tidy(given.note).strip()[:1000]
    current = counting(standing).get(given.item)
    if given.saw in new:
        # Said on the same phone a moment later: what the first did not know of, the second did not either.
        unseen = new[given.saw].crossed
    else:
        unseen = current if current is not None and current.key != given.saw else None
    if unseen is not None and (unseen.verdict, unseen.note) == (given.verdict, note):
        unseen = None
    return Answer(
        pk=number,
        part=part,
        item=given.item,
        verdict=given.verdict,
        note=note,
        key=given.key,
        said_at=said_at,
        received_at=clock.now(),
        user_id=by.user_id or 0,
        user_label=by.label,
        crossed=unseen,
    )


def _keep_signature(
    by: Actor, held: Inspection, given: SignatureGiven, moment: datetime, received: Received
) -> None:
    if Signature.objects.filter(inspection=held, key=given.key).exists():
        received.has.append(given.key)
        return
    assignment = held.assignments.select_related("user").filter(pk=given.assignment or 0).first()
    refusal = _closed(held) or _wrong_signature(given, assignment)
    if _foreign(Signature, held, "inspection", [given.key]):
        refusal = FOREIGN
    if refusal:
        received.refused[given.key] = refusal
        return
    Signature.objects.create(
        inspection=held,
        side=given.side,
        assignment=assignment if given.side == Side.INSPECTOR else None,
        name=assignment.user.name if assignment and given.side == Side.INSPECTOR else _line(given.name, 60),
        strokes=[] if given.refused else [list(map(list, stroke)) for stroke in given.strokes],
        refused=given.refused,
        reason=_line(given.reason, 200) if given.refused else "",
        witness=_line(given.witness, 60) if given.refused else "",
        key=given.key,
        signed_at=moment,
        received_at=clock.now(),
        taken_by_id=by.user_id or 0,
        taken_label=by.label,
    )
    received.has.append(given.key)


def _line(text: str, most: int) -> str:
    return " ".join(texts.tidy(text).split())[:most]


def _wrong_signature(given: SignatureGiven, assignment: Assignment | None) -> str:
    if given.side == Side.INSPECTOR:
        if assignment is None:
            return "签字的检查人员不在本次检查的名单里。"
        if given.refused:
            return "拒绝签字只适用于被检查机构。"
    elif not _line(given.name, 60):
        return "请写明被检查机构签字人（或拒绝签字人）的姓名。"
    if given.refused and not (_line(given.reason, 200) and _line(given.witness, 60)):
        return "拒绝签字须写明理由和见证人。"
    if not given.refused and sum(len(stroke) for stroke in given.strokes) < 2:
        return "还没有签字。"
    return ""


def _finish(
    by: Actor, held: Inspection, part: Part, mark: Mark, moment: datetime, received: Received
) -> None:
    answered = set(Answer.objects.filter(part=part).values_list("item", flat=True))
    left = [i for i in held.items if i["department"] == part.department and i["key"] not in answered]
    if part.done_at is not None:
        received.has.append(mark.key)
    elif refusal := _closed(held) or (f"还有 {len(left)} 项没有答复。" if left else ""):
        received.refused[mark.key] = refusal
    else:
        Part.objects.filter(pk=part.pk, done_at=None).update(done_at=moment, done_label=by.label)
        audit.record(by, "inspection.part_done", held, topic=held.topic, place=held.division_code,
                     after={"department": part.department})  # fmt: skip
        received.has.append(mark.key)


@action
def add_evidence(
    *,
    by: Actor,
    inspection: Inspection,
    key: UUID,
    item: str,
    taken_at: datetime,
    sent_at: datetime,
    file: Handed,
) -> Evidence:
    """Keep a photograph of what was seen at an item; sent again it is the same one.

    Refused with 409 while nothing may be taken in, with 422 when it is no photograph.
    """
    require(by, INSPECT, inspection)
    held = _held(inspection)
    found = Evidence.objects.filter(key=key).select_related("part").first()
    if found is None:
        found = _evidence(by, held, key, item, moment_of(taken_at, sent_at, clock.now()), file)
    elif found.part.inspection_id != held.pk:
        raise Refused(FOREIGN, status=409)
    audit.record(by, "evidence.received", held, topic=held.topic, place=held.division_code,
                 after={"item": found.item, "key": str(key)})  # fmt: skip
    return found


def _evidence(
    by: Actor, held: Inspection, key: UUID, item: str, taken_at: datetime, file: Handed
) -> Evidence:
    if closed := _closed(held):
        raise Refused(closed, status=409)
    part = _part_of(by, held)
    if not any(one["key"] == item and one["department"] == part.department for one in held.items):
        raise Refused(Problem("这一项不在本部门的检查表里。", field="item"))
    stored = uploads.store(file=file, by=by, purpose="inspection")
    if stored.kind not in PHOTOGRAPHS:
        raise Refused(Problem("现场照片只能是JPG或PNG图片。", field="file"))
    return Evidence.objects.create(
        part=part,
        item=item,
        file=stored,
        key=key,
        taken_at=taken_at,
        user_id=by.user_id or 0,
        user_label=by.label,
    )
