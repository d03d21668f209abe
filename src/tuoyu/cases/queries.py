"""What pages, statistics and the API read of cases. A record is one query, a list two."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Coalesce, Concat, JSONObject

from tuoyu.cases import rules, waiting
from tuoyu.cases.models import Case, Notice, Remark, Step, Submission
from tuoyu.cases.permissions import DECIDE, INBOX, MEND, REASSIGN, VIEW
from tuoyu.core import clock, workdays
from tuoyu.core.actor import Actor, Role
from tuoyu.core.models import AuditEvent
from tuoyu.core.permissions import Permission, column_of, columns, holds, visible_to
from tuoyu.core.prepared import Blank, Prepared

STEP_FIELDS = (
    "id", "key", "name", "kind", "department", "division_code", "stage", "after", "reviews", "clause",
    "source", "state", "round", "started_at", "due_on", "provisional", "paused_on", "clock_days",
    "assignee_id", "decided_at", "decided_label", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class InboxFilter:
    """What an officer narrows the inbox to; each field is a parameter of the address."""

    clock: str = ""
    mine: bool = False
    procedure: str = ""
    department: str = ""
    text: str = ""


def inbox(actor: Actor, narrowed: InboxFilter) -> QuerySet[Step, Any]:
    """The active steps `actor` may see, the most pressing first, as rows of values."""
    rows = visible_to(actor, INBOX, Step.objects.filter(state=Step.State.ACTIVE))
    return rows.filter(_conditions(actor, narrowed)).order_by(F("due_on").asc(nulls_last=True), "pk").values(
        "id", "key", "name", "department", "division_code", "started_at", "due_on", "provisional",
        "assignee_id", "assignee__name", "case__number", "case__subject_name",
        "case__procedure_name", "case__channel", "case__round", "case__division_code",
    )  # fmt: skip


def _conditions(actor: Actor, narrowed: InboxFilter) -> Q:
    condition = _on_clock(clock.today(), soon_until()).get(narrowed.clock, Q())
    if narrowed.mine:
        condition &= Q(assignee=actor.user_id)
    if narrowed.procedure:
        condition &= Q(case__procedure=narrowed.procedure)
    if narrowed.department:
        condition &= Q(department=narrowed.department)
    if narrowed.text:
        named = Q(case__subject_name__icontains=narrowed.text)
        condition &= Q(case__number__startswith=narrowed.text.upper()) | named
    return condition


def _on_clock(today: date, soon: date) -> dict[str, Q]:
    return {
        "overdue": Q(due_on__lt=today),
        "soon": Q(due_on__gte=today, due_on__lte=soon),
        "fine": Q(due_on__gt=soon),
        "none": Q(due_on__isnull=True),
    }


def inbox_counts(actor: Actor, narrowed: InboxFilter) -> dict[str, int]:
    """How many active steps are overdue, due soon, in time, without a clock, one's own; how many of all of
    them `narrowed` leaves (`shown`); and, where there is any step, one's unread notices and what is on the
    boards of higher rooms (`board_` and the kind). One query."""
    seen_by = replace(actor, label="", address="")
    found: dict[str, Any] = _counted(seen_by, narrowed, clock.today(), soon_until()).first() or NOTHING
    return {name: sum(n or ()) if name.startswith("board_") else n for name, n in found.items()}


NOTHING = dict.fromkeys(("overdue", "soon", "fine", "none", "mine", "all", "shown", "unread"), 0)


@lru_cache(maxsize=100)
def _counted(actor: Actor, narrowed: InboxFilter, today: date, soon: date) -> Prepared[dict[str, Any]]:
    """Written once for a person, a day and what is asked for; no row where there is no step."""
    kept = _conditions(actor, narrowed)
    unread = Notice.objects.filter(user=actor.user_id, read_at__isnull=True).order_by().values("user")
    counts = {
        **{name: Count("pk", filter=on_clock) for name, on_clock in _on_clock(today, soon).items()},
        **{
            f"board_{kind}": Max(ArraySubquery(rows.values_list("number")))
            for kind, rows in waiting.boards_of(actor).items()
        },
        "mine": Count("pk", filter=Q(assignee=actor.user_id)),
        "all": Count("pk"),
        "shown": Count("pk", filter=kept) if kept else Count("pk"),
        "unread": Coalesce(Max(Subquery(unread.annotate(n=Count("pk")).values("n"))), 0),
    }
    rows = visible_to(actor, INBOX, Step.objects.filter(state=Step.State.ACTIVE))
    together = rows.order_by().values(together=Value(True)).annotate(**counts)
    return Prepared(together.values(*counts))


def soon_until() -> date:
    """The last day that counts as soon; how many working days that is, is the installation's choice."""
    return workdays.add_working_days(clock.today(), settings.CLOCK_SOON_WORKING_DAYS).on


def clock_of(due_on: date | None) -> str:
    """How pressing a date is: "none", "fine", "soon" or "overdue"."""
    if due_on is None:
        return "none"
    left = -1 if due_on < clock.today() else workdays.working_days_between(clock.today(), due_on)
    return rules.clock_of(left, settings.CLOCK_SOON_WORKING_DAYS)


def cases(actor: Actor, *, state: str = "", text: str = "") -> QuerySet[Case, Any]:
    """Every case `actor` may see, the newest first, as rows of values."""
    rows = visible_to(actor, VIEW, Case.objects.all())
    if state in Case.State.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(number__startswith=text.upper()) | Q(subject_name__icontains=text))
    return rows.order_by("-pk").values(
        "number", "subject_name", "procedure_name", "division_code", "state", "round", "channel",
        "opened_at", "closed_at",
    )  # fmt: skip


