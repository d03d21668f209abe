"""Reads of applications: what one says and lacks under the rules of its place, as whom it is shown."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, wraps
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from tuoyu.cases.models import Case
from tuoyu.cases.procedures import FormPage
from tuoyu.core import audit, clock, identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import visible_to
from tuoyu.core.prepared import Blank, Prepared
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import (
    life,
    matters,
    pages,
    policy,
    rules,
    standing,
    stated,
)
from tuoyu.institutions.asked import Form
from tuoyu.institutions.models import (
    Application,
    Paper,
)
from tuoyu.institutions.permissions import VIEW_APPLICATION
from tuoyu.institutions.vocabulary import (
    AFTER_FILING,
    CHANGE,
    REGISTERED_ALREADY,
    Kind,
    LegalForm,
    Nature,
)
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import place_name
from tuoyu.jurisdictions.packs.schema import prefix_of

Asked = TypeVar("Asked")


@dataclass(frozen=True)
class Reading:
    """An application read under the rules of its place: facts, rules, problems, capacity, papers, and the
    form of what is asked."""

    facts: rules.Facts
    book: rules.Book
    slots: tuple[pages.Slot, ...]
    problems: tuple[Problem, ...]
    capacity: rules.Capacity
    form: Form

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """What stops the application from being handed in."""
        return tuple(p for p in self.problems if p.severity == "block")

    def on_page(self, page: str) -> tuple[Problem, ...]:
        """The problems of one page."""
        return tuple(p for p in self.problems if p.page == page)

    def at(self, page: str, field: str) -> tuple[Problem, ...]:
        """The problems of one field."""
        return tuple(p for p in self.problems if p.page == page and p.field == field)


def reading_of(application: Application) -> Reading:
    """Read an application: under the rules of today, or those its case began with."""
    on, pack = _ruled_by(application)
    place = place_of(application)
    book, form, slots = policy.book_at(place, on, pack), form_of(application), slots_of(application)
    facts = _facts(application, stated.typed_of(application, form), slots)
    found = rules.problems(facts, book, clock.today())
    if application.procedure == CHANGE:
        before = _facts(application, application.data.get(stated.BEFORE) or {}, slots)
        found = _of_the_change(application, form, found, rules.problems(before, book, clock.today()))
    found = [
        *standing.street_problems(application, street_of(application)),
        *life.of_suspensions(application, facts),
        *found,
    ]
    return Reading(facts, book, slots, tuple(found), rules.licensable_capacity(facts, book), form)


def _facts(application: Application, typed: Mapping[str, Any], slots: tuple[pages.Slot, ...]) -> rules.Facts:
    return rules.read(
        typed,
        procedure=application.procedure,
        kind=application.kind,
        nature=application.nature,
        legal_form=application.legal_form,
        division_code=street_of(application),
        slots=slots,
        identity_wrong=_identity_wrong(application.identity),
        registered=proves_itself(application),
        files=_file_counts(application),
        form=matters.read_as(application.procedure, _whole_form(application)),
    )


def _of_the_change(
    application: Application, form: Form, after: Sequence[Problem], before: Sequence[Problem]
) -> list[Problem]:
    """What is wrong with what a change asks, and what it makes wrong that was not before."""
    asked = {(page.key, field.key) for page in form.pages for field in page.fields}
    rows = {page.key for page in form.pages if page.rows}
    found = [
        problem
        for problem in after
        if (problem.page, problem.field) in asked
        or problem.page in ("papers", "items", *rows)
        or problem not in before
    ]
    return [*found, *stated.unchanged(application, form)]


def shows_capacity(application: Application) -> bool:
    """Whether an application says anything of rooms and classes that its capacity follows from."""
    asked = {page.key for page in form_of(application).pages}
    return not asked.isdisjoint((pages.PREMISES.key, pages.CLASSES.key))


def _once_a_case(ask: Callable[[Case], Asked]) -> Callable[[Case], Asked]:
    """Keeps an answer on the case object: the parts of a page ask for the same."""
    name = f"_{ask.__name__}"

    @wraps(ask)
    def asked(case: Case) -> Asked:
        kept = vars(case)
        if name not in kept:
            kept[name] = ask(case)
        answer: Asked = kept[name]
        return answer

    return asked


@_once_a_case
def application_of(case: Case) -> Application | None:
    """The application of a case with its institution and its files: one query."""
    found = _with_papers().first(case=case.pk)
    if found is not None:
        found.case = case
    return found


@cache
def _with_papers() -> Prepared[Application]:
    files = ArraySubquery(_paper_rows(OuterRef("pk")).values(row=JSONObject(**PAPER)))
    rows = Application.objects.select_related("institution").filter(case=Blank("case"))
    return Prepared(rows.annotate(paper_rows=files))


@_once_a_case
def reading_of_case(case: Case) -> Reading | None:
    """The application of a case, read; None where the case has none."""
    application = application_of(case)
    return reading_of(application) if application else None


@_once_a_case
def form_pages_of(case: Case) -> tuple[FormPage, ...]:
    """The pages and fields of a case that a remark can be pinned to."""
    application, reading = application_of(case), reading_of_case(case)
    kind = application.kind if application else case.facts.get("kind", "institution")
    place, pack = case.division_code, case.pack.digest
    slots = reading.slots if reading else policy.slots_at(place, kind, pack=pack)
    form = reading.form if reading else policy.form_at(place, kind, pack=pack)
    by_page: dict[str, list[tuple[str, str]]] = {page.key: [] for page in form.pages}
    if application is None or not application.is_after_filing:
        by_page["basics"] = list(FIXED)
    for page, key, label in form.labels(slots):
        by_page[page].append((key, label))
    for asked in form.pages:
        rows = rows_typed(application, asked) if application else []
        by_page[asked.key] += [(f"row-{i}", f"第{i + 1}{asked.a_row}") for i in range(len(rows))]
    return tuple(FormPage(page.key, page.label, tuple(by_page[page.key])) for page in form.pages)


def rows_typed(application: Application, page: pages.Page) -> list[dict[str, Any]]:
    """What was typed row by row on a page; nothing where nothing is asked so."""
    if not page.rows:
        return []
    typed = stated.typed_of(application, Form((page,)))
    return list((typed.get(page.key) or {}).get("rows") or [])


FIXED = (("kind", "机构类型"), ("nature", "机构性质"), ("legal_form", "组织形式"), ("place", "申办地"))

PAPER = {
    "id": F("id"), "slot": F("slot"), "title": F("title"), "added_at": F("added_at"),
    "removed_at": F("removed_at"), "size": F("file__size"), "kind": F("file__kind"),
    "sha256": F("file__sha256"),
}  # fmt: skip


def _paper_rows(application: Any) -> QuerySet[Paper]:
    rows = Paper.objects.filter(application=application)
    return rows.order_by("slot", F("removed_at").asc(nulls_first=True), "pk")


def keep_files(application: Application) -> None:
    """Ask for the files of an application once, for all that reads them from here on."""
    vars(application)["paper_rows"] = _paper_rows_of(application)


def _paper_rows_of(application: Application) -> list[dict[str, Any]]:
    return [row["row"] for row in _paper_rows(application.pk).values(row=JSONObject(**PAPER))]


def _papers_of(application: Application) -> list[dict[str, Any]]:
    """The files of an application, removed ones with them: those it was asked with, else asked now."""
    if application.pk is None:
        return []
    given = vars(application).get("paper_rows")
    if given is None:
        given = _paper_rows_of(application)
    return [{**row, "added_at": datetime.fromisoformat(row["added_at"])} for row in given]


def slots_of(application: Application) -> tuple[pages.Slot, ...]:
    """The papers an application is asked for, by the same rules as `reading_of` reads it under."""
    return policy.slots_at(
        place_of(application),
        application.kind,
        *_ruled_by(application),
        procedure=application.procedure,
        items=application.items,
    )


def form_of(application: Application) -> Form:
    """What an application is asked, by the same rules as `reading_of` reads it under."""
    whole, papers = _whole_form(application), bool(slots_of(application))
    return matters.form_of(application.procedure, whole, application.items, papers=papers)


def _whole_form(application: Application) -> Form:
    """What its kind of institution is asked where it is set up."""
    return policy.form_at(place_of(application), application.kind, *_ruled_by(application))


def _ruled_by(application: Application) -> tuple[date, str | None]:
    """The day and the pack whose rules count: today's, or those its case began with."""
    if application.case is None:
        return clock.today(), None
    return application.case.opened_at.astimezone(clock.BEIJING).date(), application.case.pack.digest


