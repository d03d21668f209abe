"""Time that medical staff serve at a nursery: entered by it, confirmed by health, certified."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.workforce.models.people import Employment
from tuoyu.workforce.vocabulary import Profession, ServiceState


class ServicePeriod(models.Model):
    """Somebody of a hospital served at a nursery from a day to a day, for so many hours.

    A period that was confirmed is certified once; one that was not is no longer in the way of another.
    """

    employment = models.ForeignKey(Employment, models.PROTECT, related_name="service_periods")
    profession = models.CharField(max_length=16, choices=Profession)
    home_unit = models.CharField(max_length=120)
    period = DateRangeField()
    hours = models.DecimalField(max_digits=6, decimal_places=1)
    entered_at = models.DateTimeField(default=clock.now)
    entered_label = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=ServiceState, default=ServiceState.ENTERED)
    decided_at = models.DateTimeField(null=True)
    decided_label = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    certificate = models.ForeignKey(
        "institutions.Certificate", models.PROTECT, null=True, related_name="service_periods"
    )

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-id"], name="service_period_state")]
        constraints = [
            models.CheckConstraint(
                name="service_period_has_days_and_hours",
                condition=Q(
                    period__startswith__isnull=False,
                    period__endswith__isnull=False,
                    period__isempty=False,
                    hours__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="service_period_decided_has_moment_and_person",
                condition=Q(state="entered", decided_at__isnull=True, decided_label="")
                | ~Q(state="entered") & Q(decided_at__isnull=False) & ~Q(decided_label=""),
            ),
            models.CheckConstraint(
                name="service_period_returned_gives_its_reason",
                condition=~Q(state="returned") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="service_period_certified_when_confirmed",
                condition=Q(certificate__isnull=True) | Q(state="confirmed"),
            ),
            ExclusionConstraint(
                name="service_period_counts_a_day_once",
                expressions=[("employment", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=~Q(state="returned"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employment_id} {self.period}"

    @property
    def topic(self) -> str:
        """The thread of audit events about this period."""
        return f"service:{self.pk}"