def own_cases(actor: Actor) -> QuerySet[Case, Any]:
    """The cases of the applicant, of those it may act for, and those an institution it heads must answer."""
    heads = [seat.institution_id for seat in actor.seats_as(Role.NURSERY_HEAD) if seat.institution_id]
    return (
        Case.objects.filter(actor.own("applicant") | Q(respondent__in=heads))
        .annotate(
            now_at=ArraySubquery(
                Step.objects.filter(case=OuterRef("pk"), state=Step.State.ACTIVE).values("name")
            )
        )
        .order_by("-pk")
        .values(
            "number",
            "subject_name",
            "procedure_name",
            "state",
            "opened_at",
            "closed_at",
            "now_at",
            "applicant_id",
            "answer_due_on",
        )
    )


def record(actor: Actor, permission: Permission, number: str) -> Case | None:
    """The case on which `actor` has `permission`, in one query, with `step_rows`, `remark_rows`,
    `submission_rows` and `event_rows`.

    Step rows say in `may_decide` and `may_reassign` what `actor` may do with them.
    """
    unnamed = replace(actor, label="", address="")
    found: Any = _record(unnamed, permission, clock.today()).first(number=number)
    if found is not None:
        for name in ("step_rows", "remark_rows", "submission_rows", "event_rows"):
            setattr(found, name, [_revived(row) for row in getattr(found, name)])
    return found  # type: ignore[no-any-return]


@lru_cache(maxsize=500)
def _record(actor: Actor, permission: Permission, today: date) -> Prepared[Case]:
    """Written once for all who may see the same, and for a day, since seats may end."""
    steps = Step.objects.annotate(may_decide=holds(actor, DECIDE), may_reassign=holds(actor, REASSIGN))
    remarks = Remark.objects.order_by("pk")
    told = {
        "step_rows": _rows(
            steps.order_by("stage", "pk"),
            *STEP_FIELDS,
            "may_decide",
            "may_reassign",
            assignee="assignee__name",
        ),
        "remark_rows": _rows(
            remarks,
            *("id", "round", "page", "field", "text", "source", "made_label", "made_at"),
            step="step__key",
            step_name="step__name",
            department="step__department",
        ),
        "submission_rows": _rows(
            Submission.objects.order_by("round"), "round", "data", "handed_in_at", "handed_in_label"
        ),
        "event_rows": _events(),
    }
    rows = Case.objects.select_related("applicant", "pack").defer("pack__content")
    return Prepared(visible_to(actor, permission, rows.filter(number=Blank("number"))).annotate(**told))


MOMENTS = {"at", "started_at", "decided_at", "made_at", "handed_in_at"}
DAYS = {"due_on", "paused_on"}


def _revived(row: dict[str, Any]) -> dict[str, Any]:
    """JSON has no dates: give them back."""
    return {
        name: datetime.fromisoformat(value)
        if name in MOMENTS and value
        else date.fromisoformat(value)
        if name in DAYS and value
        else value
        for name, value in row.items()
    }


def _rows(rows: QuerySet[Any], *names: str, **renamed: str) -> ArraySubquery:
    fields = {name: F(name) for name in names} | {name: F(path) for name, path in renamed.items()}
    return ArraySubquery(rows.filter(case=OuterRef("pk")).values(row=JSONObject(**fields)))


def _events() -> ArraySubquery:
    topic = Concat(Value("case:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    names = ("at", "actor_label", "department", "division_code", "verb", "after", "note")
    rows = AuditEvent.objects.filter(topic=topic).order_by("pk")
    return ArraySubquery(rows.values(row=JSONObject(**{name: F(name) for name in names})))


def changes_of(case: Any) -> list[rules.Change]:
    """What the newest submission of a `record` changed against the one before."""
    handed_in: list[Mapping[str, Any]] = case.submission_rows
    if len(handed_in) < 2:
        return []
    return rules.changes(handed_in[-2]["data"], handed_in[-1]["data"])


# Whoever answers for a case follows it; whoever decides in it sees what is not the other's business.
PAGES_OF_A_CASE = ((MEND, "cases:tracker"), (VIEW, "cases:case"))


def ways_in(actor: Actor, at: str = "case") -> dict[str, Exists]:
    """Columns, for rows with their case `at` a path, by which `page_of_case` tells how it is opened."""
    asked = [permission for permission, _ in PAGES_OF_A_CASE]
    return columns(actor, asked, Case.objects.filter(pk=OuterRef(at)))


def page_of_case(row: Mapping[str, Any]) -> str:
    """The page on which the actor opens the case of a row with the columns of `ways_in`; empty for none."""
    return next((page for held, page in PAGES_OF_A_CASE if row.get(column_of(held))), "")


def notices(actor: Actor) -> QuerySet[Notice, Any]:
    """What the program told this person, the newest first, and how the person may open the case of each."""
    may = ways_in(actor)
    rows = Notice.objects.filter(user=actor.user_id).annotate(**may)
    found: QuerySet[Notice, Any] = rows.values(
        "id", "title", "text", "created_at", "read_at", "case__number", *may
    )
    return found


def unread_notices(actor: Actor) -> int:
    """How many notices this person has not read."""
    return Notice.objects.filter(user=actor.user_id, read_at__isnull=True).count()
