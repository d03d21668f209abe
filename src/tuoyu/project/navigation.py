"""Where a person can go: the side navigation, the public top bar, and the doors of the top bar.

Which entries are laid out for whom is said here; whether a page opens is asked of the page itself, so
nobody is shown a door that stays shut.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Value
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from tuoyu.cases import waiting
from tuoyu.cases.models import Notice, Step
from tuoyu.cases.permissions import INBOX
from tuoyu.cases.waiting import MOST_COUNTED
from tuoyu.core import clock
from tuoyu.core.access import actor_of
from tuoyu.core.actor import ROLE_NAMES, Actor, Role, Seat
from tuoyu.core.permissions import REGISTRY, can, visible_to
from tuoyu.core.prepared import Prepared
from tuoyu.jurisdictions.names import department_name, short_place_name

NURSERY = frozenset({Role.NURSERY_HEAD, Role.NURSERY_STAFF})
OFFICE = frozenset({Role.CLERK, Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD})
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
AT_WORK = OFFICE | ADMINISTRATORS
EVERYBODY = frozenset(Role)


@dataclass(frozen=True)
class Entry:
    """One line of the navigation; `names` are the pages it may lead to, the first that exists wins
    (an argument of the address may follow after a blank).

    `departments`, where given, are those whose officers have business there.
    """

    label: str
    icon: str
    names: tuple[str, ...]
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """An entry as one person sees it on one page."""

    label: str
    icon: str
    href: str
    current: bool
    count: str = ""


HEALTH = frozenset({"health"})
TRAINERS = HEALTH | {"hr_social_security"}
COMPLAINED_TO = HEALTH | {"market_regulation", "fire_rescue"}
ENTRIES = (
    Entry("待办", "inbox", ("cases:inbox",), OFFICE),
    Entry("全部办件", "list", ("cases:list",), OFFICE),
    Entry("窗口代办", "building", ("institutions:desk",), frozenset({Role.CLERK})),
    Entry("代办的申请", "file-text", ("institutions:applications",), frozenset({Role.CLERK})),
    Entry("已登记未备案", "alert-triangle", ("institutions:unfiled",), OFFICE, HEALTH),
    Entry("机构", "building-community", ("institutions:list",), OFFICE | NURSERY),
    Entry("机构办事", "file-certificate", ("institutions:matters",), frozenset({Role.NURSERY_HEAD})),
    Entry(
        "检查",
        "checklist",
        ("supervision:inspections",),
        frozenset({Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD}),
    ),
    Entry("培训", "book", ("workforce:sessions",), OFFICE | NURSERY, TRAINERS),
    Entry("培训课时", "report", ("workforce:training_gaps",), OFFICE | NURSERY, HEALTH),
    Entry("医护服务时长", "clock", ("workforce:service_periods",), OFFICE, HEALTH),
    Entry("信用信息", "scale", ("credit:board",), OFFICE | frozenset({Role.NURSERY_HEAD})),
    Entry("我的课时", "clipboard-check", ("workforce:my_hours",), NURSERY),
    Entry("导入", "file-upload", ("imports:list",), OFFICE | frozenset({Role.NURSERY_HEAD}), HEALTH),
    Entry("须解除聘用", "alert-circle", ("workforce:bar_alerts",), OFFICE | NURSERY, HEALTH),
    Entry("从业限制", "lock", ("workforce:bars",), OFFICE | ADMINISTRATORS, HEALTH),
    Entry("记录从业限制", "lock", ("workforce:record_bar",), frozenset({Role.OFFICER}), HEALTH),
    Entry("预警", "bell", ("alerts:board",), OFFICE | frozenset({Role.NURSERY_HEAD})),
    Entry("每日报送", "clipboard-check", ("care:on_day",), OFFICE | NURSERY, HEALTH),
    Entry("伤害事件", "alert-circle", ("care:incidents",), OFFICE | NURSERY, HEALTH),
    Entry(
        "评估",
        "clipboard-check",
        ("ratings:assessments",),
        OFFICE | frozenset({Role.NURSERY_HEAD}),
        HEALTH,
    ),
    Entry("评估任务", "clipboard-check", ("ratings:given",), frozenset({Role.ASSESSOR})),
    Entry("人员和证书", "alert-triangle", ("workforce:alerts",), OFFICE | NURSERY, HEALTH),
    Entry("从业人员", "users", ("workforce:overview",), OFFICE | NURSERY, HEALTH),
    Entry("投诉举报", "message", ("complaints:list",), OFFICE, COMPLAINED_TO),
    Entry("整改和处理", "gavel", ("supervision:rectifications", "supervision:sanctions"), OFFICE),
    Entry("信息推送", "send", ("exchange:inbox", "exchange:messages"), OFFICE),
    Entry("推送情况", "report", ("exchange:deliveries", "exchange:outbox"), OFFICE | ADMINISTRATORS),
    Entry("政策条款", "scale", ("policy:index", "portal:promises"), OFFICE),
    Entry("政策识读", "file-text", ("policy:drafts",), OFFICE),
    Entry("人员与岗位", "users", ("accounts:people",), AT_WORK),
    Entry("邀请", "user-plus", ("accounts:invitations",), ADMINISTRATORS),
    Entry("登录安全", "lock", ("accounts:lock_outs",), ADMINISTRATORS),
    Entry("接口令牌", "key", ("accounts:api_clients",), ADMINISTRATORS),
    Entry("接收地址", "settings", ("exchange:connectors",), ADMINISTRATORS),
    Entry("工作日历", "calendar", ("jurisdictions:days", "jurisdictions:calendar"), AT_WORK),
    Entry("参数设置", "adjustments-horizontal", ("jurisdictions:settings",), AT_WORK),
    Entry(
        "重复填报",
        "report",
        ("institutions:asked_again",),
        frozenset({Role.JURISDICTION_LEAD, Role.SYSTEM_ADMIN}),
    ),
    Entry("操作审计", "shield-check", ("accounts:audit",), ADMINISTRATORS),
)
# What one does for oneself, as an applicant; officers find these by their account page.
OWN = (
    Entry("我的申请", "file-text", ("institutions:applications",), EVERYBODY),
    Entry("我的办件", "clipboard-check", ("cases:mine",), EVERYBODY),
    Entry("申请设立机构", "plus", ("institutions:start",), EVERYBODY),
    Entry("代办授权", "users", ("accounts:agents",), EVERYBODY),
    Entry("我的信用信息", "scale", ("credit:mine",), EVERYBODY),
)
PUBLIC = (
    Entry("找托育", "search", ("portal:directory",), EVERYBODY),
    Entry("评估结果", "clipboard-check", ("ratings:results",), EVERYBODY),
    Entry("政策承诺", "scale", ("portal:promises", "policy:index"), EVERYBODY),
    Entry("投诉举报", "message", ("complaints:report",), EVERYBODY),
    Entry("标准规范", "book", ("portal:standards", "policy:rules cn"), EVERYBODY),
    Entry("办事入口", "file-text", ("portal:services", "institutions:start"), EVERYBODY),
)


def public_navigation_of(request: HttpRequest) -> list[Place]:
    """The entries of the public top bar; what needs a sign-in asks for it when it is opened."""
    return _marked(request, [(e, href) for e in PUBLIC if (href := first_address(*e.names))])


def navigation_of(request: HttpRequest) -> list[Place]:
    """The entries open to who is behind `request`, the current one marked; asked once a request."""
    found: list[Place] | None = getattr(request, "navigation", None)
    if found is None:
        actor = replace(actor_of(request), label="", address="")
        places = _marked(request, _open_to(settings.ROOT_URLCONF, actor))
        found = [_with_count(request, place) for place in places]
        request.navigation = found  # type: ignore[attr-defined]
    return found


# What is counted beside an entry, by the page it leads to.
COUNTED = {
    "alerts:board": "watched",
    "cases:inbox": "steps",
    "workforce:alerts": "alerts",
    "workforce:bar_alerts": "bar_alerts",
}


def _with_count(request: HttpRequest, place: Place) -> Place:
    for name, kind in COUNTED.items():
        if place.href == first_address(name):
            return replace(place, count=counted(waiting_for(request)[kind]))
    return place


def boards_of(request: HttpRequest) -> list[Place]:
    """The boards with something on them that waits for the person, for the page where work begins."""
    boards = {first_address(name) for name in ("alerts:board", "workforce:alerts", "workforce:bar_alerts")}
    return [place for place in navigation_of(request) if place.href in boards and place.count]


def home_of(request: HttpRequest) -> str:
    """Where a person's own work begins: the first room open to them, else the public first page."""
    places = navigation_of(request)
    return places[0].href if places else "/"


