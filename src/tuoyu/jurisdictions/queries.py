"""Reads: places and who decides over them, the packs in force, settings, procedures."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.signals import request_finished, request_started
from django.db.models import Q, QuerySet
from django.db.models.functions import JSONObject

from tuoyu.core import clock
from tuoyu.jurisdictions import atlas
from tuoyu.jurisdictions.atlas import Place
from tuoyu.jurisdictions.models import AuthorityOverride, DivisionSetting, PackVersion
from tuoyu.jurisdictions.packs.schema import Pack, Procedure, Step, prefix_of
from tuoyu.jurisdictions.rulebook import Handling, Later, RuleBook, SettingValue

NATIONAL = "cn"


class DivisionUnknown(LookupError):
    """No such division, neither today nor ever."""


class PackMissing(LookupError):
    """No policy pack is loaded that holds at a place on a day."""


# ---------------------------------------------------------------- places


def division_of(code: str) -> Place:
    """The division with this code, one no longer in use included; DivisionUnknown otherwise."""
    place = atlas.places().get(code)
    if place is None:
        raise DivisionUnknown(f"没有代码为 {code} 的行政区划")
    return place


def chain(code: str) -> tuple[Place, ...]:
    """A place and everything above it, the nearest first."""
    found = [division_of(code)]
    while found[-1].parent:
        found.append(division_of(found[-1].parent))
    return tuple(found)


def children_of(code: str) -> tuple[Place, ...]:
    """The divisions of today directly below a place; the provinces for an empty code."""
    return tuple(p for p in atlas.places().values() if p.parent == code and not p.abolished)


def search(text: str, *, within: str = "", level: str = "", limit: int = 20) -> tuple[Place, ...]:
    """Divisions of today whose name, pinyin, initials or code begins with or holds `text`."""
    asked = text.strip().lower()
    found = [
        (rank, len(p.code), p.code, p)
        for p in atlas.places().values()
        if not p.abolished
        and p.prefix.startswith(within)
        and level in ("", p.level)
        and (rank := _rank(p, asked)) is not None
    ]
    return tuple(p for *_, p in sorted(found, key=lambda f: f[:3])[:limit])


def _rank(place: Place, asked: str) -> int | None:
    if not asked:
        return None
    if asked in (place.name, place.code, place.full_name):
        return 0
    if place.name.startswith(asked) or place.code.startswith(asked):
        return 1
    if place.pinyin.startswith(asked) or place.initials.startswith(asked):
        return 2
    return 3 if asked in place.full_name else None


# ---------------------------------------------------------------- authority


def authority_of(place_code: str, level: str, department: str = "", on: date | None = None) -> Place:
    """Who decides over a place what is decided at `level`.

    The exceptions of AuthorityOverride come first, the most particular of them first; then the division
    of that level above the place. Where a place has no such level, the next one up decides.
    """
    override = _override(place_code, level, department, on or clock.today())
    if override:
        return division_of(override)
    above = {p.level: p for p in chain(place_code)}
    wanted = atlas.LEVELS.index(level)
    for candidate in reversed(atlas.LEVELS[: wanted + 1]):
        if candidate in above:
            return above[candidate]
    return division_of(place_code)


def _override(place_code: str, level: str, department: str, on: date) -> str:
    overrides = _once(
        ("overrides",),
        lambda: list(
            AuthorityOverride.objects.values_list(
                "place_prefix", "level", "department", "valid", "authority_id"
            )
        ),
    )
    fitting = [
        (len(prefix), bool(named), authority)
        for prefix, at, named, valid, authority in overrides
        if place_code.startswith(prefix) and at == level and named in ("", department) and on in valid
    ]
    return str(max(fitting)[2]) if fitting else ""


def covers(authority_prefix: str, place_code: str, department: str = "", on: date | None = None) -> bool:
    """Whether an authority's seat reaches a place: by prefix, unless an exception says otherwise."""
    if not authority_prefix:
        return True
    override = _override(place_code, "county", department, on or clock.today())
    if not override or len(authority_prefix) < 6:
        return place_code.startswith(authority_prefix)
    return prefix_of(override) == authority_prefix or override == place_code


