"""Every write of an application: begin, save, hand in papers, submit, mend, delete."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model

from tuoyu.cases import actions as cases
from tuoyu.cases.models import Case
from tuoyu.core import audit, clock, identifiers, texts, uploads
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import require
from tuoyu.core.prepared import PreparedUpdate
from tuoyu.core.problems import Overtaken, Problem, Refused
from tuoyu.core.transitions import move
from tuoyu.institutions import asking, life, pages, policy, queries, rules, standing, stated
from tuoyu.institutions.models import Application, Institution, Paper
from tuoyu.institutions.permissions import EDIT_APPLICATION, START
from tuoyu.institutions.vocabulary import (
    FORMS_OF_NATURE,
    PERSONAL,
    REGISTERED_ALREADY,
    Kind,
    LegalForm,
    Nature,
)
from tuoyu.jurisdictions.atlas import places

State = Application.State
MOST_ROWS = 60
MOST_FILES = 40
PAPER_DETAILS = ("issuer", "number", "issued_on", "expires_on")


@action
def start_application(
    *,
    by: Actor,
    owner_id: int,
    division_code: str,
    kind: str,
    nature: str,
    legal_form: str,
) -> Application:
    """Begin an application; Refused with every choice that is missing or does not fit the others."""
    require(by, START)
    channel, agent_id = channel_of(by, owner_id, division_code, policy.procedure_of(kind))
    wrong = choices_wrong(division_code, kind, nature, legal_form)
    if wrong:
        raise Refused(wrong)
    procedure = policy.procedure_of(kind)
    policy.plan_of(procedure, division_code, kind=kind, nature=nature, legal_form=legal_form)
    application = Application.objects.create(
        owner_id=owner_id,
        agent_id=agent_id,
        channel=channel,
        procedure=procedure,
        division_code=division_code,
        kind=kind,
        nature=nature,
        legal_form=legal_form,
        data={"basics": {"street": division_code if len(division_code) > 6 else ""}},
        contact_phone=asking.phone_of(owner_id),
    )
    audit.record(by, "application.begun", application, topic=application.topic, place=division_code,
                 after={"kind": kind, "nature": nature, "legal_form": legal_form})  # fmt: skip
    return application


def choices_wrong(division_code: str, kind: str, nature: str, legal_form: str) -> list[Problem]:
    """What is missing or wrong among the choices an application begins with."""
    place = places().get(division_code)
    found = []
    if place is None or place.abolished or place.level not in ("county", "street"):
        found.append(Problem("请选择办托所在的县（市、区）。", field="place"))
    if kind not in Kind.values:
        found.append(Problem("请选择托育机构的类型。", field="kind"))
    if nature not in Nature.values:
        found.append(Problem("请选择机构性质。", field="nature"))
    if legal_form not in LegalForm.values:
        found.append(Problem("请选择组织形式。", field="legal_form"))
    elif nature in Nature.values and legal_form not in FORMS_OF_NATURE[nature]:
        allowed = "、".join(str(form.label) for form in FORMS_OF_NATURE[nature])
        found.append(
            Problem(
                "组织形式与机构性质不符。", field="legal_form", fix=f"{Nature(nature).label}可选：{allowed}。"
            )
        )
    return found


def channel_of(by: Actor, owner_id: int, division_code: str, procedure: str) -> tuple[str, int | None]:
    """How the application comes in, and who files it for its owner."""
    if owner_id == by.user_id:
        return Case.Channel.ONLINE, None
    if by.may_act_for(owner_id, division_code=division_code, procedure=procedure):
        return Case.Channel.AGENT, by.user_id
    at_window = any(seat.covers_place(division_code) for seat in by.seats_as(Role.CLERK))
    if at_window and get_user_model().objects.filter(pk=owner_id, is_active=True).exists():
        return Case.Channel.WINDOW, by.user_id
    if owner_id in by.owner_ids:
        raise Refused("对方授权您代办的事项或地区不包括这一件，请与对方商量后重新授权。", status=403)
    raise Refused("只能为自己、授权您代办的人，或在本窗口为来访群众申办。", status=403)


@action
def save_page(
    *,
    by: Actor,
    application: Application,
    page: str,
    typed: Mapping[str, Any],
    version: int,
    window: str = "",
) -> Application:
    """Keep what was typed on a page, right or wrong; nothing is lost because it is not yet valid.

    Raises Overtaken when the application was saved in another window since `version`.
    """
    require(by, EDIT_APPLICATION, application)
    if queries.form_of(application).page(page) is None:
        raise Refused("没有这一页。", status=404)
    held = Application.objects.select_for_update().get(pk=application.pk)
    if not held.is_editable:
        raise Refused("申请已经提交，正在办理，现在不能修改。", status=409)
    if held.version != version and (not window or held.saved_in != window):
        raise Overtaken(
            "这份申请刚刚在另一个窗口或由其他人修改过，您这次填写的内容没有保存。请刷新后再填，以免互相覆盖。"
        )
    asked = queries.form_of(held).page(page)
    if asked is None:
        raise Overtaken
    before = held.typed.get(page) or {}
    kept, identity = _kept(asked, typed, _slots(held))
    # What was known was shown, not asked: a form that leaves it out leaves it as it is.
    shown = kept if held.institution_id is not None else asking.KNOWN_OF_ANYBODY
    kept |= {key: before[key] for key in shown if key in kept and key not in typed and key in before}
    kept = {**before, **kept, **stated.settled_of(held).get(page, {})}
    # The names of what changed; what people are called and where they are reached never enters the audit.
    changed = sorted(k for k in {*before, *kept} if (before.get(k) or "") != (kept.get(k) or ""))
    personal = PERSONAL.get(page, ())
    for key in personal:
        setattr(held, key, kept.pop(key, ""))
    held.data = {**held.data, page: kept}
    held.version += 1
    held.saved_in, held.saved_at = window[:32], clock.now()
    if identity is not None:
        held.identity = identity
    held.save(update_fields=["data", "version", "saved_in", "saved_at", "identity", *personal])
    changed += ["contact_identity"] if identity else []
    after = {"page": page, "fields": changed}
    audit.record(by, "application.saved", held, topic=held.topic, after=after)
    return held


def _kept(
    page: pages.Page, typed: Mapping[str, Any], slots: tuple[pages.Slot, ...]
) -> tuple[dict[str, Any], str | None]:
    """What a page keeps of what was typed: its own fields, cut to a sane length; the identity apart."""
    kept: dict[str, Any] = {}
    identity: str | None = None
    for field in page.fields:
        value = typed.get(field.key)
        if field.kind == "identity":
            given = _text(value, field.longest)
            # A masked number comes back from a page that showed it so; an empty one means "as it was".
            identity = None if not given or "*" in given else identifiers.normalised(given)
        elif field.kind == "choices":
            given_list = value if isinstance(value, list | tuple) else [value] if value else []
            kept[field.key] = [_text(v, 40) for v in given_list][: len(field.options)]
        else:
            kept[field.key] = _one(field, value, 200)
    if page.rows:
        given_rows = typed.get("rows")
        rows = given_rows if isinstance(given_rows, list | tuple) else []
        kept["rows"] = [_row(row, page.rows) for row in rows[:MOST_ROWS]]
    if page.key == pages.PAPERS.key:
        for slot in slots:
            for key, _, _ in pages.SLOT_FIELDS:
                kept[f"{slot.key}_{key}"] = _text(typed.get(f"{slot.key}_{key}"), 120)
    return kept, identity


def _row(row: object, fields: tuple[pages.Field, ...]) -> dict[str, str]:
    given = row if isinstance(row, Mapping) else {}
    return {field.key: _one(field, given.get(field.key)) for field in fields}


def _one(field: pages.Field, value: object, over: int = 0) -> str:
    """What was typed into a field; codes as they are compared."""
    text = _text(value, field.longest + over)
    return identifiers.normalised(text)[: field.longest + over] if field.kind == "credit_code" else text


def _text(value: object, longest: int) -> str:
    text = "" if value is None or isinstance(value, list | tuple | dict) else str(value)
    return texts.tidy(text).strip()[:longest]


def _slots(application: Application) -> tuple[pages.Slot, ...]:
    """The papers asked for: by the rules of today, or those its case began with."""
    return queries.slots_of(application)


@action
def add_papers(
    *, by: Actor, application: Application, files: Sequence[tuple[str, uploads.Handed]]
) -> tuple[list[Paper], list[Problem]]:
    """Add files, each to its paper; its content decides what a file is, not its name.

    What is wrong with one keeps the others from nothing and comes back beside them, with its paper as the
    field. Refused when none could be added.
    """
    require(by, EDIT_APPLICATION, application)
    held = _locked(application)
    room = MOST_FILES - held.papers.filter(removed_at=None).count()
    slots = {slot.key for slot in _slots(held)}
    added: list[Paper] = []
    wrong: list[Problem] = []
    status = 422
    for slot, file in files:
        try:
            if slot not in slots:
                raise Refused("没有这一项材料。", status=404)
            if len(added) >= room:
                raise Refused("材料文件太多，请合并后上传。")
            added.append(_added(by, held, slot, file))
        except Refused as refusal:
            wrong += [replace(problem, page=pages.PAPERS.key, field=slot) for problem in refusal.problems]
            status = refusal.status
    if not added:
        raise Refused(wrong, status=status)
    _touch(held)
    return added, wrong


def _added(by: Actor, application: Application, slot: str, file: uploads.Handed) -> Paper:
    stored = uploads.store(file=file, by=by, purpose=f"application:{application.pk}")
    paper = Paper.objects.create(application=application, slot=slot, file=stored, title=stored.name)
    audit.record(by, "application.paper_added", paper, topic=application.topic,
                 after={"slot": slot, "name": stored.name, "sha256": stored.sha256})  # fmt: skip
    return paper


@action
def remove_paper(*, by: Actor, paper: Paper) -> Paper:
    """Take a file out of the application; it can be put back until the application is handed in."""
    _edit_paper(by, paper, removed_from=True, verb="application.paper_removed")
    return paper


@action
def restore_paper(*, by: Actor, paper: Paper) -> Paper:
    """Put a removed file back."""
    _edit_paper(by, paper, removed_from=False, verb="application.paper_restored")
    return paper


def _edit_paper(by: Actor, paper: Paper, *, removed_from: bool, verb: str) -> None:
    require(by, EDIT_APPLICATION, paper.application)
    application = _locked(paper.application)
    moment = clock.now() if removed_from else None
    changed = Paper.objects.filter(pk=paper.pk, removed_at__isnull=removed_from).update(removed_at=moment)
    if changed != 1:
        raise Overtaken("这份材料刚刚已经处理过，请刷新后查看。")
    paper.removed_at = moment
    _touch(application)
    audit.record(by, verb, paper, topic=application.topic, after={"slot": paper.slot, "name": paper.title})


def _locked(application: Application) -> Application:
    """The application, held against others while its papers change; Refused when it may not change."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    if not held.is_editable:
        raise Refused("申请已经提交，正在办理，现在不能修改。", status=409)
    return held