def standing_of(request: HttpRequest) -> str:
    """As what the person acts, and for which department, in a line for the top bar."""
    seats = [seat for seat in actor_of(request).seats if seat.membership_id]
    if not seats:
        return ROLE_NAMES[Role.APPLICANT] if actor_of(request).user_id else ""
    return f"{_standing(seats[0])}等{len(seats)}个岗位" if len(seats) > 1 else _standing(seats[0])


def _standing(seat: Seat) -> str:
    where = ""
    if seat.department:
        where = department_name(seat.department, seat.division_code)
    elif seat.division_code:
        where = short_place_name(seat.division_code)
    return "，".join(part for part in (where, ROLE_NAMES[seat.role]) if part)


def sign_in_address() -> str:
    return first_address("account_login")


def sign_out_address() -> str:
    return first_address("accounts:sign_out")


def search_address(request: HttpRequest) -> str:
    """Where the search of the top bar leads: an officer's cases, or nowhere."""
    return first_address("cases:list") if actor_of(request).holds(*OFFICE) else ""


def notices_address() -> str:
    return first_address("cases:notices")


def account_address() -> str:
    return first_address("accounts:profile")


def waiting_for(request: HttpRequest) -> Counter[str]:
    """How many steps, alerts and unread notices wait for the person, in one query, counted to a hundred."""
    found: Counter[str] | None = getattr(request, "waiting", None)
    if found is None:
        actor = replace(actor_of(request), label="", address="")
        found = Counter()
        for kind, number in _waiting(actor, clock.today()).all():
            found[kind] += number
        request.waiting = found  # type: ignore[attr-defined]
    return found


