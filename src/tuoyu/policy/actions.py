"""Writes: a document read into a draft, corrected part by part, left aside, or adopted as a pack."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from pypinyin import Style, lazy_pinyin

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.jurisdictions import actions as jurisdictions
from tuoyu.jurisdictions import queries as packs
from tuoyu.jurisdictions.models import Division, PackVersion
from tuoyu.jurisdictions.packs import Pack
from tuoyu.jurisdictions.permissions import ADOPT_PACK
from tuoyu.jurisdictions.vocabulary import stripped
from tuoyu.policy.drafting import faults, marks, parts
from tuoyu.policy.drafting.fields import taken
from tuoyu.policy.drafting.parts import DEPARTMENTS, HEAD, Part
from tuoyu.policy.models import PolicyDraft
from tuoyu.policy.permissions import DRAFT
from tuoyu.policy.reading import Marked
from tuoyu.policy.scaffolding import Mark, draft_of

State = PolicyDraft.State
CHANGED = "刚刚有人改过这一处，您的修改还没有保存。请对照下面的最新内容，再保存一次。"
CLOSED = "这份识读稿已经{state}，不能再改。"
NEW_DEPARTMENT = "new"
MOST_PARTS = 1000


# ---------------------------------------------------------------- beginning


@action
def begin_draft(
    *, division: Division, marked: Marked, file_name: str, file_digest: str, by: Actor
) -> PolicyDraft:
    """Make a draft of what was read. The same file read again for the same place is the same draft."""
    require(by, ADOPT_PACK, division)
    known = _open_draft(division, file_digest)
    if known is not None:
        audit.record(by, "policy.draft_opened_again", known, place=division.code)
        return known
    loaded = packs.packs_in_force()
    drafted = draft_of(marked.reading, code=division.code, packs=loaded)
    earlier = loaded.get(division.code)
    whole = parts.taken_apart(drafted.content, _units(marked), earlier)
    noted = marks.noted(_asked(drafted.marks, earlier), whole)
    told = [part.as_json() for part in whole]
    now = clock.now()
    draft = PolicyDraft(
        division_code=division.code,
        title=_title(whole, division),
        file_name=file_name[:120],
        file_digest=file_digest,
        segments=[segment.as_json() for segment in marked.segments],
        reading=marked.reading.as_json(),
        proposed=told,
        content=told,
        marks=[mark.as_json() for mark in noted],
        made_by=by.user_id,
        made_by_label=by.label,
        made_at=now,
        changed_by_label=by.label,
        changed_at=now,
    )
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        raise Overtaken("这份文件刚刚已经读过，请在列表里打开它。") from None
    after = {"file": file_digest[:12], "clauses": len(marked.reading.clauses), "marks": len(noted)}
    audit.record(by, "policy.draft_begun", draft, after=after, place=division.code)
    return draft


def _open_draft(division: Division, digest: str) -> PolicyDraft | None:
    rows = PolicyDraft.objects.filter(division_code=division.code, file_digest=digest, state=State.OPEN)
    return rows.first()


def _asked(found: Iterable[Mark], earlier: Pack | None) -> list[Mark]:
    """The marks that still stand where an earlier pack of the place lends its procedures and rules."""
    lent = {name for name in ("procedure", "rule") if earlier and getattr(earlier, name)}
    about = {"procedure establishment clause": "procedure", "document rules": "rule"}
    return [mark for mark in found if about.get(mark.where) not in lent]


def _units(marked: Marked) -> list[str]:
    reading = marked.reading
    written = [u for c in reading.clauses for u in (*c.lead, *c.responsible, *c.default_responsible)]
    return [unit for unit in [*written, *(d.department for d in reading.duties)] if 0 < len(unit) <= 120]


def _title(whole: parts.Parts, division: Division) -> str:
    title = next(str(part.data.get("title", "")) for part in whole if part.key == HEAD)
    return (f"{division.name}的文件（标题待填写）" if title in ("", *marks.OPEN_VALUES) else title)[:200]


# ---------------------------------------------------------------- correcting


@action
def correct(*, draft: PolicyDraft, key: str, given: Mapping[str, Any], seen: int, by: Actor) -> PolicyDraft:
    """Write fields of one part. `seen` is the version the person saw; Overtaken when the part changed since.

    Whoever saves a part has looked at it: its marks are settled, save what is still missing.
    """
    locked, whole = _locked(draft, by)
    part = _part(whole, key)
    data = _departments(part, given) if key == DEPARTMENTS else taken(part.section, given, part.data)
    if part.data == data and not part.gone:
        return _saved(locked, whole, by, key, [], look=True)
    if part.at > seen:
        raise Overtaken(CHANGED)
    fields = sorted(name for name in {**part.data, **data} if part.data.get(name) != data.get(name))
    version = locked.version + 1
    whole = parts.changed(whole, key, version, data=data, gone=False)
    return _saved(locked, whole, by, key, fields, version=version, look=True)


@action
def correct_many(
    *, draft: PolicyDraft, given: Mapping[str, Mapping[str, Any]], seen: int, by: Actor
) -> PolicyDraft:
    """Write fields of several parts at once; all of them or none."""
    locked, whole = _locked(draft, by)
    version, touched, problems = locked.version + 1, [], []
    for key, fields in given.items():
        part = _part(whole, key)
        try:
            data = taken(part.section, fields, part.data)
        except Refused as refused:
            problems += [Problem(p.message, page=key, field=p.field) for p in refused.problems]
            continue
        if data == part.data:
            continue
        if part.at > seen:
            raise Overtaken(CHANGED)
        whole = parts.changed(whole, key, version, data=data)
        touched.append(key)
    if problems:
        raise Refused(problems)
    return _saved(locked, whole, by, " ".join(touched), touched, version=version if touched else 0)


@action
def add_part(
    *, draft: PolicyDraft, section: str, given: Mapping[str, Any], seen: int, by: Actor
) -> tuple[PolicyDraft, str]:
    """Add a clause, target, duty, seat, gap or setting that was missed; the draft and the new key."""
    locked, whole = _locked(draft, by)
    if section not in parts.ENTRIES:
        raise Refused("没有这一类内容可以添加。", status=404)
    if len(whole) >= MOST_PARTS:
        raise Refused(f"一份识读稿最多 {MOST_PARTS} 处内容。")
    data = taken(section, given)
    same = [part for part in whole if part.section == section and part.data == data and not part.gone]
    if same and same[-1].at > seen:  # the form was sent twice
        return _saved(locked, whole, by, same[-1].key, []), same[-1].key
    version = locked.version + 1
    whole, key = parts.added(whole, section, data, version)
    return _saved(locked, whole, by, key, sorted(data), version=version), key


@action
def remove_part(*, draft: PolicyDraft, key: str, seen: int, by: Actor) -> PolicyDraft:
    """Leave a part out; it can be taken back in."""
    return _turn(draft, key, seen, by, gone=True)


@action
def restore_part(*, draft: PolicyDraft, key: str, seen: int, by: Actor) -> PolicyDraft:
    """Take back in what was left out."""
    return _turn(draft, key, seen, by, gone=False)


def _turn(draft: PolicyDraft, key: str, seen: int, by: Actor, *, gone: bool) -> PolicyDraft:
    locked, whole = _locked(draft, by)
    part = _part(whole, key)
    if key in (HEAD, DEPARTMENTS):
        raise Refused("这一部分不能删去。")
    if part.gone == gone:
        return _saved(locked, whole, by, key, [])
    if part.at > seen:
        raise Overtaken(CHANGED)
    version = locked.version + 1
    whole = parts.changed(whole, key, version, gone=gone)
    return _saved(locked, whole, by, key, ["gone"], version=version)


@action
def reread_part(*, draft: PolicyDraft, key: str, seen: int, by: Actor) -> PolicyDraft:
    """Put a part back to what was read; its marks are open again."""
    locked, whole = _locked(draft, by)
    part = _part(whole, key)
    was = next((p for p in parts.parts_of(locked.proposed) if p.key == key), None)
    if was is None:
        raise Refused("这一处是后来添加的，没有识读结果可以恢复；不需要的话请删去。")
    if part.at > seen and part.data != was.data:
        raise Overtaken(CHANGED)
    version = locked.version + 1
    whole = parts.changed(whole, key, version, data=was.data, gone=False)
    numbers = {mark.number for mark in marks.noted_of(locked.marks) if mark.key == key}
    locked.settled = sorted(set(locked.settled) - numbers)
    return _saved(locked, whole, by, key, ["reread"], version=version)


@action
def settle(*, draft: PolicyDraft, key: str, by: Actor) -> PolicyDraft:
    """Say of a part that it is right as it stands."""
    locked, whole = _locked(draft, by)
    _part(whole, key)
    return _saved(locked, whole, by, key, [], look=True)


def _locked(draft: PolicyDraft, by: Actor) -> tuple[PolicyDraft, tuple[Part, ...]]:
    """The draft as it stands now, held until the action ends; Refused when it is closed."""
    require(by, DRAFT, draft)
    locked = PolicyDraft.objects.select_for_update().get(pk=draft.pk)
    if not locked.is_open:
        raise Refused(CLOSED.format(state=locked.get_state_display().removeprefix("已")), status=409)
    return locked, parts.parts_of(locked.content)


def _part(whole: parts.Parts, key: str) -> Part:
    found = next((part for part in whole if part.key == key), None)
    if found is None:
        raise Refused("没有找到这一处。", status=404)
    return found


def _saved(
    locked: PolicyDraft,
    whole: parts.Parts,
    by: Actor,
    key: str,
    fields: list[str],
    *,
    version: int = 0,
    look: bool = False,
) -> PolicyDraft:
    """Write the draft and its event: which part and which fields, never their words."""
    noted = marks.noted_of(locked.marks)
    whole = _with_units(whole, version) if version else whole
    before = list(locked.settled)
    if look:
        looked = marks.lookable(noted, _part(whole, key))
        locked.settled = sorted({*locked.settled, *looked})
    locked.content = [part.as_json() for part in whole]
    locked.version = version or locked.version
    locked.title = _title(whole, Division.objects.get(code=locked.division_code))
    if version or before != locked.settled:
        locked.changed_by_label, locked.changed_at = by.label, clock.now()
        locked.save()
    after = {"part": key, "fields": fields, "version": locked.version}
    audit.record(by, "policy.draft_corrected", locked, after=after, place=locked.division_code)
    return locked


def _with_units(whole: parts.Parts, version: int) -> tuple[Part, ...]:
    """The parts with the list of units brought to what clauses and duties name now."""
    known = dict(_part(whole, DEPARTMENTS).data["units"])
    written = parts.units_written(whole)
    units = [[unit, known.get(unit, "")] for unit in written]
    units += [[unit, key] for unit, key in known.items() if unit not in written and key]
    data = _part(whole, DEPARTMENTS).data
    if units == data["units"]:
        return tuple(whole)
    return parts.changed(whole, DEPARTMENTS, version, data=data | {"units": units})


# ---------------------------------------------------------------- departments


def _departments(part: Part, given: Mapping[str, Any]) -> dict[str, Any]:
    """Each unit with the department it is: a key of the vocabulary, nothing yet, or a new department."""
    chosen = given.get("units")
    if not isinstance(chosen, Mapping) or set(given) != {"units"}:
        raise Refused(Problem("请为每个单位选一个部门。", page=DEPARTMENTS, field="units"))
    known = {key for pack in packs.packs_in_force().values() for key in (d.key for d in pack.department)}
    own = [dict(row) for row in part.data["own"]]
    units, problems = [], []
    for unit, before in part.data["units"]:
        key = chosen.get(unit, before)
        if key == NEW_DEPARTMENT:
            key = _new_department(own, unit, known)
        elif key and key not in known | {row["key"] for row in own}:
            problems.append(Problem(f"“{unit}”：没有部门 {key}。", page=DEPARTMENTS, field="units"))
        units.append([unit, key])
    problems += [
        Problem(f"文件里没有单位“{unit}”。", page=DEPARTMENTS, field="units")
        for unit in chosen
        if unit not in dict(part.data["units"])
    ]
    if problems:
        raise Refused(problems)
    return part.data | {"units": units, "own": own}


def _new_department(own: list[dict[str, str]], unit: str, known: set[str]) -> str:
    """A department of this place's own, named like the unit without its level sign."""
    name = stripped(unit)
    same = next((row for row in own if row["name"] == name), None)
    if same:
        return same["key"]
    plain = "".join(c for c in "".join(lazy_pinyin(name, style=Style.NORMAL)).lower() if c in _LETTERS)
    key = f"own_{plain[:40] or 'unit'}"
    while key in known | {row["key"] for row in own}:
        key += "_2"
    own.append({"key": key, "name": name})
    return key


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")


