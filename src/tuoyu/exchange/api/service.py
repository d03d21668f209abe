"""Time that medical staff serve at nurseries: entered, confirmed, certified."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Path, Query, Router, Status
from pydantic import Field

from tuoyu.core import audit, paging, uploads
from tuoyu.core.access import actor_of
from tuoyu.core.permissions import can, get_visible
from tuoyu.exchange.api.doors import permitted
from tuoyu.exchange.api.operations import operation
from tuoyu.exchange.api.places import Done
from tuoyu.exchange.api.shapes import Asked, Day, Given, Id, PageOf, Told, shown_page
from tuoyu.workforce import actions, service
from tuoyu.workforce.actions.service import ServiceGiven
from tuoyu.workforce.models import Employment, ServicePeriod
from tuoyu.workforce.permissions import CONFIRM_SERVICE, ENTER_SERVICE, VIEW_SERVICE
from tuoyu.workforce.vocabulary import Profession, ServiceState

router = Router(tags=["service"])

PK = Annotated[Id, Path()]


class ServiceAsked(Asked):
    """How the periods are narrowed."""

    state: ServiceState | Literal[""] = ""
    institution_id: Id | None = None


class ServiceTold(Told):
    """A period that somebody of a hospital served at a nursery."""

    id: int
    employment_id: int
    institution_id: int
    institution: str
    name: str
    profession: str
    home_unit: str
    first_day: date
    last_day: date
    hours: Decimal
    state: str
    reason: str
    certificate_id: int | None
    certificate_number: str


class ServiceStated(Given):
    """A period of service; `last_day` is a day of service."""

    employment_id: Id
    profession: Profession
    home_unit: Annotated[str, Field(max_length=120)]
    first_day: Day
    last_day: Day
    hours: Annotated[Decimal, Field(ge=0, le=99999, max_digits=6, decimal_places=1)]


class Made(Told):
    """What was made."""

    id: int


class DecisionGiven(Given):
    """Whether the time was served; why not, where it was not."""

    confirmed: bool
    reason: Annotated[str, Field(max_length=200)] = ""


class CertificateMade(Told):
    """A certificate of hours, and where anyone may verify it."""

    id: int
    number: str
    code: str


@operation(router, "GET", "/service-periods", door=permitted(VIEW_SERVICE), ok=PageOf[ServiceTold])
def service_periods(request: HttpRequest, asked: Annotated[ServiceAsked, Query()]) -> Any:
    """The service at institutions one may see, the latest first."""
    rows = service.periods(actor_of(request), state=asked.state)
    if asked.institution_id:
        rows = rows.filter(employment__institution=asked.institution_id)
    return shown_page(paging.page(rows, asked.page, asked.size), service.shown)


def _employment(request: HttpRequest, pk: int) -> Employment:
    found = Employment.objects.select_related("institution", "person").filter(pk=pk).first()
    if found is None or not can(actor_of(request), VIEW_SERVICE, found.institution):
        raise Http404
    return found


@operation(router, "POST", "/service-periods", door=permitted(ENTER_SERVICE), ok={201: Made})
def enter_service(request: HttpRequest, given: ServiceStated) -> Any:
    """Enter a period that somebody served at one's institution."""
    found = _employment(request, given.employment_id)
    stated = ServiceGiven(
        given.profession.value, given.home_unit, given.first_day, given.last_day, given.hours
    )
    made = actions.enter_service(by=actor_of(request), employment=found, given=stated)
    return Status(201, {"id": made.pk})


@operation(router, "POST", "/service-periods/{pk}/decision", door=permitted(CONFIRM_SERVICE), ok=Done)
def decide_service(request: HttpRequest, pk: PK, given: DecisionGiven) -> Any:
    """Confirm a period, or say why not."""
    actor = actor_of(request)
    rows = ServicePeriod.objects.select_related("employment__institution")
    found = get_visible(actor, CONFIRM_SERVICE, rows, pk=pk)
    actions.decide_service(by=actor, period=found, confirmed=given.confirmed, reason=given.reason)
    return {"done": True}


@operation(
    router,
    "POST",
    "/employments/{pk}/service-certificate",
    door=permitted(ENTER_SERVICE),
    ok={201: CertificateMade},
)
def certify_service(request: HttpRequest, pk: PK) -> Any:
    """Have the certificate of somebody's confirmed hours issued."""
    made = actions.certify_service(by=actor_of(request), employment=_employment(request, pk))
    return Status(201, {"id": made.pk, "number": made.number, "code": made.code})


@operation(
    router,
    "GET",
    "/service-certificates/{pk}/file",
    door=permitted(VIEW_SERVICE),
    ok={200: None},
    refuses=(503,),
    openapi_extra={"responses": {200: {"description": "OK", "content": {"application/pdf": {}}}}},
)
def service_certificate(request: HttpRequest, pk: PK) -> HttpResponseBase:
    """The PDF of a certificate; that it was read is written down."""
    actor = actor_of(request)
    found = service.certificates(actor).filter(pk=pk).first()
    if found is None or found.file is None:
        raise Http404
    audit.read(actor, found, ["name"], topic=f"institution:{found.institution_id}")
    return uploads.stream(found.file, inline=True)
