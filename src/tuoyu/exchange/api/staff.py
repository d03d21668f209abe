"""The staff register: who works at an institution, hiring and ending, certificates, questions asked."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import File, Form, Path, Query, Router, Status, UploadedFile
from pydantic import Field

from tuoyu.core import audit, clock, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import can, get_visible, visible_to
from tuoyu.core.problems import Refused
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Asked, Day, Given, Id, PageAsked, PageOf, Reason, Told, page_of
from tuoyu.institutions.models import SHOWN, Institution
from tuoyu.institutions.queries import Narrowed, narrow
from tuoyu.workforce import actions, queries, registers
from tuoyu.workforce.events import topic_of
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import FIND_PERSON, KEEP_STAFF, VIEW_FIGURES, VIEW_PAPERS, VIEW_STAFF
from tuoyu.workforce.rules.certificates import read_certificate
from tuoyu.workforce.rules.hiring import read_hiring
from tuoyu.workforce.rules.mending import read_mending
from tuoyu.workforce.rules.staffing import Finding
from tuoyu.workforce.vocabulary import CheckResult, Post

router = Router(tags=["staff"])

PK = Annotated[Id, Path()]
Text = Annotated[str, Field(max_length=200)]


class Employed(Told):
    """Somebody's employment; `ends_on` is the first day without it, `identity` is masked."""

    id: int
    institution_id: int
    name: str
    identity: str
    post: str
    contract: str
    full_time: bool
    starts_on: date
    ends_on: date | None
    end_reason: str


class Certificate(Told):
    """A certificate that was shown to the institution."""

    id: int
    kind: str
    issuer: str
    number: str
    issued_on: date
    expires_on: date | None
    has_file: bool
    withdrawn: bool


class Question(Told):
    """A question about somebody's record of offences, and what was answered."""

    id: int
    occasion: str
    asked_on: date
    answered_on: date | None
    authority: str
    result: str


class Stay(Told):
    """In a class from a day up to, and without, another."""

    class_name: str
    from_day: date
    to_day: date | None


class EmployedFull(Employed):
    """One employment with classes, and, for who may see them, certificates and questions."""

    phone: str
    education: str
    experience_years: int | None
    contract_until: date | None
    classes: list[Stay]
    certificates: list[Certificate]
    checks: list[Question]


class StaffAsked(Asked):
    """How the staff of an institution are narrowed."""

    post: Annotated[str, Field(max_length=16)] = ""
    held: Annotated[str, Field(max_length=8)] = "now"
    on: Day | None = None


class AlertsAsked(Asked):
    """Of which institutions: name, pinyin or initials."""

    q: Annotated[str, Field(max_length=60)] = ""


class Hire(Given):
    """Whom to employ: texts as on the page; what is chosen by its key or its word."""

    name: Text = ""
    identity: Text = ""
    phone: Text = ""
    post: Text = ""
    contract: Text = ""
    full_time: Text = "yes"
    starts_on: Text = ""
    contract_until: Text = ""
    education: Text = ""
    experience_years: Text = ""
    check_asked_on: Text = ""
    check_answered_on: Text = ""
    check_authority: Text = ""
    check_reference: Text = ""
    check_result: Text = ""


class Details(Given):
    """What is known of somebody, all of it."""

    phone: Text = ""
    education: Text = ""
    experience_years: Text = ""
    contract_until: Text = ""


class Placing(Given):
    """Which class, or none, from which day."""

    class_group_id: Id | None = None
    from_day: Day


class Ending(Given):
    """The last day of work, and why it ends."""

    last_day: Day
    reason: Reason


class Withdrawn(Given):
    """Why a certificate counts no more."""

    reason: Reason


class Asking(Given):
    """When the authority was asked, and which."""

    asked_on: Day
    authority: Text = ""


class Answered(Given):
    """What the authority answered."""

    answered_on: Day
    authority: Annotated[str, Field(min_length=1, max_length=120)]
    result: CheckResult
    reference: Annotated[str, Field(max_length=80)] = ""


class Number(Given):
    """A whole identity number."""

    identity: Annotated[str, Field(max_length=40)]


class Clear(Told):
    """An identity number in clear; that it was read is written down."""

    identity: str