# ---------------------------------------------------------------- the end of a draft


def problems_of(draft: PolicyDraft) -> list[Problem]:
    """Everything that stands against adopting a draft now, each with its part and field."""
    whole = parts.parts_of(draft.content)
    laid = parts.laid_together(whole)
    _, found = jurisdictions.packs_checked(laid.content)
    still_open = marks.open_marks(marks.noted_of(draft.marks), whole, draft.settled)
    return faults.problems_of(laid, whole, found, still_open)


@action
def adopt(*, draft: PolicyDraft, seen: int, starts_on: date, by: Actor) -> PolicyDraft:
    """Adopt a draft as a version of the place's pack, from a day on; for good.

    Refused with everything still open or wrong. A second click changes nothing.
    """
    require(by, DRAFT, draft)
    locked = PolicyDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.state == State.ADOPTED:
        audit.record(by, "policy.draft_opened_again", locked, place=locked.division_code)
        return locked
    locked, whole = _locked(draft, by)
    if locked.version != seen:
        raise Overtaken("您打开之后又有人改过这份识读稿，还没有采用。请看过最新的内容再采用。")
    if problems := problems_of(locked):
        raise Refused(problems)
    division = Division.objects.get(code=locked.division_code)
    content = parts.laid_together(whole).content
    version = jurisdictions.adopt_pack(division=division, content=content, starts_on=starts_on, by=by)
    return _closed(locked, State.ADOPTED, by, version)


