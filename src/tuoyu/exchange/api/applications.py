"""Applications for setting up a nursery: the route, the pages, the papers, what is wrong, handing in."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import File, Form, Path, Query, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.accounts import actions as accounts
from tuoyu.accounts.permissions import RECEIVE_WALK_INS
from tuoyu.cases import rules as case_rules
from tuoyu.core import identifiers, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Refused
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Code, Given, Id, PageAsked, PageOf, Problems, Told, page_of
from tuoyu.institutions import actions, policy, queries, standing, stated
from tuoyu.institutions.actions.applications import choices_wrong
from tuoyu.institutions.asked import form_of
from tuoyu.institutions.models import Application, Paper
from tuoyu.institutions.permissions import EDIT_APPLICATION, READ_PAPER, START, VIEW_APPLICATION
from tuoyu.institutions.vocabulary import Kind, LegalForm, Nature
from tuoyu.jurisdictions.atlas import places
from tuoyu.jurisdictions.names import department_name

router = Router(tags=["applications"])

PK = Annotated[Id, Path()]


class RouteStep(Told):
    """A step on the way: who takes it, within how many working days, and where that is written."""

    key: str
    name: str
    kind: str
    department: str
    department_name: str
    division_code: str
    stage: int
    after: list[str]
    working_days: int | None
    push_to: list[str]
    source: str


class Route(Told):
    """The way an application goes at its place."""

    name: str
    jurisdiction_code: str
    steps: list[RouteStep]


class RouteAsked(Given):
    """What decides the way."""

    division_code: Code
    kind: Kind
    nature: Nature
    legal_form: LegalForm


class Begun(RouteAsked):
    """What an application begins with; `owner_id` when it is for somebody one acts for."""

    owner_id: Id | None = None


class FilingBegun(Given):
    """Which registered institution files: one's own by its number, any by its credit code."""

    institution_id: Id | None = None
    uscc: Annotated[str, Field(max_length=40)] = ""
    owner_id: Id | None = None


class WalkIn(Given):
    """Somebody at the window."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    phone: Annotated[str, Field(min_length=1, max_length=40)]


class Owner(Told):
    """For whom an application can be begun."""

    owner_id: int
    name: str


class Row(Told):
    """An application in a list."""

    id: int
    name: str | None
    procedure: str
    kind: str
    nature: str
    division_code: str
    state: str
    channel: str
    saved_at: datetime
    submitted_at: datetime | None
    case_number: str | None
    case_state: str | None


class Full(Told):
    """An application with what was typed; the identity number is only shown masked.

    What another register holds is not asked: `held` says of which "page.field", and from where it is.
    """

    id: int
    procedure: str
    kind: str
    nature: str
    legal_form: str
    division_code: str
    state: str
    channel: str
    version: int
    editable: bool
    data: dict[str, Any]
    held: dict[str, str]
    identity: str
    case_number: str | None
    institution_id: int | None
    saved_at: datetime


class PageTyped(Given):
    """What was typed on a page, and the version of the application it was typed on."""

    version: Id
    fields: Annotated[dict[str, Any], Field(max_length=200)]


class Handed(Told):
    """A file of a paper."""

    id: int
    slot: str
    title: str
    size: int
    kind: str
    added_at: datetime
    removed_at: datetime | None


class Limit(Told):
    """What one rule allows."""

    name: str
    allows: int | None
    says: str
    rule_key: str
    source: str
    hard: bool


class ClassCapacity(Told):
    """A class: what was asked for, what is allowed, and the rules that bind it."""

    label: str
    asked: int | None
    allowed: int | None
    advised: int | None
    certain: bool
    limits: list[Limit]
    binding: list[Limit]


class Capacity(Told):
    """How many children may be taken, class by class and in all."""

    allowed: int | None
    advised: int | None
    certain: bool
    classes: list[ClassCapacity]
    whole: list[Limit]


class Submitted(Told):
    """The case an application became."""

    case_number: str
    round: int
    state: str


# ---------------------------------------------------------------- the way, and the list


@operation(router, "GET", "/routes", door=public("who decides what, and when, is for everybody"), ok=Route)
def route(request: HttpRequest, asked: Annotated[RouteAsked, Query()]) -> Any:
    """The steps an application would take, before one is begun."""
    given = asked.model_dump()
    wrong = choices_wrong(**given)
    if wrong:
        raise Refused(wrong)
    given.pop("division_code")
    plan = policy.plan_of(policy.procedure_of(asked.kind), asked.division_code, **given)
    stage_of = case_rules.stages({step.key: step.after for step in plan.steps})
    return {
        "name": plan.name,
        "jurisdiction_code": plan.jurisdiction_code,
        "steps": [
            {
                "stage": stage_of[step.key],
                "department_name": department_name(step.department, step.division_code),
                **{n: getattr(step, n) for n in RouteStep.model_fields if hasattr(step, n)},
            }
            for step in plan.steps
        ],
    }


@operation(router, "GET", "/applications", door=permitted(VIEW_APPLICATION), ok=PageOf[Row])
def applications(request: HttpRequest, asked: PageAsked) -> Any:
    """One's applications, the one saved last first."""
    found = page_of(queries.own_applications(actor_of(request)), asked)
    for row in found["rows"]:
        row |= {"case_number": row["case__number"], "case_state": row["case__state"]}
    return found


