"""Who worked at an institution on a day: what the register adds to the institution's history."""

from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Q

from tuoyu.core.actor import Actor
from tuoyu.core.permissions import can, visible_to
from tuoyu.institutions.history import Told
from tuoyu.institutions.models import Institution
from tuoyu.workforce.models import Employment
from tuoyu.workforce.permissions import VIEW_STAFF

HEADS = ("姓名", "岗位", "入职", "离职", "班级")


def who_worked(actor: Actor, institution: Institution, day: date) -> Told | None:
    """Name, post, first and last day, and the class of the day; None for whom the staff is not to see."""
    if not can(actor, VIEW_STAFF):
        return None
    seen = visible_to(actor, VIEW_STAFF, Institution.objects.filter(pk=institution.pk))
    rows = Employment.objects.filter(institution__in=seen, period__contains=day).annotate(
        rooms=ArrayAgg("assignments__class_name", filter=Q(assignments__period__contains=day), default=[])
    )
    return Told(
        HEADS,
        [
            (
                str(row.name),
                row.get_post_display(),
                f"{row.starts_on:%Y-%m-%d}",
                f"{row.ends_on:%Y-%m-%d}" if row.ends_on else "",
                "、".join(row.rooms),
            )
            for row in rows.order_by(F("period").asc(), "pk")
        ],
        empty="这一天没有登记的从业人员。",
    )