def _touch(application: Application) -> None:
    Application.objects.filter(pk=application.pk).update(saved_at=clock.now())


@action
def submit(*, by: Actor, application: Application) -> Case:
    """Hand the application in: every blocking problem at once, or the case it becomes.

    Handed in twice it is one case: the second gets the same answer. What came back to be mended goes on
    as the next round of its case.
    """
    require(by, EDIT_APPLICATION, application)
    if application.case_id is not None:
        # The case first, as everybody who changes both: a withdrawal at the same moment must not deadlock.
        Case.objects.select_for_update().filter(pk=application.case_id).first()
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.state in (State.SUBMITTED, State.CLOSED) and held.case is not None:
        audit.record(by, "application.submitted_again", held, topic=held.topic)
        return held.case
    if not held.is_editable:
        raise Refused("这份申请已经删除，请先恢复。", status=409)
    stated.settle(held)
    read = queries.reading_of(held)
    if read.blocking:
        raise Refused(list(read.blocking))
    _check_may_apply(held)
    _check_not_taken(held, read.facts)
    _copy_paper_details(held, read.facts)
    facts, data = stated.case_facts(held), queries.submission_of(held, read)
    if held.state == State.MENDING and held.case is not None:
        move(held, from_=State.MENDING, to=State.SUBMITTED, submitted_at=clock.now(), data=held.data)
        case = cases.resubmit(
            by=by, case=held.case, data=data, facts=facts, division_code=queries.place_of(held)
        )
    else:
        case = cases.open_case(
            by=by,
            procedure=held.procedure,
            division_code=queries.place_of(held),
            facts=facts,
            subject_name=held.institution.name if held.institution else held.name,
            applicant_id=held.owner_id,
            channel=held.channel,
            data=data,
        )
        move(held, from_=State.DRAFT, to=State.SUBMITTED, case=case, submitted_at=clock.now(),
             data=held.data)  # fmt: skip
    audit.record(by, "application.submitted", held, topic=held.topic, place=held.division_code,
                 after={"case": case.number, "round": case.round})  # fmt: skip
    return case


