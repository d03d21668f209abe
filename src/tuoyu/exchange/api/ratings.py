"""Assessing quality: trees of indicators, agencies, assessments and their scores, results for everybody."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import File, Form, Path, Query, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.core import audit, clock, paging, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import Permission, get_visible, which
from tuoyu.core.problems import Problem as ProblemFound
from tuoyu.core.problems import Refused
from tuoyu.exchange.api.doors import permitted, public
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import (
    Asked,
    Code,
    Day,
    Given,
    Id,
    PageAsked,
    PageOf,
    Problem,
    Reason,
    Told,
    page_of,
    shown_page,
)
from tuoyu.institutions.models import Institution
from tuoyu.ratings import actions, bringing, policy, queries, rules
from tuoyu.ratings.models import Agency, Assessment, Assessor, Evidence, IndicatorTree
from tuoyu.ratings.permissions import (
    ADOPT_TREE,
    ASSESS_SELF,
    BEGIN_ASSESSMENT,
    CONDUCT,
    DRAFT_TREE,
    MANAGE_AGENCIES,
    READ_EVIDENCE,
    SCORE,
    VIEW_ASSESSMENTS,
    VIEW_GIVEN,
    VIEW_PART,
    VIEW_TREES,
    WITHDRAW_RESULT,
)
from tuoyu.ratings.rules import Scored
from tuoyu.ratings.views.trees import XLSX, workbook_of
from tuoyu.ratings.vocabulary import AgencyKind, Side, State, TreeState

router = Router(tags=["ratings"])

PK = Annotated[Id, Path()]
ItemCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,8}(\.[0-9A-Za-z]{1,8}){0,5}$")]
Points = Annotated[int, Field(ge=1, le=99_999)]
PUBLIC = public("results of assessments are published")


class Made(Told):
    """What was made, or changed."""

    id: int
    state: str


# ---------------------------------------------------------------- trees


class TreeItem(Given):
    """One thing looked at."""

    code: ItemCode
    text: Annotated[str, Field(min_length=1, max_length=120)]
    points: Points | None = None
    veto: bool = False


class TreeChapter(Given):
    """A heading with its items."""

    code: ItemCode
    name: Annotated[str, Field(min_length=1, max_length=60)]
    points: Points | None = None
    aspect: Literal["quality", "safety"] = "quality"
    items: Annotated[list[TreeItem], Field(max_length=400)] = []


class TreeGrade(Given):
    """A grade and the points it takes at least."""

    name: Annotated[str, Field(min_length=1, max_length=20)]
    at_least: Annotated[int, Field(ge=0, le=99_999)]
    stars: Annotated[int, Field(ge=0, le=5)] = 0


class TreeContent(Given):
    """Everything an assessment goes by; what is not established stays null."""

    total: Points | None = None
    chapters: Annotated[list[TreeChapter], Field(max_length=60)] = []
    grades: Annotated[list[TreeGrade], Field(max_length=20)] = []
    veto_brings: Literal["none", "lowest"] | None = None
    vetoes_settled: bool = False


class TreeWritten(TreeContent):
    """A draft as it is to be kept; `version` is that which was read."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    name: Annotated[str, Field(max_length=120)] = ""


class TreeBegun(Given):
    """A new draft, from the outline of a standard or from nothing."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    outline: Annotated[str, Field(max_length=80)] = ""
    division_code: Code | Literal[""] = ""


class Adoption(Given):
    """On what ground a tree is adopted, and from when."""

    basis: Annotated[str, Field(min_length=1, max_length=500)]
    effective_from: Day


class TreeListed(Told):
    """A tree as a list shows it."""

    id: int
    name: str
    division_code: str
    state: str
    version: int
    basis: str
    effective_from: date | None


class TreeWhole(TreeListed):
    """A tree with all it holds, and what a draft lacks before it can be adopted."""

    content: TreeContent
    lacking: list[Problem]


class OutlineTold(Told):
    """What is established of a standard: from it a tree is drafted."""

    key: str
    name: str
    version: str
    document: str
    number: str
    force: str
    confidence: str
    total: int | None
    vetoes: int | None
    note: str
    chapters: list[TreeChapter]


def _tree(found: IndicatorTree) -> dict[str, Any]:
    draft = found.state == TreeState.DRAFT
    aspects = policy.aspects_at(found.division_code)
    return {
        **{name: getattr(found, name) for name in TreeListed.model_fields},
        "content": found.content,
        "lacking": rules.lacking(found.tree, aspects) if draft else [],
    }


def _a_tree(request: HttpRequest, permission: Permission, pk: int) -> IndicatorTree:
    return get_visible(actor_of(request), permission, IndicatorTree.objects.all(), pk=pk)


@operation(router, "GET", "/indicator-outlines", door=permitted(VIEW_TREES), ok=list[OutlineTold])
def outlines(request: HttpRequest) -> Any:
    """What is established of the standards in force at one's place."""
    names = [name for name in OutlineTold.model_fields if name != "chapters"]
    return [
        {
            **{name: getattr(one, name) for name in names},
            "chapters": [
                {**chapter.model_dump(include={"code", "name", "points", "aspect"}),
                 "items": [i.model_dump(include={"code", "text", "points", "veto"}) for i in chapter.item]}
                for chapter in one.chapter
            ],
        }
        for one in queries.outlines_for(actor_of(request))
    ]  # fmt: skip


