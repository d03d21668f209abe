"""What one application asks, what is settled without asking, and what a change makes of what was there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tuoyu.core import clock
from tuoyu.core.problems import Problem
from tuoyu.institutions import held, matters, pages, rules
from tuoyu.institutions.asked import Form
from tuoyu.institutions.models import Application, Institution
from tuoyu.institutions.vocabulary import CHANGE, REGISTERED_ALREADY, ClassType
from tuoyu.jurisdictions.names import place_name

Typed = dict[str, Any]
BEFORE = "before"
# Where an application that was handed in keeps from which register it has what was not asked.
HELD = "held"
# Asked again whenever the person changes: nothing of the kind is known of whoever comes new.
OF_THE_PERSON = ("contact_identity", "contact_phone")


def asked_on(application: Application, page: pages.Page) -> tuple[pages.Field, ...]:
    """The fields of a page of its form that an application asks, without those that are settled."""
    settled = settled_of(application).get(page.key, {})
    return tuple(field for field in page.fields if field.key not in settled)


def settled_of(application: Application) -> dict[str, dict[str, Any]]:
    """What is not asked (any more), by page and field.

    The registration settles the name of what applies for a filing, and of a kindergarten the registration
    itself; once a change is handed in, the offices that decide it are settled by its items. What another room
    of the platform holds is settled there.
    """
    institution = application.institution
    if application.procedure == CHANGE and application.case_id is not None:
        return {matters.CHOSEN.key: {"items": list(application.items)}}
    if application.is_after_filing:
        return {
            page: {key: str(one.value) for key, one in fields.items()}
            for page, fields in held_of(application).items()
        }
    if institution is None:
        return {}
    settled: dict[str, dict[str, Any]] = {"basics": {"name": institution.name}}
    if application.kind in REGISTERED_ALREADY:
        settled["provider"] = registered_with(institution)
    return settled


def held_of(application: Application) -> dict[str, dict[str, held.Held]]:
    """What another room holds of what an application after a filing would ask, by page and field.

    As of today while it may be changed, as of the year's last day in what a past year is reported; nothing
    once it is handed in, which keeps what was so then.
    """
    asked = matters.PAGES_OF.get(application.procedure, ())
    if application.institution is None or not application.is_editable or not asked:
        return {}
    kept: dict[str, held.Held] | None = vars(application).get("_held")
    if kept is None:
        kept = held.held_of(application.institution, _day_of(application))
        vars(application)["_held"] = kept
    found = {
        page.key: {field.key: kept[field.fact] for field in page.fields if field.fact in kept}
        for page in asked
    }
    return {page: fields for page, fields in found.items() if fields}


def _day_of(application: Application) -> date:
    today = clock.today()
    return min(today, date(application.year, 12, 31)) if application.year else today


def sources_of(application: Application) -> dict[str, str]:
    """From which register an application has what was not asked, by "page.field"."""
    if not application.is_editable:
        return dict(application.data.get(HELD) or {})
    return {
        f"{page}.{key}": one.source
        for page, fields in held_of(application).items()
        for key, one in fields.items()
    }


def settle(application: Application) -> None:
    """Keep with an application, as it is handed in, what others hold on that day, and from which register."""
    sources = sources_of(application)
    if sources or HELD in application.data:
        application.data = {**with_settled(application.data, application), HELD: sources}


def with_settled(whole: Mapping[str, Any], application: Application) -> Typed:
    """What was typed, and beside it what is settled without asking."""
    settled = settled_of(application)
    return {**whole, **{page: {**(whole.get(page) or {}), **said} for page, said in settled.items()}}


def registered_with(institution: Institution) -> dict[str, str]:
    """The registration as the application's page of the provider asks it."""
    return {
        "uscc": institution.uscc,
        "registrar": institution.registrar,
        "registered_on": str(institution.registered_on or ""),
    }


def typed_of(application: Application, form: Form) -> Typed:
    """What an application says by page and field: what was typed, and in a change, for whatever is not asked
    or was not touched, what is there. `form` is what it asks."""
    whole = application.typed
    if application.procedure != CHANGE:
        return with_settled(whole, application) if application.is_after_filing else whole
    said = dict(whole)
    for key, there in (application.data.get(BEFORE) or {}).items():
        page = form.page(key)
        asked = {field.key for field in page.fields} if page else set()
        if page and page.rows:
            asked.add("rows")
        said[key] = {**there, **{k: v for k, v in (whole.get(key) or {}).items() if k in asked}}
    return said


def case_facts(application: Application) -> dict[str, Any]:
    """What decides the route of the case, and what officers filter by."""
    typed = application.data.get("basics") or {}
    facts: dict[str, Any] = {
        "kind": application.kind,
        "nature": application.nature,
        "legal_form": application.legal_form,
        "division_code": application.division_code,
    }
    if application.is_after_filing and application.institution is not None:
        return facts | {
            "registrar": application.institution.registrar,
            "registered_items": matters.at_registrar(application.items),
        }
    return facts | {
        "serves_meals": typed.get("serves_meals") == "yes",
        "joint": (application.data.get(pages.PROVIDER.key) or {}).get("together") == "joint",
    }


# ---------------------------------------------------------------- what is there


