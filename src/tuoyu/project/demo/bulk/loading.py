"""Loads a large demonstration in one transaction: all of it, or nothing."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from tuoyu.accounts.models import Membership, User
from tuoyu.cases.models import Case, Notice, Step
from tuoyu.core import ciphers, clock, workdays
from tuoyu.core.fields import EncryptedTextField
from tuoyu.core.models import AuditEvent
from tuoyu.institutions import policy
from tuoyu.institutions.documents import WORDING
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.pages import PROVIDER
from tuoyu.institutions.policy import procedure_of
from tuoyu.institutions.vocabulary import CareType, ClassType, LegalForm, Nature
from tuoyu.jurisdictions.models import PackVersion
from tuoyu.jurisdictions.names import department_name
from tuoyu.project.demo import words
from tuoyu.project.demo.bulk import staging, statements, tables
from tuoyu.project.demo.bulk.regions import County, counties, packs_of
from tuoyu.project.demo.bulk.variants import VARIANTS, Template, templates
from tuoyu.project.demo.forms import PHONE
from tuoyu.project.demo.playing import REMARKS, Days

Progress = Callable[[str, int, int], None]
MARK = "demo.family.0"
PARTS = 12


def write_bulk(size: str, institutions: int, cases: int, progress: Progress) -> bool:
    """Write so many institutions and cases; False, and nothing done, when a large set is here already."""
    if User.objects.filter(username=MARK).exists():
        return False
    with transaction.atomic():
        _tune()
        found = counties(size)
        with tables.set_aside([tables.table(model) for model in statements.MODELS], progress):
            progress("Drawing lots", 0, PARTS + 2)
            officers = _stage(size, institutions, cases, found)
            progress("Cases and their steps", 1, PARTS + 2)
            writer = statements.Writer(_bases(officers))
            _stage_steps(writer)
            for done, (what, write) in enumerate(writer.parts(), start=2):
                progress(what, done, PARTS + 2)
                write()
        _move_sequences(cases)
    _analyse(progress)
    return True


def _tune() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may be left to check when tables change
        cursor.execute("SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'")
        if "lz4" in cursor.fetchone()[0]:
            cursor.execute("SET LOCAL default_toast_compression = 'lz4'")
        for name, value in (("maintenance_work_mem", "512MB"), ("work_mem", "256MB")):
            cursor.execute(f"SET LOCAL {name} = '{value}'")


def _stage(size: str, institutions: int, cases: int, found: list[County]) -> int:
    """Fill the staging tables; how many officers there are."""
    days = Days(clock.today())
    ways = staging.ways(found)
    packs = dict(PackVersion.objects.values_list("digest", "pk"))
    days.before(staging.YEARS + 60)
    rows = staging.rows(size, institutions, cases, found, ways, days, packs)
    tables.copy("t_case", staging.CASE_COLUMNS, rows)
    tables.copy("t_plan", "number int, name text", ((w.number, w.plan.name) for w in ways.values()))
    tables.copy("t_step", """plan int, ord int, key text, name text, kind text, department text, stage int,
                siblings int, after jsonb, reviews jsonb, push_to jsonb, clause text, source text, days int,
                clock_of text""", list(_steps(ways.values())))  # fmt: skip
    tables.copy("t_day", "day date, ordinal int", list(_ordinals()))
    tables.copy("t_work", "ordinal int, day date, provisional bool", list(_working_days()))
    _stage_words(found)
    _stage_people()
    _stage_variants()
    return _stage_officers(found, ways, cases)


def _steps(ways: Any) -> Iterator[tuple[Any, ...]]:
    """A row a step; a page that only some kinds are asked is left out, so that each remark finds its page."""
    for way in ways:
        stages = list(way.stages.values())
        for index, step in enumerate(way.plan.steps):
            stage = way.stages[step.key]
            yield (
                way.number, index, step.key, step.name, step.kind, step.department, stage, stages.count(stage),
                json.dumps(step.after), json.dumps([p for p in step.reviews if p != PROVIDER.key]), json.dumps(step.push_to), step.clause, step.source,
                step.working_days, step.clock_from,
            )  # fmt: skip


def _span() -> Iterator[date]:
    first = clock.today() - timedelta(days=staging.YEARS * 2)
    return (first + timedelta(days=n) for n in range(staging.YEARS * 2 + 200))


def _ordinals() -> Iterator[tuple[date, int]]:
    count = 0
    for day in _span():
        count += workdays.is_workday(day)[0]
        yield day, count


def _working_days() -> Iterator[tuple[int, date, bool]]:
    count = 0
    for day in _span():
        worked, provisional = workdays.is_workday(day)
        if worked:
            count += 1
            yield count, day, provisional


def _stage_words(found: list[County]) -> None:
    packs = dict(PackVersion.objects.values_list("digest", "pk"))
    lines = []
    for digest, county in packs_of(found).items():
        for kind, keys in WORDING.items():
            for family in (False, True):
                asked = (f"{keys[0]}.family_point", *keys) if family else keys
                said = policy.wording_at(county.place.code, *asked)
                address = f"{settings.PUBLIC_ADDRESS}/verify/"
                lines.append(
                    (packs[digest], str(kind), family, json.dumps(said, ensure_ascii=False), address)
                )
    tables.copy("t_wording", "pack bigint, kind text, family bool, lines jsonb, address text", lines)
    remarks = [(page, field, text, policy.source_at(found[0].place.code, rule), rule)
               for page, (field, text, rule) in REMARKS.items()]  # fmt: skip
    spare = (
        "commitment",
        "signer",
        "承诺人与负责人不是同一人，请核对。",
        policy.source_at(found[0].place.code, "filing.scans"),
        "",
    )
    tables.copy("t_remark", "page text, field text, text text, source text, rule_key text", [*remarks, spare])


def _stage_people() -> None:
    """What is encrypted of each contact; a name that many bear is encrypted once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT contact FROM t_case")
        names = [name for (name,) in cursor.fetchall()]

    contexts = {f.name: f.context for f in Application._meta.fields if isinstance(f, EncryptedTextField)}

    def sealed(field: str, text: str) -> str:
        return ciphers.encrypt(text, contexts[field])

    phone = sealed("contact_phone", PHONE)
    tables.copy("t_person", "name text, contact_name text, signer text, contact_phone text",
                [(name, sealed("contact_name", name), sealed("signer", name), phone) for name in names])  # fmt: skip