def place_prefixes(authority_code: str, on: date | None = None) -> tuple[str, ...]:
    """The prefixes of the places a division decides over: its own, or those given to a zone."""
    day = on or clock.today()
    if not division_of(authority_code).functional:
        return (prefix_of(authority_code),)
    given = AuthorityOverride.objects.filter(authority=authority_code, valid__contains=day)
    return (authority_code, *given.values_list("place_prefix", flat=True))


# ---------------------------------------------------------------- what one request asks once

_asked: ContextVar[dict[Any, Any] | None] = ContextVar("asked", default=None)


def begin_request(**kwargs: Any) -> None:
    """Keep from now on what is asked once."""
    _asked.set({})


def end_request(**kwargs: Any) -> None:
    """Keep nothing any longer."""
    _asked.set(None)


request_started.connect(begin_request, dispatch_uid="jurisdictions.asked")
request_finished.connect(end_request, dispatch_uid="jurisdictions.asked")


def _once(key: Any, ask: Any) -> Any:
    """The answer of `ask`, kept for the rest of the request; outside a request nothing is kept."""
    kept = _asked.get()
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block (a long piece of work) what is asked once is kept, as within a request."""
    token = _asked.set({})
    try:
        yield
    finally:
        _asked.reset(token)


def forget() -> None:
    """Ask again: something was written in the middle of a request."""
    if _asked.get() is not None:
        _asked.set({})


# ---------------------------------------------------------------- packs

VERSIONS = ("versions",)
COLUMNS = {
    "pk": "pk",
    "code": "code",
    "digest": "digest",
    "parent": "parent__digest",
    "active_from": "active_from",
}


@dataclass(frozen=True)
class Version:
    """A loaded version of a pack, without its content."""

    pk: int
    code: str
    digest: str
    parent: str | None
    active_from: date

    @property
    def prefix(self) -> str:
        return "" if self.code == NATIONAL else prefix_of(self.code)


def versions() -> tuple[Version, ...]:
    """Every loaded version, the latest last."""

    def ask() -> tuple[Version, ...]:
        return tuple(Version(*row) for row in _in_order().values_list(*COLUMNS.values()))

    found: tuple[Version, ...] = _once(VERSIONS, ask)
    return found


def version_rows() -> ArraySubquery:
    """Every loaded version, to be asked along with something that each request asks anyway."""
    return ArraySubquery(_in_order().values_list(JSONObject(**COLUMNS)))


def remember_versions(rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep for this request what `version_rows` brought along, instead of asking for it."""
    kept = _asked.get()
    if kept is not None:
        kept[VERSIONS] = tuple(
            Version(**{**row, "active_from": date.fromisoformat(row["active_from"])}) for row in rows
        )


def _in_order() -> QuerySet[PackVersion]:
    return PackVersion.objects.order_by("active_from", "activated_at", "pk")


def version_at(place_code: str, on: date | None = None) -> Version:
    """The version of the nearest pack that holds at a place on a day; PackMissing when none is loaded."""
    day = on or clock.today()
    covering = [v for v in versions() if place_code.startswith(v.prefix)]
    held = [v for v in covering if v.active_from <= day]
    if not covering:
        raise PackMissing("还没有装载政策包：先运行 tuoyu up 或 tuoyu packs load")
    nearest = max(len(v.prefix) for v in held or covering)
    fitting = [v for v in held or covering if len(v.prefix) == nearest]
    # A day before anything was loaded gets the first version: rules are dated themselves.
    return fitting[-1] if held else fitting[0]


def packs_in_force(on: date | None = None) -> dict[str, Pack]:
    """Every pack in force on a day, by code; the national one among them."""
    day = on or clock.today()
    latest = {v.code: v.digest for v in versions() if v.active_from <= day}
    return {code: pack_of(digest) for code, digest in sorted(latest.items())}


def jurisdictions() -> tuple[Pack, ...]:
    """Every jurisdiction's pack in force today, by code; the national one is not among them."""
    return tuple(pack for code, pack in packs_in_force().items() if code != NATIONAL)