@action
def discard(*, draft: PolicyDraft, by: Actor) -> PolicyDraft:
    """Put a draft aside; it can be taken up again."""
    require(by, DRAFT, draft)
    return _closed(draft, State.DISCARDED, by)


@action
def resume(*, draft: PolicyDraft, by: Actor) -> PolicyDraft:
    """Take up again what was put aside."""
    require(by, DRAFT, draft)
    again: dict[str, Any] = {"closed_by_label": "", "closed_at": None}
    again |= {"changed_by_label": by.label, "changed_at": clock.now()}
    try:
        with transaction.atomic():
            move(draft, from_=State.DISCARDED, to=State.OPEN, **again)
    except IntegrityError:
        raise Refused("同一份文件另有一份正在校对的识读稿，请先处理那一份。", status=409) from None
    audit.record(by, "policy.draft_resumed", draft, place=draft.division_code)
    return draft


def _closed(draft: PolicyDraft, to: str, by: Actor, version: PackVersion | None = None) -> PolicyDraft:
    more: dict[str, Any] = {"adopted": version} if version else {}
    move(draft, from_=State.OPEN, to=to, closed_by_label=by.label, closed_at=clock.now(), **more)
    after = {"version": version.digest[:12]} if version else None
    audit.record(by, f"policy.draft_{to}", draft, after=after, place=draft.division_code)
    return draft
