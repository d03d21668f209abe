"""Institutions as offices and nurseries see them: the list, those not yet filed, one record."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tuoyu.core import access, clock, paging, uploads
from tuoyu.core.actor import Actor, Role
from tuoyu.core.permissions import can, visible_to
from tuoyu.institutions import (
    counts,
    documents,
    facts,
    life,
    parts,
    policy,
    provenance,
    provision,
    queries,
    standing,
    stories,
    yearly,
)
from tuoyu.institutions.models import Certificate, Institution, Publication, YearlyResult
from tuoyu.institutions.permissions import REMIND, VIEW_INSTITUTION, VIEW_UNFILED
from tuoyu.institutions.situation import Situation
from tuoyu.institutions.vocabulary import (
    CANCELLATION,
    FILED,
    MAY_FILE,
    CareType,
    ClassType,
    Filing,
    Kind,
    LegalForm,
    Nature,
    Registration,
)
from tuoyu.jurisdictions.names import department_name, place_name

FILING_TONES = {
    Filing.NONE: ("alert-triangle", "amber"),
    Filing.RECEIPT_ISSUED: ("circle-check", "todo"),
    Filing.NORMAL: ("circle-check", "green"),
    Filing.RECTIFICATION: ("alert-triangle", "amber"),
    Filing.PUBLISHED_NONCONFORMING: ("alert-circle", "red"),
    Filing.CANCELLED: ("x", "grey"),
}


@require_GET
@access.permitted(VIEW_INSTITUTION)
def institutions(request: HttpRequest) -> HttpResponse:
    """Institutions of one's places (or one's own)."""
    narrowed = queries.Narrowed.from_query(request.GET)
    page = paging.page_of(queries.institutions(access.actor_of(request), narrowed), request)
    dues = yearly.dues_of(page.rows)
    for row in page.rows:
        row |= in_words(row) | {"dues": dues.get(row["id"], [])}
    context = {"page": page, "narrowed": narrowed, "filings": Filing.choices, "kinds": Kind.choices}
    return render(request, "institutions/list.html", context)


@require_GET
@access.permitted(VIEW_UNFILED)
def unfiled(request: HttpRequest) -> HttpResponse:
    """Registered but not filed, the longest waiting first."""
    narrowed = queries.Narrowed.from_query(request.GET)
    actor = access.actor_of(request)
    page = paging.page_of(queries.unfiled(actor, narrowed), request)
    reminded = standing.reminded_on(row["id"] for row in page.rows)
    for row in page.rows:
        row["reminded_on"] = reminded.get(row["id"])
        row["may_be_reminded"] = (
            row["has_head"]
            and row["case_state"] not in ("open", "returned")
            and row["reminded_on"] != clock.today()
        )
        row["place"] = place_name(row["division_code"])
        row["registrar_name"] = department_name(row["registrar"], row["division_code"])
    context = {"page": page, "narrowed": narrowed, "may_remind": can(actor, REMIND)}
    return render(request, "institutions/unfiled.html", context)


@require_GET
@access.permitted(VIEW_INSTITUTION)
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One institution with everything the office holds about it."""
    actor = access.actor_of(request)
    row = queries.record(actor, pk)
    if row is None:
        raise Http404
    row["may_file"] = (
        row["registration"] == Registration.REGISTERED
        and row["filing"] in MAY_FILE
        and any(seat.institution_id == pk for seat in actor.seats_as(Role.NURSERY_HEAD))
        and not any(case["state"] in ("open", "returned") for case in row["case_rows"])
    )
    row["case_number"] = row["case_rows"][0]["number"] if len(row["case_rows"]) == 1 else ""
    row |= in_words(row)
    row["registrar_name"] = (
        department_name(row["registrar"], row["division_code"]) if row["registrar"] else ""
    )
    for publication in row["publication_rows"]:
        publication["label"] = Publication.Kind(publication["kind"]).label
        publication["office"] = department_name(publication["department"], publication["division_code"])
    for certificate in row["certificate_rows"]:
        certificate["label"] = Certificate.Kind(certificate["kind"]).label
    for group in row["class_rows"]:
        group["label"] = ClassType(group["class_type"]).label
    row["enrolled"] = counts.enrolled_of(row["class_rows"])
    row |= behind(actor, row)
    for pause in row["suspension_rows"]:
        pause |= life.days_of(pause["first"], pause["until"])
        pause["lasts"] = pause["lasts"] and not pause["called_off_on"]
        pause["may_be_called_off"] = (
            row["may_call_off"] and pause["first"] > clock.today() and not pause["called_off_on"]
        )
    for result in row["yearly_rows"]:
        result["result_label"] = YearlyResult.Result(result["result"]).label
    slots = {
        slot.key: slot.label
        for procedure in ("", CANCELLATION)
        for slot in policy.slots_at(row["division_code"], row["kind"], procedure=procedure)
    }
    for paper in row["paper_rows"]:
        paper["label"] = slots.get(paper["slot"], paper["title"])
    institution, now = queries.institution_of(row), Situation.of(row)
    context = {
        "row": row,
        "dues": yearly.dues_of_one(institution, now),
        "story": stories.in_words(row["event_rows"]),
        "known": dict.fromkeys(facts.COLUMNS) | provenance.known_on(row),
        "tabs": parts.tabs_of(row),
        "matters": _matters(actor, institution, now),
    }
    return render(request, "institutions/record.html", context)


