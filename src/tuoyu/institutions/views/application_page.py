"""What one page of an application shows: what is asked, what is known, what is wrong, where one stands."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from tuoyu.core import access, identifiers
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import visible_to
from tuoyu.core.prepared import Blank, Prepared
from tuoyu.core.problems import Problem
from tuoyu.institutions import asking, facts, matters, pages, policy, queries, standing, stated
from tuoyu.institutions.actions.filing_alone import CERTIFICATE
from tuoyu.institutions.models import Application
from tuoyu.institutions.permissions import VIEW_APPLICATION
from tuoyu.institutions.vocabulary import (
    REGISTERED_ALREADY,
    Kind,
)
from tuoyu.jurisdictions import queries as jurisdictions
from tuoyu.jurisdictions.names import department_name

MOST_OPENED = 40


def application_of(actor: Actor, pk: int) -> Application:
    """The application an address names; 404 where the actor may not see it."""
    found = _seen_by(replace(actor, label="", address="")).first(pk=pk)
    if found is None:
        raise Http404
    return found


@lru_cache(maxsize=500)
def _seen_by(actor: Actor) -> Prepared[Application]:
    """Written once for all who see the same: each save of each page begins with it."""
    rows = Application.objects.select_related("case__pack", "institution", "owner")
    named = rows.defer("case__pack__content").filter(pk=Blank("pk"))
    return Prepared(visible_to(actor, VIEW_APPLICATION, named))


def page_context(request: HttpRequest, found: Application, key: str, *, window: str = "") -> dict[str, Any]:
    """What one page of an application shows: what is asked, what is known instead, and what is wrong."""
    reading = queries.reading_of(found)
    page = reading.form.page(key) or pages.REVIEW
    data = stated.typed_of(found, reading.form).get(key) or {}
    strict = request.GET.get("problems") == "1" or found.state == Application.State.MENDING
    remarks = remarks_of(found, key)
    fields, shown, opened = _asked(request, found, reading, page, remarks)
    return {
        "application": found,
        "window": window or secrets.token_hex(8),
        "page": page,
        "fields": fields,
        "shown": shown,
        "opened": opened,
        **known_before(request, found),
        "data": data,
        "errors": _errors(reading, key, data, strict),
        "remarks": remarks,
        "rows": _shown_rows(data, page) if page.rows else None,
        "notes": policy.notes_of(page, reading.book),
        "capacity": reading.capacity,
        "streets": _streets(found),
        "identity": identifiers.mask_id(found.identity) if found.identity else "",
        "slots": [slot for slot in reading.slots if slot.key not in shown],
        "licence": _licence(found),
        "slot_fields": pages.SLOT_FIELDS,
        "needed": {s.key: is_needed(s, reading) for s in reading.slots},
        "files": queries.files_of(found) if key == pages.PAPERS.key else {},
        "promises": _promises(found) if key == pages.COMMITMENT.key else (),
        "steps": steps_of(found, reading, key),
        "is_first": key == reading.form.pages[0].key,
        # What is chosen here decides what is asked next.
        "is_last": key == reading.form.pages[-1].key and key != matters.CHOSEN.key,
        "previous": _previous(reading, key),
        "problems": [],
        "upload_limit": _upload_limit(),
    }


def _asked(
    request: HttpRequest,
    found: Application,
    reading: queries.Reading,
    page: pages.Page,
    remarks: Mapping[str, Any],
) -> tuple[list[pages.Field], dict[str, asking.Shown], list[str]]:
    """The fields of a page that are asked, those shown instead, and those somebody opened to change them.

    What a rule or a department objects to is open as well. What is rendered is compared with what is known.
    """
    if found.is_after_filing:
        # Only what somebody chose to change is asked, or what nobody has said yet.
        fields = list(stated.asked_on(found, page))
        _note_after_filing(found, page, fields)
        heads = access.actor_of(request).seats_as(Role.NURSERY_HEAD)
        is_head = any(seat.institution_id == found.institution_id for seat in heads)
        return fields, asking.held_on(found, page, is_head=is_head), []
    known = asking.of(found, reading)
    asked = {field.key: (field.fact, field.label) for field in stated.asked_on(found, page)}
    if page.rows:
        asked["rows"] = (
            (facts.CLASSES, "班级") if page.key == pages.CLASSES.key else (facts.PARTNERS, "举办单位")
        )
    if page.key == pages.PAPERS.key:
        asked = {slot.key: (f"paper.{slot.key}", slot.label) for slot in reading.slots}
    wanted = [*request.GET.getlist("change"), *request.POST.getlist("opened")]
    chosen = [key for key in wanted if key in asked][:MOST_OPENED]
    wrong = {problem.field for problem in reading.on_page(page.key) if problem.severity == "block"}
    opened = {*chosen, *_parts_of(asked, {*remarks, *wrong})}
    shown = {
        key: one
        for key, (fact, label) in asked.items()
        if fact and (one := known.shown(key, fact, label, opened))
    }
    rendered = {key: fact for key, (fact, _) in asked.items() if fact and key not in shown}
    new = {fact for key, (fact, _) in asked.items() if key in opened} | (set(known.known) - set(known.same))
    asking.note(
        f"{'只办备案' if found.files_alone else '办托一件事'}：{page.label}", rendered, known.known, new
    )
    return [field for field in stated.asked_on(found, page) if field.key not in shown], shown, chosen


def _note_after_filing(found: Application, page: pages.Page, fields: Iterable[pages.Field]) -> None:
    """Count what is asked after a filing although it is known and nobody chose to change it."""
    rendered = {field.key: field.fact for field in fields if field.fact}
    if page.rows:
        rendered["rows"] = facts.CLASSES
    if rendered and found.institution is not None:
        chosen = [matters.BY_ITEM[key] for key in found.items if key in matters.BY_ITEM]
        new = matters.facts_of(chosen, found.kind)
        new |= {facts.CLASSES} if any(item.page == pages.CLASSES.key for item in chosen) else set()
        asking.note(f"备案之后：{page.label}", rendered, asking.known_of(found.institution), new)


def _parts_of(asked: Mapping[str, Any], fields: set[str]) -> set[str]:
    """What is asked as a whole (the rows of classes, a paper with its details) where a part is meant."""
    rows = {"rows"} if any(field.startswith("row-") for field in fields) else set()
    whole = {key for key in asked if any(f == key or f.startswith(f"{key}_") for f in fields)}
    return rows | whole


def known_before(request: HttpRequest, found: Application) -> dict[str, Any]:
    """What is known of an institution that is registered already, and what became of earlier applications."""
    if found.institution is None:
        return {"known": [], "history": []}
    actor = access.actor_of(request)
    return {
        "known": standing.known(found.institution, whole=found.is_after_filing),
        "history": standing.history(found.institution, without=found.pk, actor=actor)
        if found.files_alone
        else [],
    }


def _licence(found: Application) -> dict[str, Any]:
    """What the licence of a registered institution says, as its registrar supplied it; not typed again."""
    row = found.institution
    if row is None or (found.kind in REGISTERED_ALREADY and not found.files_alone):
        return {}
    said = [row.registration_number, f"{row.registered_on:%Y-%m-%d}" if row.registered_on else ""]
    return {
        "key": CERTIFICATE,
        "words": "，".join(one for one in (standing.registrar_name(row), *said) if one),
        "proves": queries.proves_itself(found),
    }


def _upload_limit() -> int:
    from django.conf import settings

    return int(settings.UPLOAD_LIMIT) // (1024 * 1024)


def _errors(
    reading: queries.Reading, page: str, data: Mapping[str, Any], strict: bool
) -> dict[str, list[Problem]]:
    """Problems by field. What is merely not yet filled in is not shouted about, unless asked."""
    found: dict[str, list[Problem]] = {}
    for problem in reading.on_page(page):
        if (
            strict
            or not problem.message.startswith(("还没有", "还差", "租赁场地还没有", "第"))
            or _given(problem, data)
        ):
            found.setdefault(problem.field, []).append(problem)
    return found


def _given(problem: Problem, data: Mapping[str, Any]) -> bool:
    if problem.field.startswith("row-"):
        _, number, field = problem.field.split("-", 2)
        rows = data.get("rows") or []
        return int(number) < len(rows) and bool(rows[int(number)].get(field))
    return bool(data.get(problem.field))


def is_needed(slot: pages.Slot, reading: queries.Reading) -> bool | None:
    """Whether a paper is needed; None while that cannot be said."""
    from tuoyu.institutions.rules.checks import needed

    return needed(slot, reading.facts)


def _shown_rows(data: Mapping[str, Any], page: pages.Page) -> list[dict[str, str]]:
    return list(data.get("rows") or []) or [dict.fromkeys((f.key for f in page.rows), "")]


def _streets(found: Application) -> list[tuple[str, str]]:
    return [
        (p.code, p.name) for p in jurisdictions.children_of(found.division_code[:6]) if p.level == "street"
    ]


def _promises(found: Application) -> tuple[str, ...]:
    keys = ("commitment.family_point", "commitment") if found.kind == Kind.FAMILY_POINT else ("commitment",)
    return policy.wording_at(queries.place_of(found), *keys)


def _previous(reading: queries.Reading, key: str) -> str:
    keys = [p.key for p in reading.form.pages]
    return keys[keys.index(key) - 1] if keys.index(key) else ""


def steps_of(found: Application, reading: queries.Reading, current: str) -> list[dict[str, Any]]:
    """The pages at the side, each with where it stands."""
    blocking: dict[str, int] = {}
    for problem in reading.blocking:
        blocking[problem.page] = blocking.get(problem.page, 0) + 1
    files = sum(paper.files for paper in reading.facts.papers.values())
    items: list[dict[str, Any]] = []
    whole = found.typed
    for page in reading.form.pages:
        visited = _visited(whole.get(page.key) or {}) or (page.key == pages.PAPERS.key and files > 0)
        left = blocking.get(page.key, 0)
        state = "current" if page.key == current else "done" if not left else "problem" if visited else "todo"
        items.append(
            {
                "label": page.label,
                "href": reverse("institutions:page", args=[found.pk, page.key])
                if found.is_editable
                else None,
                "state": state,
                "note": f"还差{left}项" if left and visited else "",
            }
        )
    review = "current" if current == pages.REVIEW.key else "todo"
    items.append({"label": pages.REVIEW.label, "href": reverse("institutions:review", args=[found.pk]),
                  "state": review, "note": "" if review == "current" else "最后一步"})  # fmt: skip
    return items


def _visited(data: Mapping[str, Any]) -> bool:
    return any(value for key, value in data.items() if key not in ("street", "name"))


def remarks_of(found: Application, page: str = "") -> dict[str, list[dict[str, Any]]]:
    """What departments said in the round that came back, by field (or "page.field" for all pages)."""
    if found.state != Application.State.MENDING or found.case is None:
        return {}
    rows = found.case.remarks.filter(round=found.case.round).select_related("step")
    said: dict[str, list[dict[str, Any]]] = {}
    for row in rows.filter(page=page) if page else rows:
        remark = {
            "text": row.text,
            "source": row.source,
            "department": department_name(row.step.department, row.step.division_code),
            "page": row.page,
            "field": row.field,
        }
        said.setdefault(row.field if page else f"{row.page}.{row.field}", []).append(remark)
    return said