@lru_cache(maxsize=500)
def _waiting(actor: Actor, today: date) -> Prepared[tuple[str, int]]:
    """Written once for a person and a day, since seats may end."""
    one = Value(1)
    unread = Notice.objects.filter(user=actor.user_id, read_at__isnull=True).order_by()
    kinds: list[QuerySet[Any, Any]] = []
    if actor.holds(*OFFICE):
        steps = visible_to(actor, INBOX, Step.objects.filter(state=Step.State.ACTIVE)).order_by()
        kinds.append(steps.values_list(Value("steps"), one)[:MOST_COUNTED])
    kinds += [rows.values_list(Value(kind), "number") for kind, rows in waiting.boards_of(actor).items()]
    notices = unread.values_list(Value("notices"), one)[:MOST_COUNTED]
    return Prepared(notices.union(*kinds, all=True) if kinds else notices)


def counted(number: int) -> str:
    """A count as the navigation shows it: nothing, 1 to 99, or 99+."""
    return "" if not number else str(number) if number < MOST_COUNTED else f"{MOST_COUNTED - 1}+"


def first_address(*names: str) -> str:
    """The address of the first of these pages that exists; empty when none does."""
    return _first_address(settings.ROOT_URLCONF, names)


@cache
def _first_address(urlconf: str, names: tuple[str, ...]) -> str:
    for name in names:
        try:
            page, *args = name.split()
            return reverse(page, args=args)
        except NoReverseMatch:
            continue
    return ""


@cache
def _declared(urlconf: str, href: str) -> str | None:
    """What the page at an address says of who may come in; None where there is no such page."""
    try:
        return str(getattr(resolve(href).func, "access", ""))
    except Resolver404:
        return None


def _is_for(actor: Actor, entry: Entry) -> bool:
    seats = actor.seats_as(*entry.roles)
    return any(not entry.departments or not s.department or s.department in entry.departments for s in seats)


@lru_cache(maxsize=500)
def _open_to(urlconf: str, actor: Actor) -> tuple[tuple[Entry, str], ...]:
    """The entries open to a person, with their addresses: the seats say, whatever the page and the row."""
    entries = [entry for entry in ENTRIES if _is_for(actor, entry)]
    if actor.user_id is not None and not actor.holds(*AT_WORK):
        entries += OWN
    found = [(entry, href) for entry in entries if (href := first_address(*entry.names))]
    return tuple((entry, href) for entry, href in found if opens(actor, href))


def _marked(request: HttpRequest, places: Iterable[tuple[Entry, str]]) -> list[Place]:
    """`places`, the one that is open now marked as current."""
    places = list(places)
    here = max((href for _, href in places if request.path.startswith(href)), key=len, default="")
    return [Place(entry.label, entry.icon, href, href == here) for entry, href in places]


def opened_by(request: HttpRequest, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of `items` (each with an href) whose page lets in whoever is behind `request`."""
    return [item for item in items if opens(actor_of(request), item["href"])]


def opens(actor: Actor, href: str) -> bool:
    """Whether the page at `href` lets this actor in, by what the page declares."""
    declared = _declared(settings.ROOT_URLCONF, href)
    if declared is None:
        return False
    kind, _, key = declared.partition(": ")
    if kind == "permission":
        return key in REGISTRY and can(actor, REGISTRY[key])
    return True
