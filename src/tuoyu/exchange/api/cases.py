"""Cases: the inbox, one case, decisions, and what the applicant may do with its own."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from tuoyu.accounts.queries import colleagues
from tuoyu.cases import actions, queries, stories
from tuoyu.cases.models import Case, Step
from tuoyu.cases.permissions import DECIDE, INBOX, MEND, REASSIGN, VIEW
from tuoyu.cases.procedures import handler_of
from tuoyu.core.access import actor_of
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import permitted, person
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import (
    Asked,
    Day,
    Given,
    Id,
    PageAsked,
    PageOf,
    Reason,
    Somebody,
    Told,
    page_of,
)

router = Router(tags=["cases"])

OWN = person("lists only one's own")
OF_CASE = ("number", "subject_name", "procedure_name", "channel", "round")
Number = Annotated[str, Path(max_length=40)]
Key = Annotated[str, Path(max_length=60)]
Text = Annotated[str, Field(max_length=60)]
Short = Annotated[str, Field(max_length=80)]


class InboxAsked(Asked):
    """How the inbox is narrowed."""

    clock: Literal["overdue", "soon", "fine", "none", ""] = ""
    mine: bool = False
    procedure: Text = ""
    department: Text = ""
    text: Text = ""


class InboxRow(Told):
    """A step that waits for a decision, and how long it has."""

    step_id: int
    key: str
    name: str
    department: str
    division_code: str
    started_at: datetime
    due_on: date | None
    provisional: bool
    clock: str
    assignee_id: int | None
    assignee: str | None
    number: str
    subject_name: str
    procedure_name: str
    channel: str
    round: int
    place: str


class Counts(Told):
    """How many steps are overdue, due soon, in time, without a clock, and one's own."""

    all: int
    overdue: int
    soon: int
    fine: int
    none: int
    mine: int


class CasesAsked(Asked):
    """How the list of cases is narrowed."""

    state: Literal["open", "returned", "withdrawn", "refused", "done", ""] = ""
    text: Text = ""


class CaseRow(Told):
    """A case in a list."""

    number: str
    subject_name: str
    procedure_name: str
    division_code: str
    state: str
    round: int
    channel: str
    opened_at: datetime
    closed_at: datetime | None


class OwnRow(Told):
    """One's own case in a list, and at which steps it stands."""

    number: str
    subject_name: str
    procedure_name: str
    state: str
    opened_at: datetime
    closed_at: datetime | None
    now_at: list[str]


class StepTold(Told):
    """A department's part of a case."""

    key: str
    name: str
    kind: str
    department: str
    division_code: str
    stage: int
    after: list[str]
    clause: str
    source: str
    state: str
    round: int
    started_at: datetime | None
    due_on: date | None
    provisional: bool
    assignee: str | None
    decided_at: datetime | None
    decided_label: str
    reason: str
    may_decide: bool
    may_reassign: bool


class RemarkTold(Told):
    """A defect a department found: where, what, on what rule."""

    round: int
    page: str
    field: str
    text: str
    source: str
    step: str
    department: str
    made_at: datetime


class StoryTold(Told):
    """Something that happened to a case."""

    text: str
    at: datetime
    who: str
    note: str


class Record(Told):
    """A case: as the office sees it, or, where `seen_as` says so, as its applicant does."""

    seen_as: Literal["office", "applicant"]
    number: str
    procedure: str
    procedure_name: str
    jurisdiction_code: str
    division_code: str
    subject_name: str
    channel: str
    facts: dict[str, Any]
    state: str
    round: int
    opened_at: datetime
    closed_at: datetime | None
    reason: str
    answer_due_on: date | None
    steps: list[StepTold]
    remarks: list[RemarkTold]
    changes: list[dict[str, Any]]
    story: list[StoryTold]
    handed_in: dict[str, Any]


class RemarkGiven(Given):
    """A defect: what is wrong, where, and the rule it rests on."""

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    page: Short = ""
    field: Short = ""
    rule_key: Short = ""


class DecisionGiven(Given):
    """An officer's decision; `result` holds what the kind of step asks for (a registration number). Who must
    answer for defects has until `answer_due_on`."""

    decision: Literal["approve", "defects", "refuse"]
    reason: Annotated[str, Field(max_length=2000)] = ""
    remarks: Annotated[list[RemarkGiven], Field(max_length=60)] = []
    result: Annotated[dict[str, Any], Field(max_length=40)] = {}
    answer_due_on: Day | None = None