class Point(Told):
    """A point of a rule that is not kept (`holds` false) or not known (null), with the day since when."""

    rule_key: str
    source: str
    holds: bool | None
    binding: bool
    says: str
    fix: str
    employment_id: int | None
    class_id: int | None
    since: date | None


class Staffing(Told):
    """Where an institution stands with its staff today.

    `capacity_sure` counts carers whose papers are shown to be good, `capacity_at_most` those too of whom
    nothing was shown; `filed` says that the register is empty and the filed figures stand.
    """

    on: date
    filed: bool
    capacity_sure: int | None
    capacity_at_most: int | None
    points: list[Point]
    counted: int
    certified: int
    percent: float | None
    missing: list[int]


class Figures(Told):
    """One institution in figures."""

    id: int
    name: str
    division_code: str
    working: int
    counted: int
    certified: int
    percent: float | None
    broken: int
    unknown: int


class Alerts(Told):
    """What needs somebody at one institution; of what is soon not kept, `since` is the day to come."""

    id: int
    name: str
    broken: list[Point]
    soon: list[Point]


# ---------------------------------------------------------------- an institution


def _institution(request: HttpRequest, pk: int, permission: Any) -> Institution:
    return get_visible(actor_of(request), permission, Institution.objects.all(), pk=pk)


@operation(router, "GET", "/office/institutions/{pk}/staff", door=permitted(VIEW_STAFF), ok=PageOf[Employed])
def staff(request: HttpRequest, pk: PK, asked: Annotated[StaffAsked, Query()]) -> Any:
    """Who works at an institution, or did."""
    institution = _institution(request, pk, VIEW_STAFF)
    papers = can(actor_of(request), VIEW_PAPERS, institution)
    post = asked.post if asked.post in Post.values else ""
    held = asked.held if asked.held in queries.HELD else "now"
    register = registers.register_of(institution, names=False)
    narrowed = queries.Asked(post=post, held=held, on=asked.on)
    found = page_of(queries.staff(queries.chosen(register, narrowed)), asked)
    found["rows"] = [_told(one, papers) for one in found["rows"]]
    return found


def _told(one: Employment, papers: bool) -> dict[str, Any]:
    return {
        "id": one.pk,
        "institution_id": one.institution_id,
        "name": one.name,
        "identity": one.person.masked_identity if papers else "",
        "post": one.post,
        "contract": one.contract,
        "full_time": one.full_time,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "end_reason": one.end_reason if papers else "",
    }


@operation(router, "POST", "/office/institutions/{pk}/staff", door=permitted(KEEP_STAFF), ok={201: Employed})
def hire(request: HttpRequest, pk: PK, given: Hire) -> Any:
    """Employ somebody; Refused with every problem, its code and the way to mend it."""
    institution = _institution(request, pk, KEEP_STAFF)
    said, problems = read_hiring(
        given.model_dump(), registers.books_at(institution.division_code), clock.today()
    )
    if said is None:
        raise Refused(problems)
    made = actions.hire(by=actor_of(request), institution=institution, said=said)
    return Status(201, _told(made, papers=True))


@operation(router, "GET", "/office/institutions/{pk}/staffing", door=permitted(VIEW_PAPERS), ok=Staffing)
def staffing(request: HttpRequest, pk: PK) -> Any:
    """What the rules on staff find wanting, and how many children may be taken today."""
    institution = _institution(request, pk, VIEW_PAPERS)
    standing = registers.standing_of(institution)
    share = registers.share_of(standing, institution)
    return {
        "on": standing.on,
        "filed": standing.live.filed,
        "capacity_sure": standing.live.sure.allowed,
        "capacity_at_most": standing.live.at_most.allowed,
        "points": [_point(finding) for finding in standing.open],
        "counted": share.total,
        "certified": share.held,
        "percent": share.percent,
        "missing": [worker.key for worker in share.missing],
    }


def _point(finding: Finding) -> dict[str, Any]:
    return {
        "rule_key": finding.rule_key,
        "source": finding.source,
        "holds": finding.holds,
        "binding": finding.hard,
        "says": finding.says,
        "fix": finding.fix,
        "employment_id": finding.worker,
        "class_id": finding.room,
        "since": finding.since,
    }


# ---------------------------------------------------------------- the places of an office


