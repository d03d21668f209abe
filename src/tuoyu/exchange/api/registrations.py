"""What a registrar's own system reports: the same action and the same case as in the inbox."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Router, Status
from pydantic import Field, StringConstraints

from tuoyu.core.access import actor_of
from tuoyu.core.actor import Actor, Role
from tuoyu.exchange import actions
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.shapes import Code, Day, Given, Told
from tuoyu.institutions.actions import Registered
from tuoyu.institutions.models import Institution
from tuoyu.institutions.permissions import REPORT_REGISTRATION
from tuoyu.institutions.vocabulary import Kind, LegalForm, Nature

router = Router(tags=["registrations"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class RegistrationGiven(Given):
    """A registration that a registrar decided. `source_system` and `source_id` name it for good: told
    twice, it is one record."""

    source_system: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    source_id: Key
    name: Name
    uscc: Annotated[str, Field(min_length=1, max_length=40)]
    registration_number: Annotated[str, Field(min_length=1, max_length=40)]
    registered_on: Day
    division_code: Code
    case_number: Annotated[str, Field(max_length=40)] = ""
    kind: Kind = Kind.INSTITUTION
    nature: Nature
    legal_form: LegalForm
    address: Annotated[str, Field(max_length=200)] = ""
    representative: Annotated[str, Field(max_length=60)] = ""
    business_scope: Annotated[str, Field(max_length=2000)] = ""


class Registration(Told):
    """The registration as it is kept, and the case it decided, where there was one."""

    institution_id: int
    source_system: str
    source_id: str
    name: str
    uscc: str
    registration_number: str
    registered_on: date
    registrar: str
    division_code: str
    case_number: str | None
    filing: str


@operation(
    router,
    "POST",
    "/registrations",
    door=permitted(REPORT_REGISTRATION),
    ok={200: Registration, 201: Registration},
)
def report(request: HttpRequest, given: RegistrationGiven) -> Any:
    """Report a registration decided outside: 201 when it is new, 200 when it was told before.

    With a case waiting for this registrar it decides that case's registration step, as the inbox would;
    409 with the clause while something that must come before (Nanjing's consent) is missing, and 409 with
    what differs when the same id was told with other content.
    """
    told = Registered(**{**given.model_dump(), "kind": given.kind.value})
    institution, new = actions.report_registration(by=actor_of(request), told=told)
    return Status(201 if new else 200, _told(institution))


@operation(
    router,
    "GET",
    "/registrations/{source_system}/{source_id}",
    door=permitted(REPORT_REGISTRATION),
    ok=Registration,
)
def registration(
    request: HttpRequest,
    source_system: Annotated[str, Path(max_length=40)],
    source_id: Annotated[str, Path(max_length=80)],
) -> Any:
    """A registration this registrar reported, and how far its filing has come."""
    rows = Institution.objects.filter(source_system=source_system, source_id=source_id)
    found = rows.exclude(source_id="").first()
    if found is None or not _is_its(actor_of(request), found):
        raise Http404
    return _told(found)


def _is_its(actor: Actor, found: Institution) -> bool:
    return any(
        seat.department == found.registrar and seat.covers_place(found.division_code)
        for seat in actor.seats_as(Role.REGISTRAR_SYSTEM)
    )


def _told(found: Institution) -> dict[str, Any]:
    names = [name for name in Registration.model_fields if hasattr(found, name)]
    numbers = found.applications.values_list("case__number", flat=True).order_by("pk")
    return {
        **{name: getattr(found, name) for name in names},
        "institution_id": found.pk,
        "case_number": numbers.first(),
    }
