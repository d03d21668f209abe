"""What an application says of its institution, by fact, beside what a registrar decides."""

from typing import Any

from tuoyu.institutions import facts, pages, queries, rules
from tuoyu.institutions.models import Application

# Columns that hold a text, empty rather than nothing.
TEXTS = ("address", "representative", "phone", "opening_hours", "fees", "intro", "premises.tenure")


def said_of(application: Application, read: rules.Facts | None = None) -> dict[str, Any]:
    """The value of every fact an application speaks of; `read` where it has been read already."""
    read = read or queries.facts_of(application)
    rows = [row for row in read.classes if row.places]
    floor = read.get("premises.floor")
    said = {
        field.fact: read.get(f"{page.key}.{field.key}")
        for page in (pages.BASICS, pages.PREMISES, pages.STAFF, *_beside(application.kind))
        for field in pages.fields_of(page, application.kind)
        if facts.is_key(field.fact) and field.fact not in (*facts.REGISTERED, "business_scope")
    }
    written = {key: said[key] or "" for key in TEXTS if key in said}
    return {
        **said,
        **written,
        "division_code": read.division_code,
        "care_types": list(read.get("basics.care_types") or ()),
        "premises.floor": int(floor) if floor is not None else None,
        "class_types": sorted({row.class_type for row in rows if row.class_type}),
        "places": sum(row.places or 0 for row in rows),
    }


def _beside(kind: str) -> list[pages.Page]:
    return [pages.BESIDES[kind]] if kind in pages.BESIDES else []


def classes_of(application: Application, read: rules.Facts | None = None) -> list[dict[str, Any]]:
    """The classes an application describes."""
    return [
        {
            "name": row.name or f"第{index + 1}班",
            "class_type": row.class_type or "mixed",
            "places": row.places,
            "carers": row.carers or 0,
            "room_area": row.area,
        }
        for index, row in enumerate((read or queries.facts_of(application)).classes)
        if row.places
    ]
