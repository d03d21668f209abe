"""An institution on a day of the past, with where each value is from; and what forms asked again."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from tuoyu.core import clock
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import get_visible
from tuoyu.core.problems import Problem, Refused
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Asked, Day, Id, PageOf, Told, page_of
from tuoyu.institutions import asking, history
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import VIEW_ASKED_AGAIN, VIEW_HISTORY
from tuoyu.institutions.provenance import Known, Statement

router = Router(tags=["history"])


class Source(Told):
    """Who said a value, for which office, on what ground, in which case, from which day on."""

    ground: str
    who: str
    office: str
    on: date | None
    case: str


class FactTold(Told):
    """One thing known of an institution on the day, and where it is from."""

    key: str
    label: str
    words: str
    supplied: Source
    confirmed: Source | None


class ClassTold(Told):
    """A class there was; `recorded` says whether what it was is written down for that day."""

    name: str
    class_type: str
    places: int
    carers: int
    recorded: bool


class PaperTold(Told):
    """A paper that was good on the day."""

    kind: str
    label: str
    number: str
    issuer: str
    issued_on: date
    expires_on: date | None


class Promise(Told):
    """What was promised with the newest application handed in by then."""

    on: date
    case: str
    lines: list[str]


class Table(Told):
    """What another room tells of the day."""

    key: str
    label: str
    heads: list[str]
    rows: list[list[str]]


class Event(Told):
    """Something that happened up to the day."""

    at: datetime
    text: str
    who: str
    department: str
    note: str


class Past(Told):
    """An institution as it was on a day, as far as it was written down."""

    day: date
    registration: str
    filing: str
    places: int
    facts: list[FactTold]
    classes: list[ClassTold]
    papers: list[PaperTold]
    promise: Promise | None
    others: list[Table]
    story: list[Event]


class AskedAgainTold(Told):
    """An input that asked for what was known, and how often it was shown."""

    page: str
    field: str
    fact: str
    count: int
    first_at: datetime
    last_at: datetime


@operation(router, "GET", "/office/institutions/{pk}/history", door=permitted(VIEW_HISTORY), ok=Past)
def past(request: HttpRequest, pk: Annotated[Id, Path()], on: Annotated[Day | None, Query()] = None) -> Any:
    """An institution on a day of the past (today when none is given), and its story up to then."""
    actor = actor_of(request)
    day = on or clock.today()
    if day > clock.today():
        raise Refused(Problem("这一天还没有到。", field="on"))
    rows = Institution.objects.annotate(**history.columns(pk, day))
    found = get_visible(actor, VIEW_HISTORY, rows, pk=pk)
    told = history.day_of(actor, found, day)
    said = [one for _, group in told.groups for one in group]
    return {
        "day": day,
        "registration": told.registration,
        "filing": told.filing,
        "places": told.places,
        "facts": [
            {"key": one.key, "label": one.label, "words": one.words, **_sources(one.known)} for one in said
        ],
        "classes": told.classes,
        "papers": told.papers,
        "promise": told.promise,
        "others": [
            {"key": key, "label": label, "heads": one.heads, "rows": one.rows}
            for key, label, one in told.told
        ],
        "story": told.story,
    }


def _sources(known: Known) -> dict[str, Any]:
    return {"supplied": _source(known.supplied), "confirmed": known.confirmed and _source(known.confirmed)}


def _source(said: Statement) -> dict[str, Any]:
    return {name: getattr(said, name) for name in Source.model_fields}


@operation(router, "GET", "/asked-again", door=permitted(VIEW_ASKED_AGAIN), ok=PageOf[AskedAgainTold])
def asked_again(request: HttpRequest, asked: Annotated[Asked, Query()]) -> Any:
    """Which pages asked for what the platform held already, the latest first; the aim is none."""
    return page_of(asking.asked_again(), asked)