def _stage_variants() -> None:
    identity = ciphers.encrypt(words.identity("110101", 1), Application._meta.get_field("identity").context)
    made = templates()
    tables.copy("t_variant", """number int, kind text, nature text, legal_form text, procedure text, facts jsonb,
                data jsonb, said jsonb, identity text, care_types text[], class_types text[], places int,
                standing text, care_words text, class_words text""",
                [_variant(template, identity) for template in made])  # fmt: skip
    tables.copy("t_class", "variant int, name text, class_type text, places int, carers int, area numeric",
                ((t.number, *c[:4], c[4] or None) for t in made for c in t.classes))  # fmt: skip


def _variant(template: Template, identity: str) -> tuple[Any, ...]:
    story = template.story
    facts = {
        "kind": story.kind,
        "nature": story.nature,
        "legal_form": story.legal_form,
        "serves_meals": story.meals,
    }
    types = sorted(
        {c[1] for c in template.classes if c[1] != "mixed" or story.classes == ("mixed",)} or {"mixed"}
    )
    labels = dict(ClassType.choices)
    return (
        template.number, str(story.kind), str(story.nature), str(story.legal_form), procedure_of(story.kind),
        json.dumps(facts), json.dumps(template.data, ensure_ascii=False), json.dumps(template.said, ensure_ascii=False),
        identity, list(map(str, story.care_types)), types, template.places,
        f"{Nature(story.nature).label}（{LegalForm(story.legal_form).label}）",
        "、".join(str(CareType(t).label) for t in story.care_types),
        "、".join(str(labels[t]) for t in types) + f" 共{template.places}个托位",
    )  # fmt: skip


def _stage_officers(found: list[County], ways: dict[tuple[str, int], staging.Way], cases: int) -> int:
    """One officer for each department at each authority, numbered after the applicants."""
    departments: dict[str, set[str]] = {}
    for county in found:
        for number in range(len(VARIANTS)):
            steps = ways[county.pack, number].plan.steps
            departments.setdefault(county.authority, set()).update(step.department for step in steps)
    posts = [(d, authority) for authority, wanted in departments.items() for d in sorted(wanted)]
    first = tables.base(User) + cases + 1
    tables.copy(
        "t_officer",
        "n int, id bigint, department text, division text, name text",
        [(n, first + n, d, a, words.person(n * 3 + 1)) for n, (d, a) in enumerate(posts)],
    )
    health = {division: words.person(n * 3 + 1) for n, (d, division) in enumerate(posts) if d == "health"}
    tables.copy(
        "t_health",
        "county text, name text, issuer text",
        [
            (c.place.code, health[c.authority], department_name("health", c.authority, full=True))
            for c in found
        ],
    )
    return len(posts)