@operation(router, "GET", "/staff", door=permitted(VIEW_FIGURES), ok=PageOf[Figures])
def overview(request: HttpRequest, asked: PageAsked) -> Any:
    """Institutions with their staff in figures."""
    seen = visible_to(actor_of(request), VIEW_FIGURES, Institution.objects.filter(SHOWN))
    found = page_of(seen.order_by("pk").values_list("pk", flat=True), asked)
    found["rows"] = [
        {
            "id": row.pk,
            "name": row.name,
            "division_code": row.division_code,
            "working": row.working,
            "counted": row.certified.total,
            "certified": row.certified.held,
            "percent": row.certified.percent,
            "broken": row.broken,
            "unknown": row.unknown,
        }
        for row in queries.overview(found["rows"])
    ]
    return found


@operation(router, "GET", "/staff/alerts", door=permitted(VIEW_PAPERS), ok=PageOf[Alerts])
def alerts(request: HttpRequest, asked: Annotated[AlertsAsked, Query()]) -> Any:
    """Institutions where a rule on staff is not kept today, or soon will not be.

    A reach with too many institutions to look through at once must be narrowed by name.
    """
    seen = visible_to(actor_of(request), VIEW_PAPERS, Institution.objects.filter(SHOWN))
    wanted = queries.needing_attention(narrow(seen, Narrowed(text=asked.q)))
    rows = Institution.objects.filter(pk__in=wanted).order_by("pk").values_list("pk", flat=True)
    found = page_of(rows, asked)
    found["rows"] = [
        {
            "id": one.pk,
            "name": one.name,
            "broken": [_point(point) for point in one.broken],
            "soon": [_point(point) for point in one.soon],
        }
        for one in queries.attention(found["rows"])
    ]
    return found


@operation(router, "GET", "/staff/several", door=permitted(FIND_PERSON), ok=PageOf[Employed])
def several(request: HttpRequest, asked: PageAsked) -> Any:
    """The employments of people who work at more than one institution within reach today."""
    found = page_of(queries.in_several(actor_of(request)), asked)
    found["rows"] = [_told(one, papers=True) for one in found["rows"]]
    return found


@operation(router, "POST", "/staff/search", door=permitted(FIND_PERSON), ok=list[Employed])
def search(request: HttpRequest, given: Number) -> Any:
    """The employments, within reach, of the person of an identity number; the search is written down."""
    found = actions.find_person(by=actor_of(request), identity=given.identity)
    return [_told(one, papers=True) for one in found]


# ---------------------------------------------------------------- one who works there


def _employment(request: HttpRequest, pk: int) -> Employment:
    return queries.employment_seen(actor_of(request), pk)


@operation(router, "GET", "/staff/{pk}", door=permitted(VIEW_STAFF), ok=EmployedFull)
def person(request: HttpRequest, pk: PK) -> Any:
    """One employment; certificates and questions only for who may see them."""
    return _full(request, pk)


def _full(request: HttpRequest, pk: int) -> dict[str, Any]:
    told = queries.told_of(actor_of(request), pk)
    one, papers = told.employment, VIEW_PAPERS.key in told.may
    known = {
        "phone": one.phone if papers else "",
        "education": one.education if papers else "",
        "experience_years": one.experience_years if papers else None,
        "contract_until": one.contract_until if papers else None,
        "certificates": [_certificate(row) for row in told.papers],
        "checks": [_question(row) for row in told.checks],
    }
    classes = [
        {"class_name": stay.class_name, "from_day": stay.period.lower, "to_day": stay.period.upper}
        for stay in told.classes
    ]
    return _told(one, papers) | known | {"classes": classes}


def _certificate(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "issuer": row.issuer,
        "number": row.number,
        "issued_on": row.issued_on,
        "expires_on": row.expires_on,
        "has_file": row.file_id is not None,
        "withdrawn": row.withdrawn_at is not None,
    }


def _question(row: Any) -> dict[str, Any]:
    names = ("occasion", "asked_on", "answered_on", "authority", "result")
    return {"id": row.pk} | {name: getattr(row, name) for name in names}


@operation(router, "PATCH", "/staff/{pk}", door=permitted(KEEP_STAFF), ok=EmployedFull)
def details(request: HttpRequest, pk: PK, given: Details) -> Any:
    """Correct or complete what is known of somebody."""
    one = _employment(request, pk)
    said, problems = read_mending(given.model_dump(), one.starts_on)
    if said is None:
        raise Refused(problems)
    return _full(request, actions.mend_employment(by=actor_of(request), employment=one, said=said).pk)