def place_of(application: Application) -> str:
    """Where an application is decided: where the form says it is to lie, or where its filing is."""
    return application.division_code if application.is_after_filing else street_of(application)


def street_of(application: Application) -> str:
    """The street chosen on the form where it lies in the county applied for, else that county."""
    street = str((application.data.get("basics") or {}).get("street") or "")
    known = places().get(street)
    within = street.startswith(prefix_of(application.division_code[:6]))
    return street if known is not None and within and not known.abolished else application.division_code


def said_before(institution_id: int, owner_id: int, without: int = 0) -> Application | None:
    """The newest application the same owner handed in for an institution; another than `without`."""
    rows = Application.objects.filter(institution=institution_id, owner=owner_id, case__isnull=False)
    rows = rows.exclude(procedure__in=AFTER_FILING)
    return rows.exclude(pk=without).select_related("case", "owner").order_by("-pk").first()


def proves_itself(application: Application) -> bool:
    """Whether the registration is to be proved with a paper: by who does not head the institution yet, and of
    what was registered elsewhere and is not known here.

    What the registrar supplied is not collected again (政务数据共享条例, State Council Order 809).
    """
    institution = application.institution_id
    if institution is None or not application.files_alone:
        return application.kind in REGISTERED_ALREADY
    return application.owner_id not in standing.heads_of(institution)