class ReasonGiven(Given):
    """Why."""

    reason: Reason


class AssigneeGiven(Given):
    """To whom a step goes; null puts it back into the department's inbox."""

    to_user_id: Id | None
    reason: Reason


class NoticeTold(Told):
    """What the program told this person."""

    id: int
    title: str
    text: str
    created_at: datetime
    read_at: datetime | None
    case_number: str | None


# ---------------------------------------------------------------- lists


@operation(router, "GET", "/inbox", door=permitted(INBOX), ok=PageOf[InboxRow])
def inbox(request: HttpRequest, asked: Annotated[InboxAsked, Query()]) -> Any:
    """What waits for the caller's department, the most pressing first."""
    names = ("clock", "mine", "procedure", "department", "text")
    narrowed = queries.InboxFilter(**{name: getattr(asked, name) for name in names})
    found = page_of(queries.inbox(actor_of(request), narrowed), asked)
    for row in found["rows"]:
        row |= {
            "step_id": row["id"],
            "clock": queries.clock_of(row["due_on"]),
            "assignee": row["assignee__name"],
            "place": row["case__division_code"],
            **{
                n: row[f"case__{n}"] for n in ("number", "subject_name", "procedure_name", "channel", "round")
            },
        }
    return found


@operation(router, "GET", "/inbox/counts", door=permitted(INBOX), ok=Counts)
def inbox_counts(request: HttpRequest) -> Any:
    """How much waits, by clock."""
    return queries.inbox_counts(actor_of(request), queries.InboxFilter())


@operation(router, "GET", "/cases", door=permitted(VIEW), ok=PageOf[CaseRow])
def cases(request: HttpRequest, asked: Annotated[CasesAsked, Query()]) -> Any:
    """Every case the caller may see, ended ones too."""
    return page_of(queries.cases(actor_of(request), state=asked.state, text=asked.text), asked)


@operation(router, "GET", "/my/cases", door=OWN, ok=PageOf[OwnRow])
def own_cases(request: HttpRequest, asked: PageAsked) -> Any:
    """One's own cases, and those of whom one acts for."""
    return page_of(queries.own_cases(actor_of(request)), asked)


# ---------------------------------------------------------------- one case


@operation(router, "GET", "/cases/{number}", door=permitted(VIEW, MEND), ok=Record)
def case(request: HttpRequest, number: Number) -> Any:
    """One case with steps, remarks, story and what was handed in last.

    Before the departments' remarks go back together, an applicant sees only that they are looking.
    """
    actor = actor_of(request)
    found = queries.record(actor, VIEW, number)
    seen_as = "office"
    if found is None:
        found = queries.record(actor, MEND, number)
        seen_as = "applicant"
    if found is None:
        get_visible(actor, VIEW, Case.objects.none(), number=number)
    return _told(found, seen_as)


def _told(found: Any, seen_as: str) -> dict[str, Any]:
    outside = seen_as == "applicant"
    remarks = found.remark_rows
    if outside:
        remarks = [r for r in remarks if r["round"] < found.round or found.state != Case.State.OPEN]
        for step in found.step_rows:
            step |= {
                "state": stories.state_for_applicant(step, found.state),
                "assignee": None,
                "decided_label": "",
                "reason": step["reason"] if step["state"] == Step.State.REFUSED else "",
            }
    names = (
        "number", "procedure", "procedure_name", "jurisdiction_code", "division_code", "subject_name",
        "channel", "facts", "state", "round", "opened_at", "closed_at", "reason", "answer_due_on",
    )  # fmt: skip
    return {
        "seen_as": seen_as,
        **{name: getattr(found, name) for name in names},
        "steps": found.step_rows,
        "remarks": remarks,
        "changes": [vars(change) for change in queries.changes_of(found)],
        "story": stories.story(found.event_rows, for_applicant=outside),
        "handed_in": found.submission_rows[-1]["data"] if found.submission_rows else {},
    }