class Deleted(Told):
    """A draft that was deleted and may still be restored."""

    id: int
    name: str | None
    deleted_at: datetime


@operation(router, "GET", "/deleted-applications", door=permitted(VIEW_APPLICATION), ok=PageOf[Deleted])
def deleted_applications(request: HttpRequest, asked: PageAsked) -> Any:
    """Drafts that were deleted a while ago."""
    return page_of(queries.deleted_applications(actor_of(request)), asked)


@operation(router, "POST", "/applications", door=permitted(START), ok={201: Full})
def begin(request: HttpRequest, given: Begun) -> Any:
    """Begin an application."""
    actor = actor_of(request)
    choices = given.model_dump(exclude={"owner_id"})
    made = actions.start_application(by=actor, owner_id=given.owner_id or actor.user_id or 0, **choices)
    return Status(201, full(made))


@operation(router, "POST", "/filings", door=permitted(START), ok={201: Full})
def begin_filing(request: HttpRequest, given: FilingBegun) -> Any:
    """Begin (or go on with) the application of a registered institution for its filing alone."""
    actor = actor_of(request)
    if given.institution_id is None:
        found = standing.registered_as(given.uscc)
    else:
        own = [one for one in standing.headed_by(actor) if one.pk == given.institution_id]
        if not own:
            raise Http404
        found = own[0]
    owner_id = given.owner_id or standing.owner_for(actor, found)
    made = actions.start_filing(by=actor, owner_id=owner_id, institution=found)
    return Status(201, full(made))


@operation(router, "POST", "/walk-ins", door=permitted(RECEIVE_WALK_INS), ok=Owner)
def walk_in(request: HttpRequest, given: WalkIn) -> Any:
    """Find or make the account of somebody at the window, to begin an application for."""
    user = accounts.walk_in_applicant(by=actor_of(request), name=given.name, phone=given.phone)
    return {"owner_id": user.pk, "name": user.name}


# ---------------------------------------------------------------- one application


def _seen(request: HttpRequest, pk: int) -> Application:
    rows = Application.objects.select_related("case__pack", "institution")
    return get_visible(actor_of(request), VIEW_APPLICATION, rows, pk=pk)


def full(row: Application) -> dict[str, Any]:
    """An application as the API tells it."""
    names = (
        "id", "procedure", "kind", "nature", "legal_form", "division_code", "state", "channel", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "data": stated.with_settled(row.typed, row),
        "held": stated.sources_of(row),
        "editable": row.is_editable,
        "identity": identifiers.mask_id(row.identity) if row.identity else "",
        "case_number": row.case.number if row.case else None,
        "institution_id": row.institution_id,
        "saved_at": row.saved_at,
    }


@operation(router, "GET", "/applications/{pk}", door=permitted(VIEW_APPLICATION), ok=Full)
def application(request: HttpRequest, pk: PK) -> Any:
    """One application with what was typed."""
    return full(_seen(request, pk))


@operation(router, "PATCH", "/applications/{pk}/pages/{page}", door=permitted(EDIT_APPLICATION), ok=Full)
def save_page(
    request: HttpRequest, pk: PK, page: Annotated[str, Path(max_length=40)], given: PageTyped
) -> Any:
    """Keep what was typed on a page, right or wrong; fields left out stay as they were."""
    found = _seen(request, pk)
    typed = {**(found.typed.get(page) or {}), **given.fields}
    saved = actions.save_page(
        by=actor_of(request), application=found, page=page, typed=typed, version=given.version
    )
    return full(saved)


@operation(router, "GET", "/applications/{pk}/problems", door=permitted(VIEW_APPLICATION), ok=Problems)
def problems(request: HttpRequest, pk: PK) -> Any:
    """Everything wrong with an application, at once, each with page, field, rule and clause."""
    return {"problems": [p.as_json() for p in queries.problems_of(_seen(request, pk))]}


@operation(router, "GET", "/applications/{pk}/capacity", door=permitted(VIEW_APPLICATION), ok=Capacity)
def capacity(request: HttpRequest, pk: PK) -> Any:
    """How many children may be taken, and which rule binds."""
    return queries.reading_of(_seen(request, pk)).capacity


