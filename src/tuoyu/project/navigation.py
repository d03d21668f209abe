"""The side navigation: which rooms a person finds, by the roles they hold."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from tuoyu.core.access import actor_of
from tuoyu.core.actor import ROLE_NAMES, Role

NURSERY = frozenset({Role.APPLICANT, Role.NURSERY_HEAD, Role.NURSERY_STAFF})
OFFICE = frozenset({Role.CLERK, Role.OFFICER, Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD})
LEADS = frozenset({Role.DEPARTMENT_LEAD, Role.JURISDICTION_LEAD})
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


@dataclass(frozen=True)
class Entry:
    """One line of the navigation; `names` are the pages it may lead to, the first that exists wins."""

    label: str
    icon: str
    names: tuple[str, ...]
    roles: frozenset[Role]


@dataclass(frozen=True)
class Place:
    """An entry as one person sees it on one page."""

    label: str
    icon: str
    href: str
    current: bool
    count: int | None = None


ENTRIES = (
    Entry("待办", "inbox", ("cases:inbox",), OFFICE),
    Entry("已登记未备案", "alert-triangle", ("institutions:unfiled",), OFFICE),
    Entry("代办窗口", "building", ("institutions:desk",), frozenset({Role.CLERK})),
    Entry("我的申请", "file-text", ("institutions:applications",), NURSERY | {Role.CLERK}),
    Entry("机构", "building-community", ("institutions:list",), OFFICE | NURSERY),
    Entry("政策承诺", "scale", ("policy:console", "policy:index"), OFFICE),
    Entry("信息推送", "send", ("exchange:outbox",), LEADS | {Role.SYSTEM_ADMIN}),
    Entry("人员与岗位", "users", ("accounts:people",), LEADS | ADMINISTRATORS),
    Entry("工作日历", "calendar", ("jurisdictions:calendar",), LEADS | {Role.SYSTEM_ADMIN}),
    Entry("参数设置", "settings", ("jurisdictions:settings",), LEADS | {Role.SYSTEM_ADMIN}),
    Entry("操作审计", "shield-check", ("core:audit", "accounts:audit"), frozenset({Role.AUDIT_ADMIN})),
)

PUBLIC = (
    Entry("找托育", "search", ("portal:directory",), frozenset()),
    Entry("政策承诺", "scale", ("portal:promises", "policy:index"), frozenset()),
    Entry("标准规范", "book", ("portal:standards", "jurisdictions:standards"), frozenset()),
    Entry("办事入口", "file-text", ("portal:services", "institutions:start"), frozenset()),
)


def public_navigation_of(request: HttpRequest) -> list[Place]:
    """The entries of the public top bar."""
    return _places(request, PUBLIC)


def navigation_of(request: HttpRequest) -> list[Place]:
    """The entries open to who is behind `request`, the current one marked."""
    roles = {seat.role for seat in actor_of(request).seats}
    return _places(request, [entry for entry in ENTRIES if entry.roles & roles])


def home_of(request: HttpRequest) -> str:
    """Where a person's own work begins: the first room open to them, else the public first page."""
    places = navigation_of(request)
    return places[0].href if places else "/"


def standing_of(request: HttpRequest) -> str:
    """As what the person acts, in a line for the top bar."""
    seats = [seat for seat in actor_of(request).seats if seat.role is not Role.PUBLIC]
    return "、".join(dict.fromkeys(ROLE_NAMES[seat.role] for seat in seats))


def sign_in_address() -> str:
    return first_address("accounts:sign_in", "account_login")


def sign_out_address() -> str:
    return first_address("accounts:sign_out", "account_logout")


def search_address() -> str:
    return first_address("cases:search", "institutions:list")


def notices_address() -> str:
    return first_address("cases:notices", "accounts:notices")


def first_address(*names: str) -> str:
    """The address of the first of these pages that exists; empty when none does."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _places(request: HttpRequest, entries: Iterable[Entry]) -> list[Place]:
    places = [(entry, href) for entry in entries if (href := first_address(*entry.names))]
    here = max((href for _, href in places if request.path.startswith(href)), key=len, default="")
    return [Place(entry.label, entry.icon, href, href == here) for entry, href in places]
