"""Reads for pages and the API: lists of staff, one person's papers, the share of those certified."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, JSONObject
from django.http import Http404

from tuoyu.core import clock, identifiers
from tuoyu.core.actor import Actor
from tuoyu.core.lookups import keyed_hashes
from tuoyu.core.nested import nested, revived
from tuoyu.core.permissions import Permission, can, column_of, columns, visible_to
from tuoyu.core.problems import Problem, Refused
from tuoyu.institutions import policy
from tuoyu.institutions.models import Institution
from tuoyu.institutions.rules import Book
from tuoyu.institutions.rules.facts import day
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.workforce.models import ClassAssignment, Employment, Qualification, RecordCheck
from tuoyu.workforce.permissions import FIND_PERSON, VIEW_PAPERS, VIEW_STAFF
from tuoyu.workforce.registers import books_at, kept_of, kept_over
from tuoyu.workforce.rules.certified import PAPERS, POSTS, Certified, certified, named, percent
from tuoyu.workforce.rules.register import Register, Span
from tuoyu.workforce.rules.staffing import Books, Finding, due_soon, findings, open_points
from tuoyu.workforce.vocabulary import Post, QualificationKind

M = TypeVar("M", bound=Model)

# ---------------------------------------------------------------- how many hold a certificate


@dataclass(frozen=True)
class Promise:
    """What the document of a place promises of the share, with its clause; None where it promises none."""

    percent: float
    by: date | None
    clause: str
    document: str


def promise_at(division_code: str) -> Promise | None:
    """The target for the share of certified staff that holds at a place."""
    for pack in jurisdictions.book(division_code).packs:
        for target in pack.target:
            if target.indicator == CERTIFIED and isinstance(target.value, int | float):
                return Promise(float(target.value), target.deadline, target.clause, pack.title)
    return None


CERTIFIED = "staff.certified_share"


@dataclass(frozen=True)
class Row:
    """One institution of the overview: how many work there, who of them is certified, what is open."""

    pk: int
    name: str
    division_code: str
    working: int
    certified: Certified
    broken: int
    unknown: int
    kept: bool


def wanting(institutions: QuerySet[Institution]) -> list[int]:
    """Those of `institutions` where a rule on staff is not kept today: every register is looked through."""
    return _where(institutions, _is_broken)


def needing_attention(institutions: QuerySet[Institution]) -> list[int]:
    """Those where a rule is not kept, or soon will not be."""

    def asks(register: Register, books: Books, at: date) -> bool:
        return _is_broken(register, books, at) or bool(due_soon(register, books, at, SOON))

    return _where(institutions, asks)


def _is_broken(register: Register, books: Books, at: date) -> bool:
    return any(point.holds is False for point in findings(register, books(at), at))


def _where(institutions: QuerySet[Institution], holds: Callable[[Register, Books, date], bool]) -> list[int]:
    """The institutions with somebody registered of which something is so today, in one query; Refused where
    there are more than one answer can wait for."""
    at = clock.today()
    rows = kept_over(institutions, MOST_LOOKED_THROUGH + 1, names=False)
    if len(rows) > MOST_LOOKED_THROUGH:
        message = f"登记了人员的机构超过{MOST_LOOKED_THROUGH}家，不能一次全部核对。"
        raise Refused(Problem(message, fix="请先输入机构名称缩小范围，或由所在区县的卫生健康部门查看。"))
    return [one.pk for one in rows if holds(one.register, books_at(one.division_code), at)]


# A county has some three hundred nurseries; each takes about a millisecond.
MOST_LOOKED_THROUGH = 1000
# Until when a page says that something is about to lapse.
SOON = timedelta(days=30)


@dataclass(frozen=True)
class Attention:
    """What needs somebody at one institution: what is not kept since when, what soon will not be."""

    pk: int
    name: str
    broken: tuple[Finding, ...]
    soon: tuple[Finding, ...]
    names: Mapping[int, str]
    rooms: Mapping[int, str]


def attention(institutions: Iterable[int]) -> list[Attention]:
    """What needs somebody at each of a page of institutions, in one query."""
    at = clock.today()
    found = []
    for one in kept_of(institutions):
        register, books = one.register, books_at(one.division_code)
        found.append(
            Attention(
                pk=one.pk,
                name=one.name,
                broken=tuple(f for f in open_points(register, books, at) if f.holds is False),
                soon=due_soon(register, books, at, SOON),
                names={worker.key: worker.name for worker in register.workers},
                rooms={room.key: room.name for room in register.rooms},
            )
        )
    return found


def overview(institutions: Iterable[int], on: date | None = None) -> list[Row]:
    """The rows of a page of institutions, in one query however many they are."""
    at = on or clock.today()
    found = []
    for one in kept_of(institutions):
        register, book = one.register, policy.book_at(one.division_code, at)
        points = findings(register, book, at) if register.kept(at) else ()
        found.append(
            Row(
                pk=one.pk,
                name=one.name,
                division_code=one.division_code,
                working=len({worker.person for worker in register.working(at)}),
                certified=certified(register.workers, book, at),
                broken=sum(point.holds is False for point in points),
                unknown=sum(point.holds is None for point in points),
                kept=register.kept(at),
            )
        )
    return found


@dataclass(frozen=True)
class Share:
    """How many people count over many institutions, and how many of them hold a certificate."""

    total: int
    held: int

    @property
    def percent(self) -> float | None:
        """As for one institution: cut off, and none of nobody."""
        return percent(self.held, self.total)


def share_over(institutions: QuerySet[Institution], division_code: str, on: date | None = None) -> Share:
    """The share over institutions by the rules of one place; somebody at two of them counts once."""
    at = on or clock.today()
    book = policy.book_at(division_code, at)
    return Share(**_counted(institutions, book, at).aggregate(**_total_and_held(book, at)))


def share_column(institutions: QuerySet[Institution], division_code: str) -> Subquery:
    """The same of today as a column of any query (`Share(**row["share"])`): it is asked once, not by row."""
    at = clock.today()
    book = policy.book_at(division_code, at)
    people = _counted(institutions, book, at).order_by().values(one=Value(1))
    counted = people.annotate(**_total_and_held(book, at))
    return Subquery(counted.values(row=JSONObject(total="total", held="held")))


def _total_and_held(book: Book, at: date) -> dict[str, Count]:
    return {
        "total": Count("person", distinct=True),
        "held": Count("person", distinct=True, filter=_holds(book, at)),
    }


def _counted(institutions: QuerySet[Institution], book: Book, at: date) -> QuerySet[Employment]:
    return Employment.objects.filter(
        institution__in=institutions.order_by().values("pk"),
        period__contains=at,
        post__in=named(book, POSTS, Post),
    )


def _holds(book: Book, at: date) -> Exists:
    """Whether the institution of an employment was shown a certificate that counts and is good."""
    shown = Qualification.objects.filter(
        person=OuterRef("person"),
        recorded_for=OuterRef("institution"),
        kind__in=named(book, PAPERS, QualificationKind),
        issued_on__lte=at,
        withdrawn_at=None,
    )
    return Exists(shown.filter(Q(expires_on=None) | Q(expires_on__gte=at)))


def below(institutions: QuerySet[Institution], division_code: str) -> QuerySet[Institution]:
    """Those of `institutions` where somebody who counts holds no certificate."""
    at = clock.today()
    book = policy.book_at(division_code, at)
    return institutions.filter(
        pk__in=_counted(institutions, book, at).exclude(_holds(book, at)).values("institution")
    )


# ---------------------------------------------------------------- lists and records


@dataclass(frozen=True)
class Asked:
    """How the list of an institution's staff is narrowed; each field is a parameter of the address."""

    post: str = ""
    held: str = "now"
    on: date | None = None
    want: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Asked":
        """Read an address; what makes no sense is left out, not refused."""
        return cls(
            post=query.get("post", "") if query.get("post") in Post.values else "",
            held=query.get("held", "") if query.get("held") in HELD else "now",
            on=day(query.get("on", "")),
            want=query.get("want", "") if query.get("want") in WANT else "",
        )


