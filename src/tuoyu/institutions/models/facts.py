"""What is known of an institution, with time: each value from a day to a day, and who supplied it."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.fields import EncryptedTextField


class Fact(models.Model):
    """One value of one institution over one period.

    `period` begins with the first day on which the value holds (open where that was not recorded) and ends
    before the first on which another does. What another statement of the same day took the place of held on
    no day: its period is empty, and it stays as a trace. `value` is plain JSON; what names a person is in
    `personal` instead, encrypted.
    """

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="facts")
    key = models.CharField(max_length=48)
    value = models.JSONField(null=True)
    personal = EncryptedTextField(blank=True, default="")
    period = DateRangeField()
    ground = models.CharField(max_length=20)
    case = models.ForeignKey("cases.Case", models.PROTECT, null=True, related_name="+")
    supplier = models.CharField(max_length=120, blank=True)
    supplier_id = models.BigIntegerField(null=True)
    department = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    stated_at = models.DateTimeField(default=clock.now)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["case"], name="fact_case", condition=Q(case__isnull=False))]
        constraints = [
            ExclusionConstraint(
                name="fact_one_value_a_day",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                name="fact_holds_or_was_replaced",
                condition=Q(period__isempty=False, replaced_at__isnull=True)
                | Q(period__isempty=True, replaced_at__isnull=False),
            ),
            models.CheckConstraint(
                name="fact_says_who_supplied_it", condition=Q(ground="unrecorded") | ~Q(supplier="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.key}"

    @property
    def said(self) -> Any:
        """The value, in clear where it names a person."""
        return str(self.personal) if self.personal else self.value
