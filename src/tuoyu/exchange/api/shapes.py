"""Shapes that many operations share: what is asked of a list, what a page of it looks like, problems."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from django.forms import Form
from ninja import Query, Schema
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from tuoyu.core import paging
from tuoyu.core.problems import Problem as ProblemFound
from tuoyu.core.problems import Refused

Row = TypeVar("Row")

# No year outside these is meant; dates beyond them do not fit the calendar's arithmetic.
FIRST_DAY, LAST_DAY = date(1949, 1, 1), date(2199, 12, 31)


def _sane_day(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"日期应在 {FIRST_DAY} 与 {LAST_DAY} 之间。")
    return day


Day = Annotated[date, AfterValidator(_sane_day)]
Code = Annotated[str, Field(pattern=r"^(?:[0-9]{6}|[0-9]{9})$", description="6 or 9 digits of a division")]
Id = Annotated[int, Field(ge=1, le=2**53)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class Given(BaseModel):
    """What a caller sends: nothing besides the fields that are known."""

    model_config = ConfigDict(extra="forbid")


class Told(BaseModel):
    """What the API answers."""

    model_config = ConfigDict(from_attributes=True)


class Somebody(Told):
    """Somebody who may be chosen."""

    id: int
    name: str


class Problem(Told):
    """One thing wrong: where, what, the rule it rests on, and the way to mend it."""

    message: str
    page: str
    field: str
    rule_key: str
    source: str
    severity: str
    fix: str


class Problems(Told):
    """Why the request was not carried out; nothing was changed."""

    problems: list[Problem]


class PageOf(Told, Generic[Row]):
    """One page of a list. `count` is exact when `counted_all`, else a lower bound."""

    rows: list[Row]
    page: int
    size: int
    count: int
    counted_all: bool
    more: bool


class Asked(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=paging.LAST_PAGE)
    size: int = Field(paging.SIZE, ge=1, le=max(paging.SIZES))


PageAsked = Annotated[Asked, Query()]


def page_of(rows: QuerySet[Any, Any], asked: Asked) -> dict[str, Any]:
    """The page of `rows` that was asked for."""
    return shown_page(paging.page(rows, asked.page, asked.size), lambda row: row)


def shown_page(found: paging.Page[Row], shown: Callable[[Row], Any]) -> dict[str, Any]:
    """A page whose rows are told as `shown` tells them."""
    return {
        "rows": [shown(row) for row in found.rows],
        "page": found.number,
        "size": found.size,
        "count": found.count,
        "counted_all": found.counted_all,
        "more": found.more,
    }


def cleaned(form: Form) -> dict[str, Any]:
    """What a page's own form makes of what was sent; Refused with everything it found wrong."""
    if not form.is_valid():
        wrong = [(name, str(error)) for name, errors in form.errors.items() for error in errors]
        raise Refused([ProblemFound(text, field="" if name == "__all__" else name) for name, text in wrong])
    return form.cleaned_data


def plain(thing: Any) -> dict[str, Any]:
    """A dataclass or mapping as plain data."""
    return dict(thing) if isinstance(thing, Mapping) else asdict(thing)