def _identity_wrong(identity: str) -> str | None:
    if not identity:
        return None
    try:
        identifiers.identity_number(identity)
    except Refused as refused:
        return refused.problems[0].message
    return ""


def _file_counts(application: Application) -> dict[str, int]:
    return dict(Counter(row["slot"] for row in _papers_of(application) if row["removed_at"] is None))


def problems_of(application: Application) -> tuple[Problem, ...]:
    """Everything wrong with an application, at once."""
    return reading_of(application).problems


def facts_of(application: Application) -> rules.Facts:
    """An application's facts."""
    return reading_of(application).facts


def submission_of(
    application: Application, reading: Reading | None = None, *, in_clear: bool = False
) -> dict[str, dict[str, str]]:
    """The application as handed in, page by page and field by field, in the words a person reads.

    What is kept for good and told to other systems has the contact's telephone masked; `in_clear` it is for
    who typed it, and for who is written down as having read it.
    """
    reading = reading or reading_of(application)
    said: dict[str, dict[str, str]] = {}
    if not application.is_after_filing:
        said["basics"] = _fixed_choices(application)
    whole, sources = stated.typed_of(application, reading.form), stated.sources_of(application)
    for page in reading.form.pages:
        typed = whole.get(page.key) or {}
        part = said.setdefault(page.key, {})
        for one in page.fields:
            source = sources.get(f"{page.key}.{one.key}")
            part[one.key] = stated.in_words(one, typed.get(one.key)) + (f"（{source}）" if source else "")
        for index, row in enumerate(rows_typed(application, page)):
            part[f"row-{index}"] = stated.row_in_words(row, page)
    basics = said.get("basics", {})
    if not in_clear and basics.get("contact_phone"):
        basics["contact_phone"] = identifiers.mask_phone(basics["contact_phone"])
    if application.identity and "contact_identity" in basics:
        basics["contact_identity"] = identifiers.mask_id(application.identity)
    if "papers" in said:
        said["papers"] |= _papers_in_words(application, reading.slots)
    if application.procedure == CHANGE:
        said[stated.BEFORE] = stated.before_in_words(application, reading.form)
    return said


def _fixed_choices(application: Application) -> dict[str, str]:
    return {
        "kind": Kind(application.kind).label,
        "nature": Nature(application.nature).label,
        "legal_form": LegalForm(application.legal_form).label,
        "place": place_name(application.division_code),
    }


def _papers_in_words(application: Application, slots: Sequence[pages.Slot]) -> dict[str, str]:
    typed = application.data.get("papers") or {}
    files: dict[str, list[str]] = {}
    for row in _papers_of(application):
        if row["removed_at"] is None:
            files.setdefault(row["slot"], []).append(f"{row['title']}（{row['sha256'][:8]}）")
    said = {}
    for one in slots:
        details = [str(typed.get(f"{one.key}_{key}") or "") for key, _, _ in pages.SLOT_FIELDS]
        said[one.key] = "；".join([*files.get(one.key, []), *(d for d in details if d)])
    return said


def own_applications(actor: Actor) -> QuerySet[Application, Any]:
    """The applications `actor` may see, newest first, drafts and ended ones, as rows of values."""
    rows = visible_to(actor, VIEW_APPLICATION, Application.objects.exclude(state="deleted"))
    return rows.order_by("-saved_at", "-pk").values(
        "id", "kind", "nature", "division_code", "state", "saved_at", "submitted_at", "channel", "procedure",
        "owner_id", "owner__name", "case__number", "case__state", name=F("data__basics__name"),
    )  # fmt: skip


def deleted_applications(actor: Actor) -> QuerySet[Application, Any]:
    """Drafts deleted a while ago that may still be restored."""
    rows = visible_to(actor, VIEW_APPLICATION, Application.objects.filter(state="deleted"))
    return rows.order_by("-deleted_at").values("id", "deleted_at", name=F("data__basics__name"))


def files_of(application: Application) -> dict[str, list[dict[str, Any]]]:
    """The files of an application by paper, removed ones last and marked."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _papers_of(application):
        found.setdefault(row["slot"], []).append(row)
    return found


def note_reading(actor: Actor, paper: Paper) -> None:
    """Papers show people: that somebody else than the applicant looked at one is written down."""
    if paper.application.owner_id not in actor.owner_ids:
        audit.read(actor, paper, ["file"], topic=paper.application.topic)