HELD = {"now": "在职", "past": "已离职", "all": "全部"}
WANT = {"open": "有待处理", "uncertified": "未持证"}


def chosen(register: Register, asked: Asked) -> list[int]:
    """Which employments of a register the list shows, as it is asked for."""
    day = asked.on or clock.today()
    return [
        one.key
        for one in register.workers
        if asked.post in ("", one.post) and _is_held(one.span, asked.held, day)
    ]


def _is_held(span: Span, held: str, day: date) -> bool:
    """Whether an employment is one of those wanted (`HELD`) on a day."""
    if held == "now":
        return span.holds(day)
    return held == "all" or (span.after is not None and span.after <= day)


def staff(employments: Iterable[int]) -> QuerySet[Employment]:
    """These employments with the people, as rows of a list."""
    rows = Employment.objects.filter(pk__in=list(employments))
    return rows.select_related("person").order_by("pk")


def working_at(actor: Actor, institution_id: int) -> QuerySet[Employment] | None:
    """Who works at an institution today; None for whom its staff is not to see."""
    seen = visible_to(actor, VIEW_STAFF, Institution.objects.filter(pk=institution_id))
    if not can(actor, VIEW_STAFF):
        return None
    return Employment.objects.filter(institution__in=seen, period__contains=clock.today())


def employments_seen(actor: Actor) -> QuerySet[Employment]:
    """The employments whose institution's staff `actor` may see."""
    seen = visible_to(actor, VIEW_STAFF, Institution.objects.all())
    rows = Employment.objects.filter(institution__in=seen)
    return rows.select_related("person", "institution")