def _check_may_apply(application: Application) -> None:
    """A filing alone is handed in while its institution may file and no other application is under way; what
    comes after a filing while nothing stands against it."""
    if application.state != State.DRAFT or application.institution_id is None:
        return
    institution = Institution.objects.select_for_update().get(pk=application.institution_id)
    wrong: list[Problem] = []
    if application.files_alone:
        wrong = standing.obstacles(institution, application.owner_id, application)
    elif application.is_after_filing:
        wrong = life.obstacles(
            institution,
            application.procedure,
            application.owner_id,
            at_window=application.channel == Case.Channel.WINDOW,
            application=application,
        )
    if wrong:
        raise Refused(wrong, status=409)


def _check_not_taken(application: Application, read: rules.Facts) -> None:
    """A kindergarten, which is not registered anew, is recorded once under its credit code."""
    if application.kind not in REGISTERED_ALREADY or application.institution_id is not None:
        return
    if wrong := standing.taken(application, read.text("provider.uscc")):
        raise Refused(wrong, status=409)


def _copy_paper_details(application: Application, read: rules.Facts) -> None:
    """Each file carries what the form says of its paper, so that expiries can be watched."""
    changed = []
    for paper in application.papers.filter(slot__in=read.papers, removed_at=None).order_by("pk"):
        said = read.papers[paper.slot]
        details = said.issuer[:120], said.number[:80], said.issued_on, said.expires_on
        if details != tuple(getattr(paper, name) for name in PAPER_DETAILS):
            for name, value in zip(PAPER_DETAILS, details, strict=True):
                setattr(paper, name, value)
            changed.append(paper)
    if changed:
        _paper_details().write(changed)


@cache
def _paper_details() -> PreparedUpdate:
    return PreparedUpdate(Paper, PAPER_DETAILS)


@action
def delete_draft(*, by: Actor, application: Application) -> Application:
    """Delete a draft; it can be restored for a while."""
    require(by, EDIT_APPLICATION, application)
    move(application, from_=State.DRAFT, to=State.DELETED, deleted_at=clock.now())
    audit.record(by, "application.deleted", application, topic=application.topic)
    return application


@action
def restore_draft(*, by: Actor, application: Application) -> Application:
    """Restore a deleted draft."""
    require(by, EDIT_APPLICATION, application)
    move(application, from_=State.DELETED, to=State.DRAFT, deleted_at=None)
    audit.record(by, "application.restored", application, topic=application.topic)
    return application