def _step(actor: Actor, number: str, key: str) -> Step:
    rows = visible_to(actor, INBOX, Step.objects.select_related("case__pack"))
    return get_visible(actor, INBOX, rows, case__number=number, key=key)


@operation(router, "POST", "/cases/{number}/steps/{key}/decision", door=permitted(DECIDE), ok=Record)
def decide(request: HttpRequest, number: Number, key: Key, given: DecisionGiven) -> Any:
    """Decide a step: approve it, name its defects, or refuse it with reasons."""
    actor = actor_of(request)
    step = _step(actor, number, key)
    sources = dict(handler_of(step.case).sources(step.case)) if given.remarks else {}
    _check_pinned(step, given.remarks)
    unknown = [r.rule_key for r in given.remarks if r.rule_key and r.rule_key not in sources]
    if unknown:
        raise Refused([Problem("这里没有这条规则。", field="remarks", rule_key=key) for key in unknown])
    actions.decide(
        by=actor,
        step=step,
        decision=given.decision,
        reason=given.reason,
        remarks=[
            actions.RemarkGiven(r.text.strip(), r.page, r.field, sources.get(r.rule_key, ""), r.rule_key)
            for r in given.remarks
        ],
        result=given.result,
        answer_due_on=given.answer_due_on,
    )
    return _after(actor, number)


def _check_pinned(step: Step, remarks: list[RemarkGiven]) -> None:
    """Raise Refused when a remark is pinned to what the form does not have."""
    if not any(r.page or r.field for r in remarks):
        return
    pages = handler_of(step.case).pages(step.case)
    known = {("", "")} | {(p.key, k) for p in pages for k in ("", *dict(p.fields))}
    if any((r.page, r.field) not in known for r in remarks):
        raise Refused(Problem("补正意见所指的位置不在申报表中。", field="remarks"))


@operation(router, "POST", "/cases/{number}/steps/{key}/taking", door=permitted(DECIDE), ok=Record)
def take(request: HttpRequest, number: Number, key: Key) -> Any:
    """Take a step in hand; of two who do, one wins."""
    actor = actor_of(request)
    actions.take(by=actor, step=_step(actor, number, key))
    return _after(actor, number)


@operation(
    router, "GET", "/cases/{number}/steps/{key}/colleagues", door=permitted(REASSIGN), ok=list[Somebody]
)
def step_colleagues(request: HttpRequest, number: Number, key: Key) -> Any:
    """To whom a step may be given."""
    step = _step(actor_of(request), number, key)
    return [{"id": pk, "name": name} for pk, name in colleagues(step.department, step.division_code)]


@operation(router, "PUT", "/cases/{number}/steps/{key}/assignee", door=permitted(REASSIGN), ok=Record)
def reassign(request: HttpRequest, number: Number, key: Key, given: AssigneeGiven) -> Any:
    """Give a step to a colleague, or back to the department."""
    actor = actor_of(request)
    step = _step(actor, number, key)
    actions.reassign(by=actor, step=step, to_user_id=given.to_user_id, reason=given.reason)
    return _after(actor, number)


def _after(actor: Actor, number: str) -> dict[str, Any]:
    found = queries.record(actor, VIEW, number)
    return _told(found, "office")


@operation(router, "POST", "/cases/{number}/withdrawal", door=permitted(MEND), ok=Record)
def withdraw(request: HttpRequest, number: Number, given: ReasonGiven) -> Any:
    """Withdraw one's own case."""
    actor = actor_of(request)
    found = get_visible(actor, MEND, Case.objects.all(), number=number)
    actions.withdraw(by=actor, case=found, reason=given.reason)
    return _told(queries.record(actor, MEND, number), "applicant")


# ---------------------------------------------------------------- notices


@operation(router, "GET", "/notices", door=OWN, ok=PageOf[NoticeTold])
def notices(request: HttpRequest, asked: PageAsked) -> Any:
    """What the program told this person, the newest first."""
    found = page_of(queries.notices(actor_of(request)).order_by("-pk"), asked)
    for row in found["rows"]:
        row["case_number"] = row["case__number"]
    return found


@operation(router, "POST", "/notices/reading", door=OWN, ok=Done)
def read_notices(request: HttpRequest) -> Any:
    """Mark every notice as read."""
    actions.read_notices(by=actor_of(request))
    return {"done": True}
