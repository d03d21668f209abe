"""The public directory, what is publicised, and whether a printed paper is genuine; the office's view too."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Path, Query, Router
from pydantic import Field

from tuoyu.core import clock, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible, visible_to
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.matters import Due
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Asked, Code, Id, PageOf, Told, page_of
from tuoyu.institutions import actions, documents, queries, shown, yearly
from tuoyu.institutions.models import Certificate, Institution, Publication
from tuoyu.institutions.permissions import REMIND, VIEW_INSTITUTION, VIEW_UNFILED
from tuoyu.institutions.vocabulary import CareType, Filing, Kind
from tuoyu.jurisdictions.packs.schema import prefix_of
from tuoyu.ratings import queries as ratings

router = Router(tags=["directory"])

PUBLIC = public("families look for a nursery; only filed institutions are shown")
Text = Annotated[str, Field(max_length=60)]


class Listed(Told):
    """An institution as a list shows it."""

    id: int
    name: str
    kind: str
    nature: str
    division_code: str
    address: str
    care_types: list[str]
    class_types: list[str]
    places: int
    inclusive: bool
    filing: str
    phone: str
    longitude: float | None
    latitude: float | None
    receipt_number: str | None


class Graded(Told):
    """The result of an assessment that stands; an empty grade says that none is given."""

    id: int
    year: int
    grade: str
    stars: int
    total: Decimal


class PubliclyListed(Listed):
    """A filed institution in the public list; `opened_places` are those an employer opens to others today."""

    opened_places: int
    graded: Graded | None


class Employer(Told):
    """An employer behind an institution; of several one leads."""

    name: str
    leads: bool


class PairedWith(Told):
    """With which institution another is paired now, and since when."""

    institution_id: int
    name: str
    agreed_on: date


class GradedShown(Graded):
    """The same with the document its tree rests on."""

    basis: str


class ClassShown(Told):
    """A class that takes children."""

    name: str
    class_type: str
    places: int


class PublishedHere(Told):
    """What an authority made public about this institution."""

    kind: str
    reasons: str
    clause: str
    department: str
    division_code: str
    published_on: date
    withdrawn_on: date | None
    withdrawn_reason: str


class PauseShown(Told):
    """When the institution takes no children."""

    reason: str
    first_day: date
    last_day: date


class CreditShown(Told):
    """A credit event that shows today; `pledge` where it is just being repaired."""

    kind: str
    credit_class: str
    summary: str
    decided_on: date
    last_day: date | None
    office: str
    pledge: str


class OnList(Told):
    """A list of its place that the institution is on today."""

    kind: str
    conclusion: str
    reason: str
    placed_on: date
    office: str


class Shown(PubliclyListed):
    """What the public may know of a filed institution. Results of its inspections are those of
    `/inspection-results`; `receipt_code` is that of `/certificates/{code}`."""

    graded: GradedShown | None
    employers: list[Employer]
    paired_with: list[PairedWith]
    pairing_name: str
    opened_to: str

    legal_form: str
    opening_hours: str
    fees: str
    intro: str
    uscc: str
    receipt_issued_on: date | None
    receipt_code: str
    verified_on: date | None
    public_since: date | None
    classes: list[ClassShown]
    publications: list[PublishedHere]
    suspensions: list[PauseShown]
    credit: list[CreditShown]
    credit_lists: list[OnList]


class Search(Asked):
    """How the directory is narrowed: by name, pinyin or initials, place, kind, care type, grade."""

    q: Text = ""
    place: Code | Literal[""] = ""
    kind: Kind | Literal[""] = ""
    care: CareType | Literal[""] = ""
    inclusive: bool = False
    opened: bool = False
    grade: Annotated[str, Field(max_length=20)] = ""


class OfficeSearch(Search):
    """The office narrows by where the filing stands, too."""

    state: Filing | Literal[""] = ""
    overdue: bool = False


class Published(Told):
    """What an authority made public about an institution, with its reasons."""

    id: int
    institution_id: int
    institution: str
    kind: str
    reasons: str
    clause: str
    department: str
    division_code: str
    published_on: date
    case_number: str | None
    withdrawn_on: date | None
    withdrawn_reason: str


class Verified(Told):
    """A genuine paper, and whether it is still good.

    `institution` and `said` are what the paper said when it was issued; `changed` holds label, then and now
    of what is different today.
    """

    number: str
    kind: str
    issued_on: date
    issuer: str
    institution: str
    said: list[tuple[str, str]]
    changed: list[tuple[str, str, str]]
    division_code: str
    filing: str
    good: bool
    cancelled_on: date | None
    cancelled_reason: str
    replaced_by: str | None


def _narrowed(asked: Search) -> queries.Narrowed:
    return queries.Narrowed(
        text=asked.q.strip(),
        place=asked.place,
        kind=str(asked.kind),
        care_type=str(asked.care),
        inclusive=asked.inclusive,
        state=str(getattr(asked, "state", "")),
        opened=asked.opened,
        grade=asked.grade.strip(),
        overdue=bool(getattr(asked, "overdue", False)),
    )


@operation(router, "GET", "/institutions", door=PUBLIC, ok=PageOf[PubliclyListed])
def search(request: HttpRequest, asked: Annotated[Search, Query()]) -> Any:
    """Filed institutions, the best match first."""
    found = page_of(queries.directory(_narrowed(asked)), asked)
    graded = ratings.grades_of(row["id"] for row in found["rows"])
    return found | {"rows": [row | {"graded": graded.get(row["id"])} for row in found["rows"]]}


@operation(router, "GET", "/institutions/{pk}", door=PUBLIC, ok=Shown)
def institution(request: HttpRequest, pk: Annotated[Id, Path()]) -> Any:
    """One filed institution, as its public page tells it."""
    row = shown.institution(pk)
    if row is None:
        raise Http404
    graded = next(iter(row["grades"]), None)
    pauses = [one | {"first_day": one["first"], "last_day": one["last"]} for one in row["pauses"]]
    return row | {
        "graded": graded and graded | {"basis": graded["tree__basis"]},
        "employers": row["partner_rows"],
        "paired_with": row["pairing_rows"],
        "receipt_code": next(iter(row["receipt_codes"]), ""),
        "classes": row["class_rows"],
        "publications": row["publication_rows"],
        "suspensions": pauses,
    }


class PublishedAsked(Asked):
    """How publications are narrowed."""

    place: Code | Literal[""] = ""
    kind: Literal["filing", "nonconformity", "inspection", "penalty", "revocation", "ban", ""] = ""


@operation(
    router, "GET", "/publications", door=public("what is publicised is for everybody"), ok=PageOf[Published]
)
def publications(request: HttpRequest, asked: Annotated[PublishedAsked, Query()]) -> Any:
    """What authorities made public, the newest first."""
    rows = Publication.objects.filter(published_on__lte=clock.today())
    if asked.place:
        rows = rows.filter(institution__division_code__startswith=prefix_of(asked.place))
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    found = page_of(
        rows.order_by("-published_on", "-pk").values(
            "id", "institution_id", "institution__name", "kind", "reasons", "clause", "department",
            "division_code", "published_on", "case__number", "withdrawn_on", "withdrawn_reason",
        ),
        asked,
    )  # fmt: skip
    for row in found["rows"]:
        row["institution"] = row.pop("institution__name")
        number = row.pop("case__number")
        row["case_number"] = None if row["kind"] == Publication.Kind.FILING else number
        if row["withdrawn_on"] is not None:
            row["reasons"] = ""
    return found


@operation(
    router,
    "GET",
    "/certificates/{code}",
    door=public("anyone who holds a printed paper may ask whether it is genuine"),
    ok=Verified,
)
def verification(request: HttpRequest, code: Annotated[str, Path(max_length=64)]) -> Any:
    """Whether a receipt or notice with this code is genuine, and whether it is still good."""
    rows = Certificate.objects.select_related("institution", "replaced_by").filter(code=code.lower())
    found = rows.first()
    if found is None:
        raise Http404
    return {
        "number": found.number,
        "kind": found.kind,
        "issued_on": found.issued_on,
        "issuer": found.issuer,
        "institution": dict(documents.said_by(found)).get(documents.NAME) or found.institution.name,
        "said": documents.said_by(found),
        "changed": documents.changed_since(found),
        "division_code": found.institution.division_code,
        "filing": found.institution.filing,
        "good": found.cancelled_on is None,
        "cancelled_on": found.cancelled_on,
        "cancelled_reason": found.cancelled_reason,
        "replaced_by": found.replaced_by.number if found.replaced_by else None,
    }


# ---------------------------------------------------------------- what the office sees


class OfficeListed(Listed):
    """An institution as the office lists it."""

    registration: str
    registered_on: date | None
    registrar: str
    dues: list[Due]


class Unfiled(Told):
    """An institution that is registered but not filed."""

    id: int
    name: str
    kind: str
    division_code: str
    address: str
    uscc: str
    registrar: str
    registration_number: str
    registered_on: date
    representative: str
    source_system: str
    case_number: str | None
    case_state: str | None
    has_head: bool


class Reminded(Told):
    """How many heads of an institution were told."""

    told: int


class Record(Told):
    """One institution with everything the office holds about it."""

    id: int
    name: str
    kind: str
    nature: str
    legal_form: str
    division_code: str
    address: str
    representative: str
    uscc: str
    registration: str
    registration_number: str
    registered_on: date | None
    registrar: str
    business_scope: str
    places: int
    inclusive: bool
    filing: str
    receipt_number: str | None
    receipt_issued_on: date | None
    verified_on: date | None
    classes: list[dict[str, Any]]
    publications: list[dict[str, Any]]
    certificates: list[dict[str, Any]]
    papers: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    partners: list[dict[str, Any]]
    pairings: list[dict[str, Any]]
    opened_places: int
    operation: str | None
    operator: str | None


@operation(router, "GET", "/office/institutions", door=permitted(VIEW_INSTITUTION), ok=PageOf[OfficeListed])
def institutions(request: HttpRequest, asked: Annotated[OfficeSearch, Query()]) -> Any:
    """Every institution the caller may see, each with what it owes of its years now."""
    told = page_of(queries.institutions(actor_of(request), _narrowed(asked)), asked)
    dues = yearly.dues_of(told["rows"])
    return {**told, "rows": [row | {"dues": dues.get(row["id"], [])} for row in told["rows"]]}


@operation(router, "GET", "/office/institutions/unfiled", door=permitted(VIEW_UNFILED), ok=PageOf[Unfiled])
def unfiled(request: HttpRequest, asked: Annotated[Search, Query()]) -> Any:
    """Institutions that are registered but not filed, those longest registered first."""
    return page_of(queries.unfiled(actor_of(request), _narrowed(asked)), asked)


@operation(router, "GET", "/office/institutions/{pk}", door=permitted(VIEW_INSTITUTION), ok=Record)
def record(request: HttpRequest, pk: Annotated[Id, Path()]) -> Any:
    """One institution with its classes, publications, certificates, papers and cases."""
    row = queries.record(actor_of(request), pk)
    if row is None:
        raise Http404
    related = ("classes", "class_rows"), ("publications", "publication_rows"), ("papers", "paper_rows")
    behind = ("partners", "partner_rows"), ("pairings", "pairing_rows")
    for name, source in (*related, *behind, ("certificates", "certificate_rows"), ("cases", "case_rows")):
        row[name] = row[source]
    return row


@operation(router, "POST", "/office/institutions/{pk}/reminder", door=permitted(REMIND), ok=Reminded)
def remind(request: HttpRequest, pk: Annotated[Id, Path()]) -> Any:
    """Remind the heads of a registered institution that it is not filed; at most once a day."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_UNFILED, Institution.objects.all(), pk=pk)
    return {"told": actions.remind(by=actor, institution=found)}


@operation(
    router,
    "GET",
    "/office/certificates/{pk}/file",
    door=permitted(VIEW_INSTITUTION),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/pdf": {}}}}},
)
def certificate(request: HttpRequest, pk: Annotated[Id, Path()]) -> HttpResponseBase:
    """The PDF of a receipt or notice."""
    own = visible_to(actor_of(request), VIEW_INSTITUTION, Institution.objects.all())
    rows = Certificate.objects.filter(kind__in=Certificate.OF_THE_FILING).select_related("file")
    found = rows.filter(pk=pk, institution__in=own).first()
    if found is None or found.file is None:
        raise Http404
    return uploads.stream(found.file)