def employment_seen(actor: Actor, pk: int) -> Employment:
    """One of them; Http404 otherwise."""
    return _or_404(employments_seen(actor).filter(pk=pk).first())


@dataclass(frozen=True)
class Told:
    """One employment with the classes, and for whom they are to see the certificates and the questions about
    records; each the latest first. `may` are the permissions asked for that hold on its institution."""

    employment: Employment
    may: frozenset[str]
    classes: list[ClassAssignment]
    papers: list[Qualification]
    checks: list[RecordCheck]


def told_of(actor: Actor, pk: int, *asked: Permission) -> Told:
    """An employment whose institution's staff the actor may see, whole, in one query; Http404 otherwise."""
    also = (*asked, VIEW_PAPERS)
    may = columns(actor, also, Institution.objects.filter(pk=OuterRef("institution")))
    own = {"person": OuterRef("person")}
    parts = {
        "stay_rows": nested(
            ClassAssignment.objects.filter(employment=OuterRef("pk")).order_by("-period"),
            *("id", "class_name"),
            period=Cast(JSONObject(lower="period__startswith", upper="period__endswith"), TextField()),
        ),
        "paper_rows": nested(
            Qualification.objects.filter(**own, recorded_for=OuterRef("institution"))
            .order_by("-issued_on", "-pk"),
            *("id", "kind", "issuer", "number", "issued_on", "expires_on", "file_id", "withdrawn_at"),
            *("withdrawn_reason",),
        ),
        "check_rows": nested(
            RecordCheck.objects.filter(**own, institution=OuterRef("institution"))
            .order_by("-asked_on", "-pk"),
            *("id", "occasion", "asked_on", "answered_on", "authority", "reference", "result"),
        ),
    }  # fmt: skip
    rows: QuerySet[Any, Any] = employments_seen(actor).filter(pk=pk).annotate(**may, **parts)
    found = _or_404(rows.first())
    held = frozenset(one.key for one in also if getattr(found, column_of(one), False))
    papers = VIEW_PAPERS.key in held
    return Told(
        found,
        held,
        revived(ClassAssignment, found.stay_rows),
        revived(Qualification, found.paper_rows) if papers else [],
        revived(RecordCheck, found.check_rows) if papers else [],
    )


def qualification_seen(actor: Actor, pk: int) -> tuple[Qualification, Employment]:
    """A certificate, and the employment on whose page it stands; Http404 where its papers are not to see."""
    found = _or_404(Qualification.objects.select_related("file").filter(pk=pk).first())
    return found, _with_papers(actor, found.person_id, found.recorded_for_id)


def check_seen(actor: Actor, pk: int) -> tuple[RecordCheck, Employment]:
    """The same of a question about somebody's record."""
    found = _or_404(RecordCheck.objects.filter(pk=pk).first())
    return found, _with_papers(actor, found.person_id, found.institution_id)


def _with_papers(actor: Actor, person_id: int, institution_id: int) -> Employment:
    seen = visible_to(actor, VIEW_PAPERS, Institution.objects.filter(pk=institution_id))
    rows = Employment.objects.filter(person=person_id, institution__in=seen).order_by("-period")
    return _or_404(rows.select_related("person", "institution").first())


def _or_404(found: M | None) -> M:
    if found is None:
        raise Http404
    return found


def found_by_identity(actor: Actor, identity: str) -> QuerySet[Employment]:
    """The employments, within reach, of the person of an identity number."""
    number = identifiers.identity_number(identity, field="identity").number
    seen = visible_to(actor, FIND_PERSON, Institution.objects.all())
    rows = Employment.objects.filter(
        institution__in=seen, person__identity_key__in=keyed_hashes(number)
    ).select_related("person", "institution")
    return rows.order_by("-period", "pk")


def in_several(actor: Actor) -> QuerySet[Employment]:
    """The employments of today, within reach, of people who work at more than one institution within reach;
    the same person's one after the other."""
    seen = visible_to(actor, FIND_PERSON, Institution.objects.all())
    now = Employment.objects.filter(institution__in=seen, period__contains=clock.today())
    elsewhere = now.filter(person=OuterRef("person")).exclude(institution=OuterRef("institution"))
    rows = now.filter(Exists(elsewhere)).select_related("person", "institution")
    return rows.order_by("person", "pk")


def turning_on(on: date) -> set[int]:
    """The institutions in whose register something begins or ends on a day."""
    begins_or_ends = Q(period__startswith=on) | Q(period__endswith=on)
    lapsed = Q(expires_on=on - timedelta(days=1)) | Q(issued_on=on)
    rows = (
        Employment.objects.filter(begins_or_ends).values_list("institution", flat=True),
        ClassAssignment.objects.filter(begins_or_ends).values_list("employment__institution", flat=True),
        Qualification.objects.filter(lapsed, withdrawn_at=None).values_list("recorded_for", flat=True),
    )
    return {pk for found in rows for pk in found.distinct()}