@operation(router, "POST", "/staff/{pk}/identity", door=permitted(VIEW_PAPERS), ok=Clear)
def identity(request: HttpRequest, pk: PK) -> Any:
    """The identity number in clear; that it was read is written down."""
    one = _employment(request, pk)
    return {"identity": actions.reveal_identity(by=actor_of(request), employment=one)}


@operation(router, "PUT", "/staff/{pk}/class", door=permitted(KEEP_STAFF), ok=EmployedFull)
def place(request: HttpRequest, pk: PK, given: Placing) -> Any:
    """Place a carer in a class, or in none, from a day on."""
    one = _employment(request, pk)
    group = None
    if given.class_group_id is not None:
        group = one.institution.classes.open_now().filter(pk=given.class_group_id).first()
        if group is None:
            raise Http404
    actions.assign_to_class(by=actor_of(request), employment=one, class_group=group, from_day=given.from_day)
    return _full(request, one.pk)


@operation(router, "POST", "/staff/{pk}/end", door=permitted(KEEP_STAFF), ok=Employed)
def end(request: HttpRequest, pk: PK, given: Ending) -> Any:
    """Let somebody's work end with a day."""
    one = _employment(request, pk)
    ended = actions.end_employment(
        by=actor_of(request), employment=one, last_day=given.last_day, reason=given.reason
    )
    return _told(ended, papers=True)


@operation(router, "POST", "/staff/{pk}/certificates", door=permitted(KEEP_STAFF), ok={201: Certificate})
def certificate(
    request: HttpRequest,
    pk: PK,
    kind: Annotated[str, Form(max_length=40)],
    issuer: Annotated[str, Form(max_length=200)],
    issued_on: Annotated[str, Form(max_length=20)],
    number: Annotated[str, Form(max_length=200)] = "",
    expires_on: Annotated[str, Form(max_length=20)] = "",
    file: File[UploadedFile | None] = None,
) -> Any:
    """Record a certificate that somebody showed, with its paper (pdf, jpg, png) where there is one."""
    one = _employment(request, pk)
    typed = {
        "kind": kind, "issuer": issuer, "number": number, "issued_on": issued_on, "expires_on": expires_on,
    }  # fmt: skip
    said, problems = read_certificate(typed, clock.today())
    if said is None:
        raise Refused(problems)
    made = actions.record_qualification(by=actor_of(request), employment=one, said=said, file=file)
    return Status(201, _certificate(made))


@operation(router, "POST", "/staff/{pk}/checks", door=permitted(KEEP_STAFF), ok={201: Question})
def check(request: HttpRequest, pk: PK, given: Asking) -> Any:
    """The institution asked the authority about somebody, as every year."""
    made = actions.record_check_asked(
        by=actor_of(request),
        employment=_employment(request, pk),
        asked_on=given.asked_on,
        authority=given.authority,
    )
    return Status(201, _question(made))


@operation(router, "POST", "/staff/certificates/{pk}/withdrawal", door=permitted(KEEP_STAFF), ok=Certificate)
def withdrawal(request: HttpRequest, pk: PK, given: Withdrawn) -> Any:
    """A certificate counts no more from today on."""
    found, one = queries.qualification_seen(actor_of(request), pk)
    done = actions.withdraw_qualification(
        by=actor_of(request), employment=one, qualification=found, reason=given.reason
    )
    return _certificate(done)


@operation(
    router,
    "GET",
    "/staff/certificates/{pk}/file",
    door=permitted(VIEW_PAPERS),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/octet-stream": {}}}}},
)
def paper(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """The file of a certificate; that it was looked at is written down."""
    found, one = queries.qualification_seen(actor_of(request), pk)
    if found.file is None:
        raise Http404
    audit.read(actor_of(request), found, ["file"], topic=topic_of(one))
    return uploads.stream(found.file)


@operation(router, "POST", "/staff/checks/{pk}/answer", door=permitted(KEEP_STAFF), ok=Question)
def answer(request: HttpRequest, pk: PK, given: Answered) -> Any:
    """The authority answered; where there is a record, the person works here no more."""
    found, one = queries.check_seen(actor_of(request), pk)
    done = actions.record_check_answered(
        by=actor_of(request), employment=one, check=found, **given.model_dump()
    )
    return _question(done)
