"""Who stands behind a place, read: employers, what they open to others, paired kindergartens."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as CaseWhen
from django.db.models import CharField, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, JSONObject, Least

from tuoyu.core import clock
from tuoyu.institutions.models import Institution, OpenedPlaces, Pairing, Partner
from tuoyu.institutions.models.provision import SOLE_TRADER
from tuoyu.institutions.rules import RuleLike
from tuoyu.institutions.vocabulary import Kind
from tuoyu.jurisdictions import queries as jurisdictions

# What may be paired: kindergartens with classes, and institutions of their own.
PAIRED = (Kind.KINDERGARTEN_CLASS, Kind.INSTITUTION)
AUDIENCE = "employer.opens_to"
PAIRING = "kindergarten_class.pairing"
SUPERVISED = "kindergarten_class.supervised_by"


# ---------------------------------------------------------------- what the place's document says


def audience(place: str) -> RuleLike | None:
    """To whom employers at a place may open places, as its document says; None where it says nothing."""
    return jurisdictions.book(place).find(AUDIENCE)


def pairing_rule(place: str) -> RuleLike | None:
    """What the document of a place says about pairing kindergartens; None where it says nothing."""
    return jurisdictions.book(place).find(PAIRING)


def supervision(place: str) -> RuleLike | None:
    """Who supervises kindergartens' classes at a place, where its document says it."""
    return jurisdictions.book(place).find(SUPERVISED)


# ---------------------------------------------------------------- opened places


def opened_on(institution_id: int, day: date) -> int:
    """How many places an institution opens to others on a day."""
    rows = OpenedPlaces.objects.filter(institution=institution_id, valid__contains=day)
    return rows.values_list("places", flat=True).first() or 0


def openings(institution_id: int) -> list[dict[str, Any]]:
    """Every number stated, the latest first, with the first and the last day of each."""
    rows = OpenedPlaces.objects.filter(institution=institution_id).order_by("-valid")
    return [
        {"places": row.places, "from": row.valid.lower, "until": row.valid.upper, "by": row.stated_label}
        for row in rows
    ]


def opened_today() -> Any:
    """The same as a column: today's number, never more than the places there are."""
    today = OpenedPlaces.objects.filter(institution=OuterRef("pk"), valid__contains=clock.today())
    whole = IntegerField()
    stated = Coalesce(Subquery(today.values("places")[:1]), Value(0), output_field=whole)
    return Least(stated, F("places"), output_field=whole)


def only_opened(rows: QuerySet[Institution]) -> QuerySet[Institution]:
    """Those that have places open to others today."""
    return rows.filter(
        places__gt=0,
        pk__in=OpenedPlaces.objects.filter(valid__contains=clock.today(), places__gt=0).values("institution"),
    )


# ---------------------------------------------------------------- employers and pairings, as columns


def partner_rows(*, public: bool) -> ArraySubquery:
    """The employers behind an institution; to the public only those that are organisations."""
    rows = Partner.objects.filter(institution=OuterRef("pk"))
    if public:
        rows = rows.exclude(uscc__startswith=SOLE_TRADER)
    fields = {"name": F("name"), "leads": F("leads")} | ({} if public else {"uscc": F("uscc")})
    return ArraySubquery(rows.order_by("-leads", "pk").values(row=JSONObject(**fields)))


def pairing_rows(*, shown: Iterable[str]) -> ArraySubquery:
    """With whom an institution is paired now; `shown` are the filings under which the other may be named."""
    rows = Pairing.objects.filter(
        Q(kindergarten=OuterRef("pk"), nursery__filing__in=list(shown))
        | Q(nursery=OuterRef("pk"), kindergarten__filing__in=list(shown)),
        state=Pairing.State.AGREED,
    )

    def other(name: str, output: Any) -> CaseWhen:
        mine = When(kindergarten=OuterRef("pk"), then=F(f"nursery__{name}"))
        return CaseWhen(mine, default=F(f"kindergarten__{name}"), output_field=output)

    return ArraySubquery(
        rows.order_by("pk").values(
            row=JSONObject(
                id=F("pk"),
                institution_id=other("pk", IntegerField()),
                name=other("name", CharField()),
                agreed_on=F("agreed_on"),
            )
        )
    )


# ---------------------------------------------------------------- pairings of one institution


def pairing_of(institution: Institution, number: int) -> Pairing | None:
    """A pairing that an institution is one side of."""
    return _pairings(institution).filter(pk=number).first()


def pairings_of(institution: Institution) -> list[dict[str, Any]]:
    """Every pairing of an institution, the newest first, with what it may do about each."""
    return [
        {
            "id": row.pk,
            "other": row.nursery.name if row.kindergarten_id == institution.pk else row.kindergarten.name,
            "state": row.state,
            "state_label": row.get_state_display(),
            "proposed_on": row.proposed_on,
            "agreed_on": row.agreed_on,
            "ended_on": row.ended_on,
            "end_reason": row.end_reason,
            "may_answer": row.state == Pairing.State.PROPOSED
            and row.by_kindergarten is not (row.kindergarten_id == institution.pk),
            "may_end": row.state == Pairing.State.AGREED,
        }
        for row in _pairings(institution).order_by("-pk")
    ]


def _pairings(institution: Institution) -> QuerySet[Pairing]:
    rows = Pairing.objects.select_related("kindergarten", "nursery")
    return rows.filter(Q(kindergarten=institution) | Q(nursery=institution))
