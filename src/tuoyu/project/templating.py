"""The Jinja2 environment: strict about what is missing, and one way to write a date, a sum, a name."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from typing import Any

import jinja2
import segno
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from markupsafe import Markup, escape

from tuoyu.core import clock
from tuoyu.core.access import actor_of
from tuoyu.core.actor import ROLE_NAMES
from tuoyu.project import badges, drawing, navigation

NOTHING = "—"
SHORT = 10
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HAN = "\u3400-\u9fff\uf900-\ufaff"
_TYPED_GAP = re.compile(
    rf"(?<=[{_HAN}])[ \t\u00a0]+(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])[ \t\u00a0]+(?=[{_HAN}])"
)


def environment(**options: Any) -> jinja2.Environment:
    """The environment Django's Jinja2 backend asks for."""
    options["undefined"] = jinja2.StrictUndefined
    options["trim_blocks"] = True
    options["lstrip_blocks"] = True
    env = jinja2.Environment(extensions=["jinja2.ext.do"], **options)  # noqa: S701 - Django turns it on
    env.globals.update(GLOBALS)
    env.filters.update(FILTERS)
    env.tests["short"] = is_short
    env.tests["day"] = is_day
    return env


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of the page called `name`."""
    return reverse(name, args=args, kwargs=kwargs) if args or kwargs else _bare(settings.ROOT_URLCONF, name)


@cache
def _bare(urlconf: str, name: str) -> str:
    """Addresses that name nothing in particular never change; a page asks for some thirty of them."""
    return reverse(name)


def with_query(request: HttpRequest, **changes: Any) -> str:
    """The query string of this page with `changes` made; a change to None takes the key away."""
    query = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}"


def qr_image(text: str) -> str:
    """A QR code of `text` as an address an <img> can hold."""
    return str(segno.make(text, error="m").svg_data_uri(border=2))


def widget_kind(bound: Any) -> str:
    """Which of our fields draws a Django form field."""
    widget = bound.field.widget
    if hasattr(widget, "choices"):
        kind = getattr(widget, "input_type", "select")
        several = getattr(widget, "allow_multiple_selected", False)
        return "checks" if several and kind == "checkbox" else kind
    return getattr(widget, "input_type", "textarea") or "textarea"


@lru_cache(maxsize=500)
def icon_of(name: str, extra: str = "") -> Markup:
    """A decorative sign; kept, for a page shows some eighty."""
    return Markup(
        '<svg class="icon {}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>'
    ).format(extra, static("dist/icons.svg"), name)


def options_of(options: Iterable[Any], chosen: Any) -> Markup:
    """The choices of a list, pairs (value, label) or (group, pairs), without the empty one.

    Drawn here and kept, for a list of two hundred rules stands on every page of a case.
    """
    fixed = tuple(
        (key, tuple((k, str(v)) for k, v in says) if isinstance(says, (list, tuple)) else str(says))
        for key, says in options
        if key != ""
    )
    return _options(fixed, str(chosen))


@lru_cache(maxsize=200)
def _options(options: tuple[tuple[Any, Any], ...], chosen: str) -> Markup:
    drawn = [
        Markup('<optgroup label="{}">{}</optgroup>').format(key, _options(says, chosen))
        if isinstance(says, tuple)
        else Markup('<option value="{}"{}>{}</option>').format(
            key, Markup(" selected") if str(key) == chosen else "", says
        )
        for key, says in options
    ]
    return Markup("\n").join(drawn)


def as_problems(given: Any) -> list[Mapping[str, str]]:
    """Whatever a page was told is wrong (a sentence, a Problem, a list of either), in one form."""
    if not given:
        return []
    several = given if isinstance(given, (list, tuple)) else [given]
    keys = ("message", "page", "field", "source", "severity", "fix")
    return [{key: str(_told(problem, key)) for key in keys} for problem in several]


def _told(problem: Any, key: str) -> Any:
    if isinstance(problem, Mapping):
        return problem.get(key, "")
    return getattr(problem, key, str(problem) if key == "message" else "")


def clock_of(due: date | None, soon_days: int = 2) -> tuple[str, int]:
    """Where a deadline stands today (normal, soon, overdue) and how many days are left or gone."""
    if due is None:
        return "normal", 0
    left = (due - clock.today()).days
    if left < 0:
        return "overdue", -left
    return ("soon" if left <= soon_days else "normal"), left


def date_cn(value: date | datetime | None) -> str:
    """2026年11月22日, for prose."""
    if value is None:
        return NOTHING
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日"


def date_iso(value: date | datetime | None) -> str:
    """2026-11-22, for tables."""
    return NOTHING if value is None else _day(value).isoformat()


def moment(value: datetime | None) -> str:
    """2026-11-22 14:05 in Asia/Shanghai, for timelines."""
    return NOTHING if value is None else value.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")


def _day(value: date | datetime) -> date:
    return value.astimezone(clock.BEIJING).date() if isinstance(value, datetime) else value


def money(value: Decimal | float | int | None) -> str:
    """1,234.50元."""
    if value is None:
        return NOTHING
    return f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}元"


def share(value: Decimal | float | int | None) -> str:
    """A share of one as per cent with one decimal: 0.95 → 95.0%."""
    if value is None:
        return NOTHING
    return f"{(Decimal(str(value)) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def masked_phone(value: str | None) -> str:
    """138****1234; what is too short to keep a part of is hidden whole."""
    return _masked(value, head=3, tail=4)


def masked_id(value: str | None) -> str:
    """320***********1234: enough for its owner to know it, too little for a stranger."""
    return _masked(value, head=3, tail=4)


def is_short(value: Any) -> bool:
    """Whether a table keeps this on one line: a date, a name of a post, no more than ten characters wide."""
    if not isinstance(value, str):
        return False
    return sum(0.55 if character.isascii() else 1 for character in value) <= SHORT


def is_day(value: Any) -> bool:
    """Whether a table shows a date here, which is broken nowhere."""
    return isinstance(value, date) or (isinstance(value, str) and bool(DAY.fullmatch(value)))


def _masked(value: str | None, *, head: int, tail: int) -> str:
    if not value:
        return NOTHING
    hidden = len(value) - head - tail
    return f"{value[:head]}{'*' * hidden}{value[-tail:]}" if hidden >= 3 else "*" * len(value)


def nobr(value: Any) -> Markup:
    """A name or a number that is never broken across lines."""
    return Markup('<span class="nobr">{}</span>').format(escape(value))


def thin(value: str) -> str:
    """Chinese text without typed blanks beside Latin letters or figures; the style sheet makes the gap."""
    return _TYPED_GAP.sub("", value)


GLOBALS: dict[str, Any] = {
    "static": cache(static),
    "url": url,
    "with_query": with_query,
    "messages_of": get_messages,
    "actor_of": actor_of,
    "navigation_of": navigation.navigation_of,
    "public_navigation_of": navigation.public_navigation_of,
    "boards_of": navigation.boards_of,
    "opened_by": navigation.opened_by,
    "home_of": navigation.home_of,
    "standing_of": navigation.standing_of,
    "sign_in_address": navigation.sign_in_address,
    "sign_out_address": navigation.sign_out_address,
    "search_address": navigation.search_address,
    "notices_address": navigation.notices_address,
    "account_address": navigation.account_address,
    "unread_notices": lambda request: navigation.counted(navigation.waiting_for(request)["notices"]),
    "role_names": ROLE_NAMES,
    "qr_image": qr_image,
    "widget_kind": widget_kind,
    "as_problems": as_problems,
    "icon_of": icon_of,
    "options_of": options_of,
    "clock_of": clock_of,
    "state_badge": badges.state_badge,
    "draw_flow": drawing.draw_flow,
    "today": clock.today,
    "map_tiles": lambda: settings.MAP_TILES,
}

FILTERS: dict[str, Any] = {
    "date_cn": date_cn,
    "date": date_iso,
    "moment": moment,
    "money": money,
    "share": share,
    "masked_phone": masked_phone,
    "masked_id": masked_id,
    "nobr": nobr,
    "thin": thin,
}