def there_now(institution: Institution, earlier: Mapping[str, Any]) -> Typed:
    """What is known of an institution, in the shape of the application's pages; `earlier` is what its last
    application said, for what the institution itself does not keep."""
    basics = dict(earlier.get("basics") or {}) | {
        "name": institution.name,
        "business_scope": institution.business_scope,
        "care_types": list(institution.care_types),
        "street": institution.division_code if len(institution.division_code) > 6 else "",
        "address": institution.address,
        "longitude": _text(institution.longitude),
        "latitude": _text(institution.latitude),
        "contact_name": institution.representative,
        "public_phone": institution.phone,
        "opening_hours": institution.opening_hours,
        "fees": institution.fees,
        "intro": institution.intro,
    }
    others = {key: said for key, said in earlier.items() if key in ("provider", "staff")}
    premises = dict(earlier.get("premises") or {})
    room = getattr(institution, "premises", None)
    if room is not None:
        names = ("tenure", "lease_from", "lease_to", "building_area", "indoor_area", "outdoor_area", "floor")
        premises |= {name: _text(getattr(room, name)) for name in names}
    classes = _classes(institution, earlier)
    return {**others, "basics": basics, "premises": premises, "classes": classes}


def _classes(institution: Institution, earlier: Mapping[str, Any]) -> Typed:
    groups = list(institution.classes.open_now().order_by("pk"))
    said = dict(earlier.get("classes") or {})
    if not pages.has_rows(institution.kind):
        if groups:
            said |= {"children": _text(groups[0].places), "carers": _text(groups[0].carers)}
        return said
    rows = [row for row in said.get("rows") or [] if isinstance(row, Mapping)]
    areas = {row.get("name") or f"第{number}班": row for number, row in enumerate(rows, 1)}
    said["rows"] = [
        {
            "class_type": group.class_type,
            "name": group.name,
            "places": _text(group.places),
            "carers": _text(group.carers),
            "sleep_area": str(areas.get(group.name, {}).get("sleep_area") or ""),
            "activity_area": str(areas.get(group.name, {}).get("activity_area") or ""),
        }
        for group in groups
    ]
    return said


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


# ---------------------------------------------------------------- what changes


def changes(application: Application, form: Form) -> list[dict[str, str]]:
    """What a change makes of what was there, field by field, in words: page, field, label, before, after."""
    return [one for one in _asked(application, form) if one["before"] != one["after"]]


def before_in_words(application: Application, form: Form) -> dict[str, str]:
    """What was there of what a change asks, by "page.field"; the same in every round."""
    asked = _asked(application, form)
    return {f"{one['page']}.{one['field']}": one["before"] for one in asked if one["before"]}


def _asked(application: Application, form: Form) -> list[dict[str, str]]:
    if application.procedure != CHANGE:
        return []
    whole, said = application.data.get(BEFORE) or {}, typed_of(application, form)
    found = []
    for page in (one for one in form.pages if one.key in matters.CHANGEABLE):
        before, after = whole.get(page.key) or {}, said.get(page.key) or {}
        found += [
            _change(page.key, field.key, field.label,
                    in_words(field, before.get(field.key)), in_words(field, after.get(field.key)))
            for field in page.fields
            if field.key not in OF_THE_PERSON
        ]  # fmt: skip
        if page.rows:
            found += _changed_rows(page, before.get("rows") or [], after.get("rows") or [])
    return found


def _changed_rows(page: pages.Page, before: list[Any], after: list[Any]) -> list[dict[str, str]]:
    return [
        _change(
            page.key,
            f"row-{index}",
            f"第{index + 1}{page.a_row}",
            row_in_words(before[index], page) if index < len(before) else "",
            row_in_words(after[index], page) if index < len(after) else "",
        )
        for index in range(max(len(before), len(after)))
    ]


def _change(page: str, field: str, label: str, before: str, after: str) -> dict[str, str]:
    return {"page": page, "field": field, "label": label, "before": before, "after": after}


def unchanged(application: Application, form: Form) -> list[Problem]:
    """Items that were chosen and are as they were: nobody decides about nothing."""
    changed = {(one["page"], one["field"].partition("-")[0]) for one in changes(application, form)}
    found = []
    for item in (matters.BY_ITEM[key] for key in application.items if key in matters.BY_ITEM):
        fields = item.fields or ("row", *(field.key for field in form.fields(item.page)))
        if not changed.intersection((item.page, field) for field in fields):
            rows = form.rows(item.page)
            at = f"row-0-{rows[0].key}" if rows else next(field for field in fields if field != "row")
            fix = "请填写新的内容；没有变的，请在“选择变更事项”中取消。"
            found.append(Problem(f"“{item.label}”与现在的一样。", item.page, at, fix=fix))
    return found


# ---------------------------------------------------------------- in words


def in_words(field: pages.Field, typed: object) -> str:
    """What was typed into a field, as a person reads it."""
    words = dict(field.options)
    if isinstance(typed, list | tuple):
        return "、".join(str(words.get(str(v), v)) for v in typed)
    text = "" if typed is None else str(typed)
    if field.kind == "street":
        return place_name(text) if text else ""
    if field.kind == "promise":
        return "已承诺" if text else ""
    text = words.get(text, text)
    is_number = field.kind == "number" and rules.facts.number(text) is not None
    return f"{text}{field.unit}" if text and is_number else text


def row_in_words(row: Mapping[str, Any], page: pages.Page) -> str:
    """A class in one line: 托小班“小一班”，15个托位，3名保育人员; or an employer with its code."""
    if page.key == pages.PROVIDER.key:
        leads = "，牵头负责" if row.get("leads") == "yes" else ""
        return f"{row.get('name') or '—'}（{row.get('uscc') or '—'}）{leads}"
    kind = dict(ClassType.choices).get(str(row.get("class_type")), "未选班型")
    name = f"“{row.get('name')}”" if row.get("name") else ""
    parts = [f"{kind}{name}", f"{row.get('places') or '—'}个托位", f"{row.get('carers') or '—'}名保育人员"]
    for key, label in (("sleep_area", "睡眠区"), ("activity_area", "活动区")):
        if row.get(key):
            parts.append(f"{label}{row[key]}平方米")
    return "，".join(parts)
