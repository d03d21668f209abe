"""Institutions as offices and nurseries see them: lists, those not yet filed, one record."""

from collections.abc import Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as DatabaseCase
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from tuoyu.accounts.models import Membership
from tuoyu.core import clock
from tuoyu.core.actor import Actor, Role
from tuoyu.core.nested import nested
from tuoyu.core.permissions import holds, visible_to
from tuoyu.institutions import (
    counts,
    parts,
    provision,
    situation,
    stories,
    yearly,
)
from tuoyu.institutions.models import (
    Application,
    Certificate,
    ClassGroup,
    Institution,
    Paper,
    Publication,
    Suspension,
    YearlyResult,
)
from tuoyu.institutions.permissions import (
    CALL_OFF_SUSPENSION,
    READ_PAPER,
    VIEW_COUNTS,
    VIEW_INSTITUTION,
    VIEW_UNFILED,
)
from tuoyu.institutions.queries.directory import LIST_FIELDS, Narrowed, matching, narrow
from tuoyu.institutions.vocabulary import (
    Filing,
    Registration,
)


def division_of(institution_id: int) -> str:
    """The division an institution lies in; empty where there is no such institution."""
    rows = Institution.objects.filter(pk=institution_id)
    return rows.values_list("division_code", flat=True).first() or ""


def institutions(actor: Actor, narrowed: Narrowed) -> QuerySet[Institution, Any]:
    """The institutions `actor` may see in the console, as rows of values."""
    seen = visible_to(actor, VIEW_INSTITUTION, Institution.objects.all())
    rows = matching(yearly.only_overdue(seen) if narrowed.overdue else seen, narrowed)
    found: QuerySet[Institution, Any] = rows.values(
        *LIST_FIELDS, "registration", "registered_on", "registrar", "receipt_issued_on"
    )
    return found


def unfiled(actor: Actor, narrowed: Narrowed) -> QuerySet[Institution, Any]:
    """Registered but not filed: the ones longest registered first."""
    rows = visible_to(actor, VIEW_UNFILED, Institution.objects.all()).filter(
        registration=Registration.REGISTERED, filing=Filing.NONE
    )
    rows = narrow(rows, narrowed).order_by("registered_on", "pk")
    return rows.values(
        "id",
        "name",
        "kind",
        "division_code",
        "address",
        "uscc",
        "registrar",
        "registration_number",
        "registered_on",
        "representative",
        "source_system",
        case_number=_last_case("case__number"),
        case_state=_last_case("case__state"),
        has_head=Exists(
            Membership.objects.filter(
                role=Role.NURSERY_HEAD,
                institution_id=OuterRef("pk"),
                valid__contains=clock.today(),
                user__is_active=True,
            )
        ),
    )


def _last_case(column: str) -> Subquery:
    """A column of the newest application that was handed in for an institution."""
    return Subquery(_handed_in(OuterRef("pk")).values(column)[:1])


def _handed_in(institution: Any) -> QuerySet[Application]:
    """What was handed in for an institution, the newest first; a draft is nobody else's business."""
    return Application.objects.filter(institution=institution, case__isnull=False).order_by("-pk")


def record(actor: Actor, pk: int) -> Any:
    """One institution as the console shows it, with everything related, in one query."""
    rows = visible_to(actor, VIEW_INSTITUTION, Institution.objects.filter(pk=pk))
    found = (
        rows.annotate(
            class_rows=_rows(
                "institution", ClassGroup.objects.open_now().order_by("pk"), "id", "name", "class_type",
                "places", "carers", enrolled=counts.last("enrolled"), counted_on=counts.last("day"),
            ),
            sees_counts=holds(actor, VIEW_COUNTS),
            may_call_off=holds(actor, CALL_OFF_SUSPENSION),
            event_rows=nested(stories.events_of(pk).order_by("-pk"), *stories.COLUMNS),
            **parts.counted(actor, pk),
            **situation.columns(),
            publication_rows=_rows(
                "institution", Publication.objects.all(), "kind", "reasons", "clause", "published_on",
                "department", "division_code",
            ),
            certificate_rows=_rows(
                "institution",
                Certificate.objects.filter(kind__in=Certificate.OF_THE_FILING).order_by("pk"),
                "id", "number", "kind", "code", "issued_on", "issuer", "cancelled_on", "cancelled_reason",
                replaced_by=F("replaced_by__number"),
            ),
            paper_rows=_rows(
                "application__institution",
                Paper.objects.filter(
                    removed_at=None,
                    application=Subquery(_handed_in(OuterRef("application__institution")).values("pk")[:1]),
                ),
                "id", "slot", "title", "issuer", "number", "issued_on", "expires_on",
                readable=holds(actor, READ_PAPER),
            ),
            yearly_rows=_rows(
                "institution", YearlyResult.objects.order_by("-year", "-pk"), "name", "year", "result",
                "reasons", "decided_on", "clause",
            ),
            suspension_rows=_rows(
                "institution", Suspension.objects.order_by("-pk"), "reason", "resumed_on", "children",
                "children_to", "id", "called_off_on", "called_off_reason", first=F("days__startswith"),
                until=F("days__endswith"),
            ),
            case_rows=_rows(
                "institution", Application.objects.exclude(case=None), number=F("case__number"),
                name=F("case__procedure_name"), state=F("case__state"), opened_at=F("case__opened_at"),
            ),
            opened_places=provision.opened_today(),
            operation=F("employer_site__operation"),
            operator=F("employer_site__operator"),
            partner_rows=provision.partner_rows(public=False),
            pairing_rows=provision.pairing_rows(shown=Filing.values),
        )
        .values()
        .first()
    )  # fmt: skip
    if found is not None and not found["sees_counts"]:
        for group in found["class_rows"]:
            group |= {"enrolled": None, "counted_on": None}
    if found is not None:
        found["event_rows"] = stories.revived(found["event_rows"])
    return found


def institution_of(row: Mapping[str, Any]) -> Institution:
    """The institution of such a row; for reading, not for saving."""
    return Institution(**{field.attname: row[field.attname] for field in Institution._meta.concrete_fields})


def _rows(
    to: str, rows: QuerySet[Any], *names_: str, **renamed: F | Subquery | DatabaseCase
) -> ArraySubquery:
    fields = {name: F(name) for name in names_} | renamed
    return ArraySubquery(rows.filter(**{to: OuterRef("pk")}).values(row=JSONObject(**fields)))
