"""Reads: what an application says and lacks; lists and records of institutions; the public directory."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, wraps
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as CaseWhen
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from tuoyu.accounts.models import Membership
from tuoyu.cases.models import Case
from tuoyu.cases.procedures import FormPage
from tuoyu.core import audit, clock, identifiers
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import holds, visible_to
from tuoyu.core.prepared import Blank, Prepared
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import (
    counts,
    life,
    matters,
    names,
    pages,
    policy,
    provision,
    rules,
    standing,
    stated,
    yearly,
)
from tuoyu.institutions.asked import Form
from tuoyu.institutions.models import (
    SHOWN,
    Application,
    Certificate,
    ClassGroup,
    Institution,
    Paper,
    Publication,
    Suspension,
    YearlyResult,
)
from tuoyu.institutions.permissions import VIEW_APPLICATION, VIEW_COUNTS, VIEW_INSTITUTION, VIEW_UNFILED
from tuoyu.institutions.vocabulary import (
    AFTER_FILING,
    CHANGE,
    REGISTERED_ALREADY,
    CareType,
    Filing,
    Kind,
    LegalForm,
    Nature,
    Registration,
)
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import place_name
from tuoyu.jurisdictions.packs.schema import prefix_of

# ---------------------------------------------------------------- applications

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


def _papers_of(application: Application) -> list[dict[str, Any]]:
    """The files of an application, removed ones with them: those it was asked with, else asked now."""
    if application.pk is None:
        return []
    given = vars(application).get("paper_rows")
    if given is None:
        given = [row["row"] for row in _paper_rows(application.pk).values(row=JSONObject(**PAPER))]
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


def division_of(institution_id: int) -> str:
    """The division an institution lies in; empty where there is no such institution."""
    rows = Institution.objects.filter(pk=institution_id)
    return rows.values_list("division_code", flat=True).first() or ""


def note_reading(actor: Actor, paper: Paper) -> None:
    """Papers show people: that somebody else than the applicant looked at one is written down."""
    if paper.application.owner_id not in actor.owner_ids:
        audit.read(actor, paper, ["file"], topic=paper.application.topic)


# ---------------------------------------------------------------- institutions, for offices and nurseries


@dataclass(frozen=True)
class Narrowed:
    """How a list of institutions is narrowed; each field is a parameter of the address."""

    text: str = ""
    place: str = ""
    kind: str = ""
    care_type: str = ""
    inclusive: bool = False
    state: str = ""
    opened: bool = False
    # The office's own: the public does not ask who owes a report.
    overdue: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Narrowed":
        """Read an address; what makes no sense is left out, not refused."""
        place = query.get("place", "")
        return cls(
            text=query.get("q", "").replace("\x00", "").strip()[:60],
            place=place if place in places() else "",
            kind=query.get("kind", "") if query.get("kind") in Kind.values else "",
            care_type=query.get("care", "") if query.get("care") in CareType.values else "",
            inclusive=query.get("inclusive") == "1",
            state=query.get("state", "") if query.get("state") in Filing.values else "",
            opened=query.get("opened") == "1",
            overdue=query.get("overdue") == "1",
        )


LIST_FIELDS = (
    "id", "name", "kind", "nature", "division_code", "address", "care_types", "class_types", "places",
    "inclusive", "filing", "phone", "longitude", "latitude", "receipt_number",
)  # fmt: skip


def institutions(actor: Actor, narrowed: Narrowed) -> QuerySet[Institution, Any]:
    """The institutions `actor` may see in the console, as rows of values."""
    seen = visible_to(actor, VIEW_INSTITUTION, Institution.objects.all())
    rows = _matching(yearly.only_overdue(seen) if narrowed.overdue else seen, narrowed)
    found: QuerySet[Institution, Any] = rows.values(
        *LIST_FIELDS, "registration", "registered_on", "registrar", "receipt_issued_on"
    )
    return found


def unfiled(actor: Actor, narrowed: Narrowed) -> QuerySet[Institution, Any]:
    """Registered but not filed: the ones longest registered first."""
    rows = visible_to(actor, VIEW_UNFILED, Institution.objects.all()).filter(
        registration=Registration.REGISTERED, filing=Filing.NONE
    )
    rows = narrow(rows, narrowed).order_by("registered_on", "pk")
    return rows.values(
        "id",
        "name",
        "kind",
        "division_code",
        "address",
        "uscc",
        "registrar",
        "registration_number",
        "registered_on",
        "representative",
        "source_system",
        case_number=_last_case("case__number"),
        case_state=_last_case("case__state"),
        has_head=Exists(
            Membership.objects.filter(
                role=Role.NURSERY_HEAD,
                institution_id=OuterRef("pk"),
                valid__contains=clock.today(),
                user__is_active=True,
            )
        ),
    )


def _last_case(column: str) -> Subquery:
    """A column of the newest application that was handed in for an institution."""
    return Subquery(_handed_in(OuterRef("pk")).values(column)[:1])


def _handed_in(institution: Any) -> QuerySet[Application]:
    """What was handed in for an institution, the newest first; a draft is nobody else's business."""
    return Application.objects.filter(institution=institution, case__isnull=False).order_by("-pk")