def _stage_steps(writer: statements.Writer) -> None:
    """Every step of every case with its state and its days."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE TEMP TABLE t_case_step ON COMMIT DROP AS
            SELECT c.n, c.plan, s.ord, {writer.base["step"]} + c.n * {statements.STEPS}::bigint + s.ord + 1 AS id,
                   s.stage, s.kind, s.department, c.authority, c.county, c.owner, c.contact, c.inst, c.uscc, c.d_fil,
                   c.name AS subject, c.reason, f.state, f.d_start, d.d_done, d.decided, k.d_clock,
                   w.day AS due, w.ordinal AS due_ordinal, w.provisional, e.ordinal AS done_ordinal,
                   o.id AS officer, o.name AS officer_name
            FROM t_case c JOIN t_step s ON s.plan = c.plan
            JOIN t_officer o ON o.department = s.department AND o.division = c.authority
            JOIN t_step r ON r.plan = c.plan AND r.kind = 'registration'
            CROSS JOIN LATERAL (SELECT
                CASE WHEN s.stage < c.at_stage THEN 'approved'
                     WHEN s.stage > c.at_stage AND c.state IN ('withdrawn', 'refused') THEN 'cancelled'
                     WHEN s.stage > c.at_stage THEN 'waiting'
                     WHEN c.at_state = 'defective' AND s.siblings > 1 AND s.ord % 2 = 1 THEN 'approved'
                     WHEN c.at_state = 'active' AND s.siblings > 1 AND s.ord % 3 = c.n % 3 THEN 'approved'
                     ELSE c.at_state END AS state,
                CASE WHEN s.stage > c.at_stage THEN NULL
                     WHEN s.stage = 1 THEN c.d_open
                     WHEN s.stage <= r.stage THEN c.d_pre
                     WHEN s.kind = 'filing' THEN c.d_reg ELSE c.d_fil END AS d_start) f
            CROSS JOIN LATERAL (SELECT f.state IN ('approved', 'defective', 'refused') AS decided,
                CASE WHEN f.state NOT IN ('approved', 'defective', 'refused') THEN NULL
                     WHEN s.kind = 'filing' THEN c.d_fil WHEN s.kind = 'verification' THEN c.d_ver
                     WHEN s.stage < r.stage AND c.course <> 'returned' THEN c.d_pre
                     ELSE COALESCE(c.d_reg, c.d_pre) END AS d_done) d
            CROSS JOIN LATERAL (SELECT CASE WHEN f.d_start IS NULL THEN NULL
                WHEN s.clock_of = 'filing' THEN c.d_reg ELSE f.d_start END AS d_clock) k
            LEFT JOIN t_day b ON b.day = k.d_clock
            LEFT JOIN t_work w ON w.ordinal = b.ordinal + s.days
            LEFT JOIN t_day e ON e.day = d.d_done
            ORDER BY c.n, s.ord
        """)
        cursor.execute("ANALYZE t_case_step")


def _bases(officers: int) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM cases_number")
        number = int(cursor.fetchone()[0])
        cursor.execute("SELECT tuoyu_cluster(), pg_current_xact_id()::text::bigint")
        cluster, transaction_id = cursor.fetchone()
    models = {"user": User, "membership": Membership, "case": Case, "step": Step, "notice": Notice,
              "event": AuditEvent, "application": Application, "institution": Institution}  # fmt: skip
    return {name: tables.base(model) for name, model in models.items()} | {
        "number": number,
        "officers": officers,
        "cluster": cluster,
        "transaction": transaction_id,
    }


def _move_sequences(cases: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('cases_number', (SELECT last_value FROM cases_number) + %s)", [cases])
    for model in (User, Membership, Case, Step, Notice, AuditEvent, Application, Institution):
        tables.move_sequence(model)


def _analyse(progress: Progress) -> None:
    """Gather statistics of what was written; of two tables at once, unless nobody else can see them yet."""
    names = [tables.table(model) for model in statements.MODELS]
    with ThreadPoolExecutor(2) as pool:
        apart = not connection.in_atomic_block
        for done, name in enumerate(pool.map(_analysed_apart, names) if apart else map(_analysed, names)):
            progress(f"Statistics of {name}", done + 1, len(names))


def _analysed(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {name}")
    return name


def _analysed_apart(name: str) -> str:
    """The same on a connection of this thread's own."""
    try:
        return _analysed(name)
    finally:
        connection.close()