@operation(router, "GET", "/indicator-trees", door=permitted(VIEW_TREES), ok=PageOf[TreeListed])
def trees(request: HttpRequest, asked: PageAsked) -> Any:
    """The trees one may see, the latest first."""
    return page_of(queries.trees(actor_of(request)), asked)


@operation(router, "POST", "/indicator-trees", door=permitted(DRAFT_TREE), ok={201: TreeWhole})
def draft_tree(request: HttpRequest, given: TreeBegun) -> Any:
    """Begin a tree of one's own place."""
    made = actions.draft_tree(
        by=actor_of(request), name=given.name, outline=given.outline, division_code=given.division_code
    )
    return Status(201, _tree(made))


@operation(router, "GET", "/indicator-trees/{pk}", door=permitted(VIEW_TREES), ok=TreeWhole)
def tree(request: HttpRequest, pk: PK) -> Any:
    """One tree with everything in it."""
    return _tree(_a_tree(request, VIEW_TREES, pk))


@operation(router, "PUT", "/indicator-trees/{pk}", door=permitted(DRAFT_TREE), ok=TreeWhole)
def write_tree(request: HttpRequest, pk: PK, given: TreeWritten) -> Any:
    """Keep what a draft says now; 409 when somebody wrote meanwhile."""
    found = _a_tree(request, DRAFT_TREE, pk)
    content = given.model_dump(exclude={"version", "name"})
    actor = actor_of(request)
    made = actions.write_tree(by=actor, tree=found, content=content, version=given.version, name=given.name)
    return _tree(made)


