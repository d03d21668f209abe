"""Writes: the division table, the packs, the settings a division decides."""

import hashlib
import logging
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from tuoyu.core import audit, clock
from tuoyu.core.actions import action
from tuoyu.core.actor import Actor
from tuoyu.core.permissions import require
from tuoyu.core.problems import Problem, Refused
from tuoyu.jurisdictions import atlas, queries, versions
from tuoyu.jurisdictions.models import AuthorityOverride, Division, DivisionSetting, Origin, PackVersion
from tuoyu.jurisdictions.packs import Pack, PacksInvalid, read_packs
from tuoyu.jurisdictions.packs.content import Fault, read_content
from tuoyu.jurisdictions.permissions import ADOPT_PACK, DECIDE_SETTING, LOAD_PACKS
from tuoyu.jurisdictions.rulebook import RuleBook

logger = logging.getLogger("tuoyu.jurisdictions")

# A start further off is better decided when it is near.
LATEST_START = timedelta(days=366)
COLUMNS = (
    "code",
    "prefix",
    "level",
    "name",
    "full_name",
    "parent_id",
    "pinyin",
    "initials",
    "abolished",
    "abolished_year",
    "functional",
)


# ---------------------------------------------------------------- divisions


@action
def load_divisions(*, by: Actor) -> int:
    """Bring the division table and its exceptions to what the data files say; how many rows changed."""
    require(by, LOAD_PACKS)
    changed = _copy_divisions()
    AuthorityOverride.objects.all().delete()
    AuthorityOverride.objects.bulk_create(
        AuthorityOverride(
            authority_id=e.authority,
            place_prefix=e.place,
            level=e.level,
            valid=DateRange(e.effective_from, None),
            basis=e.basis,
        )
        for e in atlas.exemptions()
    )
    top = Division.objects.filter(level="province").first()
    if top is None:  # pragma: no cover - the data file always holds provinces
        raise Refused("行政区划数据文件是空的")
    audit.record(by, "jurisdictions.divisions_loaded", top, after={"changed": changed})
    return changed


def divisions_differ() -> bool:
    """Whether the tables hold something else than the data files."""
    if AuthorityOverride.objects.count() != len(atlas.exemptions()):
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to(string_agg(code || full_name || abolished_year, '' "
            "ORDER BY code COLLATE \"C\"), 'UTF8')), 'hex') FROM "
            "(SELECT code, full_name, coalesce(abolished_year::text, '') AS abolished_year "
            "FROM jurisdictions_division) AS held"
        )
        held = cursor.fetchone()
    return held is None or held[0] != _digest_of_divisions()


@cache
def _digest_of_divisions() -> str:
    rows = sorted(atlas.places().values(), key=lambda p: p.code)
    text = "".join(f"{p.code}{p.full_name}{p.abolished_year or ''}" for p in rows)
    return hashlib.sha256(text.encode()).hexdigest()


def _copy_divisions() -> int:
    """COPY into a temporary table, then insert or update what differs: one statement for all rows."""
    names = ", ".join(COLUMNS)
    others = [c for c in COLUMNS if c != "code"]
    assigned = ", ".join(f"{c} = EXCLUDED.{c}" for c in others)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming (LIKE jurisdictions_division INCLUDING DEFAULTS) ON COMMIT DROP"
        )
        with cursor.copy(f"COPY incoming ({names}) FROM STDIN") as copy:
            for place in atlas.places().values():
                copy.write_row(_row(place))
        cursor.execute(
            f"INSERT INTO jurisdictions_division ({names}) SELECT {names} FROM incoming "  # noqa: S608
            f"ON CONFLICT (code) DO UPDATE SET {assigned} "
            f"WHERE ({', '.join(f'jurisdictions_division.{c}' for c in others)}) "
            f"IS DISTINCT FROM ({', '.join(f'EXCLUDED.{c}' for c in others)})"
        )
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE incoming")
    return changed


def _row(place: atlas.Place) -> tuple[Any, ...]:
    return (
        place.code,
        place.prefix,
        place.level,
        place.name,
        place.full_name,
        place.parent or None,
        place.pinyin,
        place.initials,
        place.abolished,
        place.abolished_year,
        place.functional,
    )


# ---------------------------------------------------------------- packs


@action
def load_packs(*, by: Actor, root: Path | None = None) -> list[PackVersion]:
    """Load every pack below `root` as a version, unless that content is loaded already.

    The division table is brought up to date first: packs and their settings name its codes.
    A draft that still waits for a person is left out. Returns the versions in force from today. Raises
    PacksInvalid with every mistake, and changes nothing.
    """
    require(by, LOAD_PACKS)
    if divisions_differ():
        load_divisions(by=by)
    reading = read_packs(root or Path(settings.PACKS), drafts=False)
    if reading.errors:
        raise PacksInvalid(reading.errors)
    done: dict[str, versions.Loaded] = {}
    for pack in _parents_first(reading.packs):
        parent = done[pack.inherits].version if pack.inherits else None
        done[pack.code] = versions.load(pack, parent, by)
    for loaded in list(done.values()):
        versions.follow(loaded.version, by, but=frozenset(done))
    queries.forget()
    _tell_loaded(done, by)
    return [loaded.version for loaded in done.values()]