def behind(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    """What the place's document says of kindergartens and employers, and what the actor may do about it."""
    place, kind = row["division_code"], row["kind"]
    head = any(seat.institution_id == row["id"] for seat in actor.seats_as(Role.NURSERY_HEAD))
    kindergarten = kind == Kind.KINDERGARTEN_CLASS
    rule = provision.supervision(place) if kindergarten else None
    names = [department_name(str(one), place) for one in rule.value] if rule else []
    pairing = provision.pairing_rule(place) if kind in provision.PAIRED or row["pairing_rows"] else None
    return {
        "supervision": rule,
        "supervised_by": "、".join(names),
        "pairing_name": pairing.value if pairing else "结对",
        "may_pair": head and pairing is not None and row["filing"] in FILED,
        "may_open": head and kind == Kind.EMPLOYER and provision.audience(place) is not None,
    }


def _matters(actor: Actor, institution: Institution, now: Situation) -> list[life.Matter]:
    """What the head of an institution can do for it now."""
    heads = any(seat.institution_id == institution.pk for seat in actor.seats_as(Role.NURSERY_HEAD))
    if not heads or institution.filing == Filing.NONE:
        return []
    every = life.matters_of(institution, actor.user_id or 0, now=now)
    return [one for one in every if not one.obstacles]


def in_words(row: dict[str, Any]) -> dict[str, Any]:
    """The codes of a row as a person reads them."""
    icon, tone = FILING_TONES[Filing(row["filing"])]
    said = {
        "place": place_name(row["division_code"]),
        "kind_label": str(Kind(row["kind"]).label),
        "nature_label": str(Nature(row["nature"]).label),
        "care_labels": [str(CareType(c).label) for c in row["care_types"] if c in CareType.values],
        "class_labels": [str(ClassType(c).label) for c in row["class_types"] if c in ClassType.values],
        "filing_label": str(Filing(row["filing"]).label),
        "filing_icon": icon,
        "filing_tone": tone,
    }
    if "legal_form" in row:
        said["legal_label"] = str(LegalForm(row["legal_form"]).label)
    if "registration" in row:
        said["registration_label"] = str(Registration(row["registration"]).label)
    return said


@require_GET
@access.permitted(VIEW_INSTITUTION)
def certificate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF of a receipt or notice, for the office and the institution's own people."""
    own = visible_to(access.actor_of(request), VIEW_INSTITUTION, Institution.objects.all())
    rows = Certificate.objects.filter(kind__in=Certificate.OF_THE_FILING).select_related("file")
    found = rows.filter(pk=pk, institution__in=own).first()
    if found is None or found.file is None:
        raise Http404
    return uploads.stream(found.file, inline=True)


@require_GET
@access.public("anyone who holds a printed paper may ask whether it is genuine")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a receipt or notice with this code is genuine, and whether it is still good."""
    found = Certificate.objects.select_related("institution", "replaced_by").filter(code=code.lower()).first()
    context: dict[str, Any] = {"certificate": found, "code": code[:32]}
    if found is not None:
        context |= {
            "said": documents.said_by(found),
            "changed": documents.changed_since(found),
            "shown": found.institution.is_shown,
            "filing_label": found.institution.get_filing_display(),
        }
    return render(request, "institutions/verify.html", context, status=200 if found else 404)