def record(actor: Actor, pk: int) -> Any:
    """One institution as the console shows it, with everything related, in one query."""
    rows = visible_to(actor, VIEW_INSTITUTION, Institution.objects.filter(pk=pk))
    found = (
        rows.annotate(
            class_rows=_rows(
                "institution", ClassGroup.objects.open_now().order_by("pk"), "id", "name", "class_type",
                "places", "carers", enrolled=counts.last("enrolled"), counted_on=counts.last("day"),
            ),
            sees_counts=holds(actor, VIEW_COUNTS),
            publication_rows=_rows(
                "institution", Publication.objects.all(), "kind", "reasons", "clause", "published_on",
                "department", "division_code",
            ),
            certificate_rows=_rows(
                "institution",
                Certificate.objects.filter(kind__in=Certificate.OF_THE_FILING).order_by("pk"),
                "id", "number", "kind", "code", "issued_on", "issuer", "cancelled_on", "cancelled_reason",
                replaced_by=F("replaced_by__number"),
            ),
            paper_rows=_rows(
                "application__institution",
                Paper.objects.filter(
                    removed_at=None,
                    application=Subquery(_handed_in(OuterRef("application__institution")).values("pk")[:1]),
                ),
                "id", "slot", "title", "issuer", "number", "issued_on", "expires_on",
            ),
            yearly_rows=_rows(
                "institution", YearlyResult.objects.order_by("-year", "-pk"), "name", "year", "result",
                "reasons", "decided_on", "clause",
            ),
            suspension_rows=_rows(
                "institution", Suspension.objects.order_by("-pk"), "reason", "resumed_on", "children",
                "children_to", "id", "called_off_on", "called_off_reason", first=F("days__startswith"),
                until=F("days__endswith"),
            ),
            case_rows=_rows(
                "institution", Application.objects.exclude(case=None), number=F("case__number"),
                name=F("case__procedure_name"), state=F("case__state"), opened_at=F("case__opened_at"),
            ),
            opened_places=provision.opened_today(),
            operation=F("employer_site__operation"),
            operator=F("employer_site__operator"),
            partner_rows=provision.partner_rows(public=False),
            pairing_rows=provision.pairing_rows(shown=Filing.values),
        )
        .values()
        .first()
    )  # fmt: skip
    if found is not None and not found["sees_counts"]:
        for group in found["class_rows"]:
            group |= {"enrolled": None, "counted_on": None}
    return found


def _rows(to: str, rows: QuerySet[Any], *names_: str, **renamed: F | Subquery) -> ArraySubquery:
    fields = {name: F(name) for name in names_} | renamed
    return ArraySubquery(rows.filter(**{to: OuterRef("pk")}).values(row=JSONObject(**fields)))