@operation(
    router, "GET", "/indicator-trees/{pk}/items", door=permitted(VIEW_TREES), ok={200: None},
    openapi_extra={"responses": {200: {"description": "OK", "content": {XLSX: {}}}}},
)  # fmt: skip
def items_file(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """Chapters and items as xlsx, which can be brought into a draft again."""
    return workbook_of(_a_tree(request, VIEW_TREES, pk))


@operation(
    router, "POST", "/indicator-trees/{pk}/items", door=permitted(DRAFT_TREE), ok=TreeWhole,
    refuses=(413, 503),
)  # fmt: skip
def bring_items(
    request: HttpRequest, pk: PK, version: Annotated[int, Form(ge=0, le=99_999_999)], file: File[UploadedFile]
) -> Any:
    """Put a workbook's chapters and items into a draft; every defect comes back by row and column."""
    found = _a_tree(request, DRAFT_TREE, pk)
    return _tree(bringing.bring_items(by=actor_of(request), tree=found, file=file, version=version))


@operation(router, "POST", "/indicator-trees/{pk}/adoption", door=permitted(ADOPT_TREE), ok=TreeWhole)
def adopt_tree(request: HttpRequest, pk: PK, given: Adoption) -> Any:
    """Adopt a complete tree; everything it lacks comes back in problems."""
    found = _a_tree(request, ADOPT_TREE, pk)
    made = actions.adopt_tree(
        by=actor_of(request), tree=found, basis=given.basis, effective_from=given.effective_from
    )
    return _tree(made)


@operation(router, "POST", "/indicator-trees/{pk}/discarding", door=permitted(DRAFT_TREE), ok=Made)
def discard_tree(request: HttpRequest, pk: PK) -> Any:
    """Put a draft aside."""
    return actions.discard_tree(by=actor_of(request), tree=_a_tree(request, DRAFT_TREE, pk))


# ---------------------------------------------------------------- agencies


class AgencyGiven(Given):
    """An agency that is entrusted, and the contract or letter that says so."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: AgencyKind
    entrusted_by: Annotated[str, Field(min_length=1, max_length=200)]


class AgencyListed(Told):
    """An agency as a list shows it."""

    id: int
    name: str
    kind: str
    division_code: str
    entrusted_by: str
    ended_on: date | None
    end_reason: str


class AssessorTold(Told):
    """Somebody who scores, or scored, for an agency."""

    id: int
    name: str
    added_at: datetime
    ended_at: datetime | None


class AgencyWhole(AgencyListed):
    """An agency with its assessors."""

    assessors: list[AssessorTold]


class AssessorGiven(Given):
    """Whose account is to score for the agency."""

    username: Annotated[str, Field(min_length=1, max_length=60)]


class ReasonGiven(Given):
    """Why something is done."""

    reason: Reason


def _agency(found: Agency) -> dict[str, Any]:
    rows = found.assessors.select_related("user").order_by("pk")
    told = [{"id": a.pk, "name": a.user.name, "added_at": a.added_at, "ended_at": a.ended_at} for a in rows]
    return {**{name: getattr(found, name) for name in AgencyListed.model_fields}, "assessors": told}


def _an_agency(request: HttpRequest, pk: int) -> Agency:
    return get_visible(actor_of(request), MANAGE_AGENCIES, Agency.objects.all(), pk=pk)


@operation(router, "GET", "/agencies", door=permitted(MANAGE_AGENCIES), ok=PageOf[AgencyListed])
def agencies(request: HttpRequest, asked: PageAsked) -> Any:
    """The agencies entrusted in one's places."""
    return page_of(queries.agencies(actor_of(request)), asked)


@operation(router, "POST", "/agencies", door=permitted(MANAGE_AGENCIES), ok={201: AgencyWhole})
def add_agency(request: HttpRequest, given: AgencyGiven) -> Any:
    """Note an agency that is entrusted."""
    made = actions.add_agency(
        by=actor_of(request), name=given.name, kind=given.kind.value, entrusted_by=given.entrusted_by
    )
    return Status(201, _agency(made))


@operation(router, "GET", "/agencies/{pk}", door=permitted(MANAGE_AGENCIES), ok=AgencyWhole)
def agency(request: HttpRequest, pk: PK) -> Any:
    """An agency with its assessors."""
    return _agency(_an_agency(request, pk))


@operation(router, "POST", "/agencies/{pk}/end", door=permitted(MANAGE_AGENCIES), ok=AgencyWhole)
def end_agency(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """End the entrusting."""
    found = _an_agency(request, pk)
    return _agency(actions.end_agency(by=actor_of(request), agency=found, reason=given.reason))


@operation(router, "POST", "/agencies/{pk}/assessors", door=permitted(MANAGE_AGENCIES), ok=AgencyWhole)
def name_assessor(request: HttpRequest, pk: PK, given: AssessorGiven) -> Any:
    """Name somebody with the seat of an assessor."""
    found = _an_agency(request, pk)
    actions.name_assessor(by=actor_of(request), agency=found, username=given.username)
    return _agency(found)


@operation(
    router, "POST", "/agencies/{pk}/assessors/{assessor}/end", door=permitted(MANAGE_AGENCIES), ok=AgencyWhole
)
def let_assessor_go(request: HttpRequest, pk: PK, assessor: PK) -> Any:
    """Somebody scores for the agency no more."""
    found = _an_agency(request, pk)
    row = Assessor.objects.select_related("agency").filter(pk=assessor, agency=found).first()
    if row is None:
        raise Http404
    actions.let_assessor_go(by=actor_of(request), assessor=row)
    return _agency(found)


# ---------------------------------------------------------------- assessments


class AssessmentsAsked(Asked):
    """How the list of assessments is narrowed."""

    year: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    state: State | Literal["overdue", ""] = ""


class GapsAsked(Asked):
    """Of which year; without one this year."""

    year: Annotated[int, Field(ge=2019, le=2199)] | None = None


class GapTold(Told):
    """An institution of which a year lacks a result, and the assessment under way, if there is one."""

    id: int
    name: str
    division_code: str
    assessment_id: int | None
    assessment_state: str | None


class GapsTold(PageOf[GapTold]):
    """What a year still lacks: figures, and the institutions."""

    year: int
    wanted: int
    published: int
    under_way: int


class AssessmentListed(Told):
    """An assessment as a list shows it."""

    id: int
    institution_id: int
    institution: str
    division_code: str
    year: int
    agency: str
    tree_id: int
    state: str
    due_on: date | None
    grade: str
    stars: int
    total: Decimal | None


class Said(Told):
    """What one side says of an item; null where that is not known."""

    points: Decimal | None
    met: bool | None
    text: str


class FileTold(Told):
    """A file shown for an item."""

    id: int
    name: str


class ItemTold(Told):
    """One item with what both sides say, and how far apart they are where both are known."""

    code: str
    text: str
    points: int
    veto: bool
    own: Said
    expert: Said
    difference: Decimal | None
    files: list[FileTold]


class ObjectionTold(Told):
    """What the institution said against the result, and the answer."""

    text: str
    made_at: datetime
    upheld: bool | None
    answer: str
    answered_at: datetime | None


class AssessmentWhole(AssessmentListed):
    """An assessment with both sides, as far as one may see them."""

    again_reason: str
    self_due_on: date
    objection_until: date | None
    accepted_at: datetime | None
    published_at: datetime | None
    end_reason: str
    case_number: str
    items: list[ItemTold]
    missing: list[str]
    objections: list[ObjectionTold]


class GivenListed(Told):
    """What was given to one's agency."""

    id: int
    institution: str
    year: int
    state: str
    due_on: date | None


class GivenWhole(GivenListed):
    """An assessment as an assessor sees it: items, self-assessment, evidence and own scores."""

    items: list[ItemTold]
    missing: list[str]


class Begun(Given):
    """An assessment to be begun; a second of a year needs its reason."""

    year: Annotated[int, Field(ge=2000, le=2199)]
    agency_id: Id
    again_reason: Annotated[str, Field(max_length=500)] = ""


class ScoreGiven(Given):
    """What is said of one item; null says that it is not known yet."""

    code: ItemCode
    points: Annotated[Decimal, Field(ge=0, le=99_999, max_digits=6, decimal_places=1)] | None = None
    met: bool | None = None
    text: Annotated[str, Field(max_length=1000)] = ""


class ScoresGiven(Given):
    """What is said of some items; the others stay as they are."""

    scores: Annotated[list[ScoreGiven], Field(min_length=1, max_length=1000)]

    def said(self) -> dict[str, Scored]:
        """The scores by code; Refused when an item is there twice."""
        found = {one.code: Scored(one.points, one.met, one.text) for one in self.scores}
        if len(found) != len(self.scores):
            raise Refused(ProblemFound("同一项填了两次。", field="scores"))
        return found


class Answer(Given):
    """Whether an objection is upheld, and why."""

    upheld: bool
    answer: Annotated[str, Field(min_length=1, max_length=2000)]


class Objecting(Given):
    """What is said against a result."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


def _listed(one: Assessment) -> dict[str, Any]:
    names = ("institution_id", "division_code", "year", "tree_id", "state", "grade", "stars", "total")
    return {name: getattr(one, name) for name in names} | {
        "id": one.pk,
        "due_on": queries.due_on(one),
        "institution": one.institution.name,
        "agency": one.agency.name,
    }


def _items(request: HttpRequest, one: Assessment, own: Any, expert: Any) -> list[dict[str, Any]]:
    files = queries.files_of(actor_of(request), one)
    return [
        {
            **{name: getattr(row.item, name) for name in ("code", "text", "points", "veto")},
            "own": row.own,
            "expert": row.expert,
            "difference": row.difference,
            "files": [{"id": file.pk, "name": file.file.name} for file in row.files],
        }
        for _, rows in queries.compared(one.tree.tree.chapters, own, expert, files)
        for row in rows
    ]


def _whole(request: HttpRequest, one: Assessment) -> dict[str, Any]:
    office = ASSESS_SELF.key not in which(actor_of(request), (ASSESS_SELF,), one)
    own = queries.told_of(one, Side.SELF) or ({} if office else queries.scores_of(one, Side.SELF))
    expert = queries.expert_of(one, office=office)
    names = ("again_reason", "self_due_on", "objection_until", "accepted_at", "published_at", "end_reason")
    missing = rules.missing_of(one.tree.tree.items, expert or own)
    return _listed(one) | {name: getattr(one, name) for name in names} | {
        "case_number": one.case.number if one.case and office else "",
        "items": _items(request, one, own, expert),
        "missing": list(missing),
        "objections": list(one.objections.all()),
    }  # fmt: skip


def _given(request: HttpRequest, one: Assessment) -> dict[str, Any]:
    own, mine = queries.told_of(one, Side.SELF), queries.scores_of(one, Side.EXPERT)
    return _given_listed(one) | {
        "items": _items(request, one, own, mine),
        "missing": list(rules.missing_of(one.tree.tree.items, mine)),
    }


def _given_listed(one: Assessment) -> dict[str, Any]:
    return {"id": one.pk, "institution": one.institution.name, "year": one.year, "state": one.state,
            "due_on": one.score_due_on if one.state == State.SCORING else None}  # fmt: skip


def _found(request: HttpRequest, permission: Permission, pk: int) -> Assessment:
    rows = Assessment.objects.select_related("institution", "tree", "agency", "case")
    return get_visible(actor_of(request), permission, rows, pk=pk)


def _again(request: HttpRequest, pk: int) -> dict[str, Any]:
    return _whole(request, _found(request, VIEW_ASSESSMENTS, pk))


@operation(router, "GET", "/assessments", door=permitted(VIEW_ASSESSMENTS), ok=PageOf[AssessmentListed])
def assessments(request: HttpRequest, asked: Annotated[AssessmentsAsked, Query()]) -> Any:
    """The assessments of one's places or institution, the latest first."""
    rows = queries.assessments(actor_of(request), year=asked.year, state=str(asked.state))
    return shown_page(paging.page(rows, asked.page, asked.size), _listed)


@operation(router, "GET", "/assessment-gaps", door=permitted(BEGIN_ASSESSMENT), ok=GapsTold)
def gaps(request: HttpRequest, asked: Annotated[GapsAsked, Query()]) -> Any:
    """The institutions of which a year still lacks a published result."""
    actor, year = actor_of(request), asked.year or clock.today().year
    figures = queries.year_figures(actor, year)
    found = shown_page(paging.page(queries.gaps(actor, year), asked.page, asked.size), lambda row: row)
    return found | {"year": year} | vars(figures)


@operation(
    router, "GET", "/office/institutions/{pk}/assessments", door=permitted(VIEW_PART),
    ok=PageOf[AssessmentListed],
)  # fmt: skip
def of_institution(request: HttpRequest, pk: PK, asked: PageAsked) -> Any:
    """The assessments of one institution, the latest first."""
    actor = actor_of(request)
    found = get_visible(actor, VIEW_PART, Institution.objects.all(), pk=pk)
    rows = queries.assessments(actor).filter(institution=found)
    return shown_page(paging.page(rows, asked.page, asked.size), _listed)


@operation(
    router, "POST", "/office/institutions/{pk}/assessments", door=permitted(BEGIN_ASSESSMENT),
    ok={201: AssessmentWhole},
)  # fmt: skip
def begin(request: HttpRequest, pk: PK, given: Begun) -> Any:
    """Begin the assessment of an institution for a year."""
    actor = actor_of(request)
    found = get_visible(actor, BEGIN_ASSESSMENT, Institution.objects.all(), pk=pk)
    chosen = queries.agencies_for(found.division_code).filter(pk=given.agency_id).first()
    if chosen is None:
        raise Refused(ProblemFound("请选择本地正在受托的评估机构。", field="agency_id"))
    made = actions.begin(
        by=actor, institution=found, year=given.year, agency=chosen, again_reason=given.again_reason
    )
    return Status(201, _again(request, made.pk))


@operation(router, "GET", "/assessments/{pk}", door=permitted(VIEW_ASSESSMENTS), ok=AssessmentWhole)
def assessment(request: HttpRequest, pk: PK) -> Any:
    """One assessment with both sides, item by item."""
    return _again(request, pk)


@operation(router, "PUT", "/assessments/{pk}/self", door=permitted(ASSESS_SELF), ok=AssessmentWhole)
def save_self(request: HttpRequest, pk: PK, given: ScoresGiven) -> Any:
    """Keep what the institution says of some items."""
    found = _found(request, ASSESS_SELF, pk)
    actions.save_self(by=actor_of(request), assessment=found, scores=given.said())
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/self/hand-in", door=permitted(ASSESS_SELF), ok=AssessmentWhole)
def hand_in_self(request: HttpRequest, pk: PK) -> Any:
    """Hand in the self-assessment; 422 names what is missing."""
    actions.hand_in_self(by=actor_of(request), assessment=_found(request, ASSESS_SELF, pk))
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/evidence", door=permitted(ASSESS_SELF), ok={201: FileTold})
def add_evidence(
    request: HttpRequest, pk: PK, code: Annotated[ItemCode, Form()], file: File[UploadedFile]
) -> Any:
    """Show a file (pdf, jpg, png) for an item."""
    found = _found(request, ASSESS_SELF, pk)
    made = actions.add_evidence(by=actor_of(request), assessment=found, code=code, file=file)
    return Status(201, {"id": made.pk, "name": made.file.name})


@operation(
    router, "GET", "/assessment-evidence/{pk}/file", door=permitted(READ_EVIDENCE), ok={200: None},
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)  # fmt: skip
def evidence_file(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """A file shown for an item."""
    actor = actor_of(request)
    rows = Evidence.objects.filter(removed_at=None).select_related("file", "assessment").distinct()
    found = get_visible(actor, READ_EVIDENCE, rows, pk=pk)
    if not any(seat.institution_id == found.assessment.institution_id for seat in actor.seats):
        audit.read(actor, found, ["file"], topic=found.assessment.topic)
    return uploads.stream(found.file)


@operation(router, "DELETE", "/assessment-evidence/{pk}", door=permitted(ASSESS_SELF), ok=AssessmentWhole)
def remove_evidence(request: HttpRequest, pk: PK) -> Any:
    """Show a file no longer."""
    found = Evidence.objects.select_related("assessment").filter(pk=pk, removed_at=None).first()
    if found is None:
        raise Http404
    one = _found(request, ASSESS_SELF, found.assessment_id)
    actions.remove_evidence(by=actor_of(request), evidence=found)
    return _again(request, one.pk)


@operation(router, "GET", "/given-assessments", door=permitted(VIEW_GIVEN), ok=PageOf[GivenListed])
def given(request: HttpRequest, asked: PageAsked) -> Any:
    """What was given to the agency one scores for."""
    rows = queries.given(actor_of(request))
    return shown_page(paging.page(rows, asked.page, asked.size), _given_listed)


@operation(router, "GET", "/given-assessments/{pk}", door=permitted(VIEW_GIVEN), ok=GivenWhole)
def given_one(request: HttpRequest, pk: PK) -> Any:
    """One of them: items, self-assessment, evidence, and what was scored."""
    return _given(request, _found(request, VIEW_GIVEN, pk))


@operation(router, "PUT", "/given-assessments/{pk}/scores", door=permitted(SCORE), ok=GivenWhole)
def save_scores(request: HttpRequest, pk: PK, given: ScoresGiven) -> Any:
    """Keep what an assessor says of some items."""
    found = _found(request, SCORE, pk)
    actions.save_scores(by=actor_of(request), assessment=found, scores=given.said())
    return _given(request, found)


@operation(router, "POST", "/given-assessments/{pk}/hand-in", door=permitted(SCORE), ok=GivenListed)
def hand_in_scores(request: HttpRequest, pk: PK) -> Any:
    """Hand in the agency's scores; 422 names what is missing."""
    found = _found(request, SCORE, pk)
    return _given_listed(actions.hand_in_scores(by=actor_of(request), assessment=found))


@operation(router, "POST", "/assessments/{pk}/telling", door=permitted(CONDUCT), ok=AssessmentWhole)
def tell_result(request: HttpRequest, pk: PK) -> Any:
    """Tell the institution the result; from now it may object."""
    actions.tell_result(by=actor_of(request), assessment=_found(request, CONDUCT, pk))
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/sending-back", door=permitted(CONDUCT), ok=AssessmentWhole)
def send_back(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """Send the scores back to the agency."""
    found = _found(request, CONDUCT, pk)
    actions.send_back(by=actor_of(request), assessment=found, reason=given.reason)
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/answer", door=permitted(CONDUCT), ok=AssessmentWhole)
def answer_objection(request: HttpRequest, pk: PK, given: Answer) -> Any:
    """Answer the open objection."""
    found = _found(request, CONDUCT, pk)
    actions.answer_objection(by=actor_of(request), assessment=found, upheld=given.upheld, answer=given.answer)
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/calling-off", door=permitted(CONDUCT), ok=AssessmentWhole)
def call_off(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """End an assessment without a result."""
    found = _found(request, CONDUCT, pk)
    actions.call_off(by=actor_of(request), assessment=found, reason=given.reason)
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/acceptance", door=permitted(ASSESS_SELF), ok=AssessmentWhole)
def accept(request: HttpRequest, pk: PK) -> Any:
    """Say that there is nothing against the result."""
    actions.accept(by=actor_of(request), assessment=_found(request, ASSESS_SELF, pk))
    return _again(request, pk)


@operation(router, "POST", "/assessments/{pk}/objections", door=permitted(ASSESS_SELF), ok=AssessmentWhole)
def object_to(request: HttpRequest, pk: PK, given: Objecting) -> Any:
    """Object to the result one was told."""
    found = _found(request, ASSESS_SELF, pk)
    actions.object_to(by=actor_of(request), assessment=found, text=given.text)
    return _again(request, pk)


@operation(
    router, "POST", "/assessments/{pk}/withdrawal", door=permitted(WITHDRAW_RESULT), ok=AssessmentWhole
)
def withdraw_result(request: HttpRequest, pk: PK, given: ReasonGiven) -> Any:
    """Take a published result back."""
    found = _found(request, WITHDRAW_RESULT, pk)
    actions.withdraw_result(by=actor_of(request), assessment=found, reason=given.reason)
    return _again(request, pk)


# ---------------------------------------------------------------- results


class ResultsAsked(Asked):
    """How results are narrowed."""

    year: Annotated[str, Field(pattern=r"^([0-9]{4})?$")] = ""
    place: Code | Literal[""] = ""
    grade: Annotated[str, Field(max_length=20)] = ""


class ResultListed(Told):
    """A result that stands."""

    id: int
    institution_id: int
    institution: str
    division_code: str
    year: int
    grade: str
    stars: int
    total: Decimal
    published_at: datetime


class ChapterTotal(Told):
    """What a chapter came to."""

    code: str
    name: str
    points: int
    total: Decimal | None


class ResultWhole(ResultListed):
    """A result with what it rests on; one that was withdrawn says so and why."""

    tree: str
    basis: str
    agency: str
    case_number: str
    vetoed: list[str]
    chapters: list[ChapterTotal]
    superseded: bool
    withdrawn: bool
    withdrawn_reason: str


@operation(router, "GET", "/assessment-results", door=PUBLIC, ok=PageOf[ResultListed])
def results(request: HttpRequest, asked: Annotated[ResultsAsked, Query()]) -> Any:
    """What was published and stands, the latest first."""
    rows = queries.results(year=asked.year, place=asked.place, grade=asked.grade)
    found = paging.page(rows, asked.page, asked.size)
    return shown_page(found, lambda row: row | {"institution": row["institution__name"]})


@operation(router, "GET", "/assessment-results/{pk}", door=PUBLIC, ok=ResultWhole)
def result(request: HttpRequest, pk: PK) -> Any:
    """One published result and the decision behind it."""
    one = queries.result(pk)
    if one is None:
        raise Http404
    reckoned = rules.result_of(one.tree.tree, queries.told_of(one, Side.EXPERT))
    return _listed(one) | {
        "published_at": one.published_at,
        "tree": one.tree.name,
        "basis": one.tree.basis,
        "case_number": one.case.number if one.case else "",
        "vetoed": one.vetoed,
        "chapters": [
            {"code": c.code, "name": c.name, "points": c.points, "total": reckoned.chapters[c.code]}
            for c in one.tree.tree.chapters
        ],
        "superseded": one.superseded_at is not None,
        "withdrawn": one.state == State.WITHDRAWN,
        "withdrawn_reason": one.end_reason,
    }