def pack_of(digest: str) -> Pack:
    """The pack with this digest; read from the database once a process."""
    return line_of(digest)[0][1]


@lru_cache(maxsize=64)
def line_of(digest: str) -> tuple[tuple[str, Pack], ...]:
    """A pack and those it inherits from, nearest first. Content never changes, so it may be kept."""
    found = PackVersion.objects.select_related("parent").filter(digest=digest).first()
    if found is None:
        raise PackMissing(f"没有摘要为 {digest[:12]} 的政策包版本")
    pack = Pack.model_validate_json(json.dumps(found.content))
    above = line_of(found.parent.digest) if found.parent else ()
    return ((digest, pack), *above)


def book(place_code: str, on: date | None = None, pack: str | PackVersion | None = None) -> RuleBook:
    """The rule book of a place on a day.

    `pack` is the digest of the version a case began under; without it the version in force that day.
    Ask for a book once and use it for the whole page. An empty code or "cn" stands for the whole country.
    """
    day = on or clock.today()
    code = "" if place_code == NATIONAL else place_code
    digest = pack.digest if isinstance(pack, PackVersion) else pack or version_at(code, day).digest
    line = line_of(digest)
    place = division_of(code) if code else None
    return RuleBook(
        packs=tuple(p for _, p in line),
        digests=tuple(d for d, _ in line),
        place=place,
        on=day,
        decided=Later(lambda: _decided(code, day)) if code else (),
    )


def version_for_case(place_code: str, on: date | None = None) -> PackVersion:
    """The version a case beginning today at a place keeps."""
    return PackVersion.objects.get(digest=version_at(place_code, on).digest)


# ---------------------------------------------------------------- settings


def _decided(place_code: str, on: date) -> tuple[SettingValue, ...]:
    codes = [p.code for p in chain(place_code)]

    def ask() -> tuple[SettingValue, ...]:
        rows = DivisionSetting.objects.filter(division__in=codes, valid__contains=on)
        return tuple(
            SettingValue(
                key=s.key,
                value=s.value,
                division=s.division_id,
                effective_from=s.valid.lower,
                effective_to=s.valid.upper,
                basis=f"{s.basis}（{s.decided_by}）",
                decided=True,
            )
            for s in rows
        )

    found: tuple[SettingValue, ...] = _once(("settings", place_code, on), ask)
    return found


def setting(key: str, place_code: str, on: date | None = None) -> SettingValue | None:
    """What the nearest division decided about `key`, else what its pack sets."""
    return book(place_code, on).setting(key)


# ---------------------------------------------------------------- procedures


def procedure(
    key: str, place_code: str, on: date | None = None, pack: str | PackVersion | None = None
) -> Procedure:
    """The procedure in force at a place."""
    return book(place_code, on, pack).procedure(key)


def resolve_department(
    step: Step,
    facts: Mapping[str, Any],
    place_code: str,
    on: date | None = None,
    *,
    of: Procedure,
    pack: str | PackVersion | None = None,
    rules: RuleBook | None = None,
) -> Handling:
    """Who handles a step of the procedure `of` for an application with these facts at a place.

    The answer holds the department, the division at the level the step demands, the clause, and the
    setting that decided where the document leaves a choice. Raises NoRegistrar when nobody is named.
    """
    rules = rules or book(place_code, on, pack)
    department, route, decided = rules.department_of(of, step, facts)
    authority = authority_of(place_code, step.level, department, rules.on)
    rested = route or step
    return Handling(
        department=department,
        authority=authority.code,
        clause=rested.clause,
        document=rested.document or rules.procedure_title(of),
        setting=decided,
        offers=route.offers if route else (),
    )


def settings_of(place_code: str) -> list[DivisionSetting]:
    """Everything the divisions from a place up and below it decided, past and to come."""
    prefix = prefix_of(place_code)
    above = [p.code for p in chain(place_code)]
    reach = Q(division__in=above) | Q(division__prefix__startswith=prefix)
    return list(DivisionSetting.objects.filter(reach).select_related("division"))