# ---------------------------------------------------------------- the public directory


def public_institutions() -> QuerySet[Institution]:
    """What the public may see: filed institutions and no others."""
    return Institution.objects.filter(SHOWN)


def search(
    *, text: str = "", place: str = "", kind: str = "", care_type: str = "", inclusive: bool = False
) -> QuerySet[Institution, Any]:
    """The public directory: by name, pinyin or initials, place, kind, care type, inclusive or not."""
    narrowed = Narrowed(text=text, place=place, kind=kind, care_type=care_type, inclusive=inclusive)
    return directory(narrowed)


def directory(narrowed: Narrowed) -> QuerySet[Institution, Any]:
    """The public directory as rows of values, the best match first."""
    rows = _matching(public_institutions(), narrowed)
    found: QuerySet[Institution, Any] = rows.values(*LIST_FIELDS, opened_places=provision.opened_today())
    return found


def is_cut(count: int) -> bool:
    """Whether a search stopped at so many candidates, so that there may be more."""
    return count >= CANDIDATES


def narrow(rows: QuerySet[Institution], narrowed: Narrowed) -> QuerySet[Institution]:
    """`rows` narrowed as the address says."""
    if narrowed.place:
        rows = rows.filter(division_code__startswith=prefix_of(narrowed.place))
    if narrowed.kind:
        rows = rows.filter(kind=narrowed.kind)
    if narrowed.care_type:
        rows = rows.filter(care_types__contains=[narrowed.care_type])
    if narrowed.inclusive:
        rows = rows.filter(inclusive=True)
    if narrowed.state:
        rows = rows.filter(filing=narrowed.state)
    if narrowed.opened:
        rows = provision.only_opened(rows)
    return rows.filter(named(narrowed.text)) if narrowed.text else rows


def named(text: str) -> Q:
    """The condition that a name holds `text`, its pinyin or its initials; each part answers by an index."""
    asked = names.plain(text)
    if not asked:
        return Q(pk__in=[])
    pairs = Q(search_keys__contains=names.keys_asked(asked))
    if names.is_han(asked) or not asked.isascii():
        return pairs
    found = pairs & (Q(initials__contains=asked) | Q(name__icontains=asked))
    if len(asked) >= SHORTEST_TRIGRAM:
        found |= Q(pinyin__contains=asked)
    return found


SHORTEST_TRIGRAM = 3
# A word half the country's nurseries have in their name ranks nothing: beyond so many candidates the
# order is of those alone, and the count says that there are more.
CANDIDATES = 500
LAST = "\U0010ffff"


def _matching(rows: QuerySet[Institution], narrowed: Narrowed) -> QuerySet[Institution]:
    """`rows` narrowed, the best match first: whose name begins with what was typed, then holds it."""
    asked = names.plain(narrowed.text)
    if not narrowed.text:
        return narrow(rows, narrowed).order_by("-pk")
    # Candidates come without an order, so that an index answers and stops early; the range is what an
    # index of names can use when the text is a parameter, where LIKE could not.
    found = narrow(rows, narrowed).order_by().values_list("pk", flat=True)
    begins = Q(name__gte=narrowed.text, name__lt=narrowed.text + LAST, name__startswith=narrowed.text)
    candidates = {*found.filter(begins)[:CANDIDATES], *found[:CANDIDATES]}
    best = CaseWhen(
        When(name__startswith=narrowed.text, then=Value(0)),
        When(name__contains=narrowed.text, then=Value(1)),
        When(initials__startswith=asked, then=Value(2)),
        When(pinyin__startswith=asked, then=Value(2)),
        When(initials__contains=asked, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    # One array rather than hundreds of parameters, which cost more than the search itself.
    chosen = RawSQL("SELECT unnest(%s::bigint[])", [sorted(candidates)])
    return Institution.objects.filter(pk__in=chosen).order_by(best, "pk")