@operation(router, "POST", "/applications/{pk}/submission", door=permitted(EDIT_APPLICATION), ok=Submitted)
def submit(request: HttpRequest, pk: PK) -> Any:
    """Hand it in, or hand it in again mended; twice it is one case."""
    case = actions.submit(by=actor_of(request), application=_seen(request, pk))
    return {"case_number": case.number, "round": case.round, "state": case.state}


@operation(router, "DELETE", "/applications/{pk}", door=permitted(EDIT_APPLICATION), ok=Full)
def delete(request: HttpRequest, pk: PK) -> Any:
    """Delete a draft; it can be restored for a while."""
    return full(actions.delete_draft(by=actor_of(request), application=_seen(request, pk)))


@operation(router, "POST", "/applications/{pk}/restoration", door=permitted(EDIT_APPLICATION), ok=Full)
def restore(request: HttpRequest, pk: PK) -> Any:
    """Restore a deleted draft."""
    return full(actions.restore_draft(by=actor_of(request), application=_seen(request, pk)))


# ---------------------------------------------------------------- papers


class Slot(Told):
    """A paper that may have to be handed in."""

    key: str
    label: str
    source: str
    issuer_hint: str
    needs_number: bool
    needs_expiry: bool
    files: list[Handed]


@operation(router, "GET", "/applications/{pk}/papers", door=permitted(VIEW_APPLICATION), ok=list[Slot])
def papers(request: HttpRequest, pk: PK) -> Any:
    """The papers of an application, and the files handed in for each."""
    found = _seen(request, pk)
    files = queries.files_of(found)
    names = ("key", "label", "source", "issuer_hint", "needs_number", "needs_expiry")
    return [
        {**{name: getattr(slot, name) for name in names}, "files": files.get(slot.key, [])}
        for slot in queries.reading_of(found).slots
    ]


@operation(router, "POST", "/applications/{pk}/papers", door=permitted(EDIT_APPLICATION), ok={201: Handed})
def add_paper(
    request: HttpRequest,
    pk: PK,
    slot: Annotated[str, Form(max_length=40)],
    file: File[UploadedFile],
) -> Any:
    """Add a file (pdf, jpg, png) to a paper; its content decides what it is."""
    given = [(slot, file)]
    (made,), _ = actions.add_papers(by=actor_of(request), application=_seen(request, pk), files=given)
    return Status(201, _handed(made))


def _handed(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.pk,
        "slot": paper.slot,
        "title": paper.title,
        "size": paper.file.size,
        "kind": paper.file.kind,
        "added_at": paper.added_at,
        "removed_at": paper.removed_at,
    }


def _paper(request: HttpRequest, pk: int) -> Paper:
    rows = Paper.objects.select_related("file", "application")
    return get_visible(actor_of(request), READ_PAPER, rows, pk=pk)


@operation(
    router,
    "GET",
    "/papers/{pk}/file",
    door=permitted(READ_PAPER),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def paper(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """One file."""
    found = _paper(request, pk)
    queries.note_reading(actor_of(request), found)
    return uploads.stream(found.file)


@operation(router, "DELETE", "/papers/{pk}", door=permitted(EDIT_APPLICATION), ok=Handed)
def remove_paper(request: HttpRequest, pk: PK) -> Any:
    """Take a file out; it can be put back until the application is handed in."""
    return _handed(actions.remove_paper(by=actor_of(request), paper=_paper(request, pk)))


@operation(router, "POST", "/papers/{pk}/restoration", door=permitted(EDIT_APPLICATION), ok=Handed)
def restore_paper(request: HttpRequest, pk: PK) -> Any:
    """Put a removed file back."""
    return _handed(actions.restore_paper(by=actor_of(request), paper=_paper(request, pk)))


# ---------------------------------------------------------------- what is asked


class FieldAsked(Told):
    """A field of the application."""

    key: str
    label: str
    kind: str
    options: list[tuple[str, str]]
    unit: str
    help: str
    required: bool


class FormPage(Told):
    """A page of the application."""

    key: str
    label: str
    fields: list[FieldAsked]
    rows: list[FieldAsked]


class FormAsked(Given):
    """For which kind of institution, and where: what only some places ask is left out without one."""

    kind: Kind
    division_code: Code | Literal[""] = ""


@operation(router, "GET", "/application-pages", door=public("the form is public"), ok=list[FormPage])
def form_pages(request: HttpRequest, asked: Annotated[FormAsked, Query()]) -> Any:
    """The pages and fields of the application for a kind of institution, at a place where one is named."""
    known = asked.division_code in places()
    form = policy.form_at(asked.division_code, asked.kind) if known else form_of(asked.kind)
    return [
        {"key": p.key, "label": p.label, "fields": list(p.fields), "rows": list(p.rows)} for p in form.pages
    ]