def _tell_loaded(done: dict[str, versions.Loaded], by: Actor) -> None:
    """Write down what holds, and where files took the place of a version adopted on a page."""
    after = {code: loaded.version.digest[:12] for code, loaded in done.items()}
    audit.record(by, "jurisdictions.packs_loaded", done["cn"].version, after=after)
    for code, loaded in done.items():
        if loaded.replaced:
            logger.warning("packs/%s has changed and replaces the version adopted on a page", code)
            audit.record(
                by,
                "jurisdictions.adopted_pack_replaced",
                loaded.version,
                before={"digest": loaded.replaced.digest[:12]},
                after={"digest": loaded.version.digest[:12]},
                note="政策包文件的内容变了，按文件装载，替换了在页面采用的版本",
                place=code,
            )


def _parents_first(packs: dict[str, Pack]) -> Iterator[Pack]:
    done: set[str] = set()

    def walk(pack: Pack) -> Iterator[Pack]:
        if pack.code in done:
            return
        done.add(pack.code)
        if pack.inherits:
            yield from walk(packs[pack.inherits])
        yield pack

    for pack in packs.values():
        yield from walk(pack)


@action
def adopt_pack(*, division: Division, content: dict[str, Any], starts_on: date, by: Actor) -> PackVersion:
    """Let a pack hold for a place from a day on, as its lead made it on a page.

    It is checked with the packs in force as files are. Refused with every problem at once, the path of each
    in `field`. What inherits from it follows; a case begun earlier keeps its version.
    """
    require(by, ADOPT_PACK, division)
    pack = _adoptable(division, content, starts_on)
    parent = versions.held(pack.inherits or queries.NATIONAL)
    before = versions.held(division.code)
    made = versions.hold(pack.code, versions.content_of(pack), parent, starts_on, Origin.ADOPTED, by)
    moved = versions.follow(made, by)
    queries.forget()
    audit.record(
        by,
        "jurisdictions.pack_adopted",
        made,
        before={"digest": before.digest[:12]} if before else None,
        after={
            "digest": made.digest[:12],
            "document": pack.title,
            "from": starts_on.isoformat(),
            "inheriting": [version.code for version in moved],
        },
        place=division.code,
    )
    return made


def _adoptable(division: Division, content: dict[str, Any], starts_on: date) -> Pack:
    """The pack a content describes; Refused with everything that stands against it."""
    pack, faults = packs_checked(content)
    problems = [Problem(f.message, field=".".join(map(str, f.path))) for f in faults]
    if pack is not None and pack.code != division.code:
        problems.append(
            Problem(
                f"政策包的代码是 {pack.code}，不是 {division.full_name}的 {division.code}。", field="code"
            )
        )
    if starts_on < clock.today():
        problems.append(Problem("生效日期不能早于今天：此前的办件已按当时的版本办理。", field="starts_on"))
    if starts_on > clock.today() + LATEST_START:
        problems.append(Problem("生效日期最多在一年之内，更晚的请到时再采用。", field="starts_on"))
    if problems or pack is None:
        raise Refused(problems)
    return pack


def packs_checked(content: dict[str, Any]) -> tuple[Pack | None, list[Fault]]:
    """A pack that comes as data, checked beside the packs in force today."""
    return read_content(content, queries.packs_in_force())


# ---------------------------------------------------------------- settings


@action
def decide_setting(
    *,
    division: Division,
    key: str,
    value: Any,
    effective_from: date,
    basis: str,
    by: Actor,
    effective_to: date | None = None,
) -> DivisionSetting:
    """Record what a division decided from a day on; what it decided before ends on that day."""
    require(by, DECIDE_SETTING, division)
    _refuse_bad_setting(division, key, value, effective_from, effective_to, basis)
    earlier = (
        DivisionSetting.objects.select_for_update()
        .filter(division=division, key=key, valid__contains=effective_from)
        .exclude(valid__startswith=effective_from)
        .first()
    )
    before: dict[str, Any] = {}
    if earlier:
        before = {"value": earlier.value, "from": earlier.valid.lower.isoformat()}
        earlier.valid = DateRange(earlier.valid.lower, effective_from)
        earlier.save(update_fields=["valid"])
    period = DateRange(effective_from, effective_to)
    if DivisionSetting.objects.filter(division=division, key=key, valid__overlap=period).exists():
        raise Refused(Problem("这段时间里已有一条设定，请先看清再选另一个日期。", field="effective_from"))
    made = DivisionSetting.objects.create(
        division=division,
        key=key,
        value=value,
        valid=period,
        basis=basis.strip(),
        decided_by_id=by.user_id,
        decided_by=by.label,
        decided_at=clock.now(),
    )
    queries.forget()
    after = {"key": key, "value": value, "from": effective_from.isoformat()}
    audit.record(by, "jurisdictions.setting_decided", made, before=before, after=after, place=division.code)
    return made


def _refuse_bad_setting(
    division: Division, key: str, value: Any, begins: date, ends: date | None, basis: str
) -> None:
    problems = []
    choices = choices_of(queries.book(division.code, begins), key)
    if choices is None:
        problems.append(Problem(f"没有名为 {key} 的设定。", field="key"))
    elif choices and value not in choices:
        problems.append(Problem(f"可以选的是：{'、'.join(choices)}。", field="value"))
    if not basis.strip():
        problems.append(Problem("请写明依据：哪份文件或哪次会议决定的。", field="basis"))
    if ends and ends <= begins:
        problems.append(Problem("失效日期应晚于生效日期。", field="effective_to"))
    if problems:
        raise Refused(problems)


def choices_of(rules: RuleBook, key: str) -> tuple[str, ...] | None:
    """What a setting may be: the offers of the route it decides; () for anything; None when unknown."""
    for pack in rules.packs:
        for procedure in pack.procedure:
            for route in procedure.route:
                if route.setting == key:
                    return route.offers
    known = any(s.key == key for pack in rules.packs for s in pack.setting)
    return () if known else None
