"""Where an institution stands today: who heads it, what is under way, which years are done; in one query."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from tuoyu.accounts.models import Membership
from tuoyu.core import clock
from tuoyu.core.actor import Role
from tuoyu.core.nested import nested
from tuoyu.institutions.models import Application, Institution, Suspension, YearlyResult

UNDER_WAY = (Application.State.SUBMITTED, Application.State.MENDING)


@dataclass(frozen=True)
class Situation:
    """All that a matter of an institution depends on besides its own columns."""

    heads: tuple[int, ...]
    under_way: Mapping[int, str]
    done: tuple[tuple[str, int], ...]
    suspended: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Situation":
        """What `columns` brought along with the row of an institution."""
        return cls(
            heads=tuple(row["head_ids"]),
            under_way={one["id"]: one["procedure"] for one in row["under_way_rows"]},
            done=tuple((one["procedure"], one["year"]) for one in row["done_rows"]),
            suspended=bool(row["suspended_rows"]),
        )

    def under_way_besides(self, application: Application | None) -> set[str]:
        """The procedures of what is under way, one application left out."""
        left_out = application.pk if application is not None else None
        return {procedure for pk, procedure in self.under_way.items() if pk != left_out}

    def years_of(self, procedure: str) -> list[int]:
        """The years for which a review or report was done; the latest first."""
        return [year for done, year in self.done if done == procedure]


def situation_of(institution_id: int) -> Situation:
    """Where an institution stands today; Institution.DoesNotExist where there is none."""
    return Situation.of(Institution.objects.filter(pk=institution_id).values(**columns()).get())


def columns() -> dict[str, ArraySubquery]:
    """What a Situation is made of, as columns of institutions."""
    applications = Application.objects.filter(institution=OuterRef("pk"), state__in=UNDER_WAY)
    done = YearlyResult.objects.filter(institution=OuterRef("pk")).exclude(result=YearlyResult.Result.FAILED)
    suspended = Suspension.objects.holding().filter(institution=OuterRef("pk"), days__contains=clock.today())
    return {
        "head_ids": ArraySubquery(heads(OuterRef("pk")).values("user_id")),
        "under_way_rows": nested(applications.order_by("-pk"), "id", "procedure"),
        "done_rows": nested(done.order_by("-year", "-pk"), "procedure", "year"),
        "suspended_rows": ArraySubquery(suspended.values("pk")),
    }


def heads(institution: Any) -> QuerySet[Membership]:
    """The seats of the people who head an institution today."""
    return Membership.objects.filter(
        role=Role.NURSERY_HEAD,
        institution_id=institution,
        valid__contains=clock.today(),
        user__is_active=True,
    ).order_by("pk")
