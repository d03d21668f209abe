"""What is known of an institution, with time: each value from a day to a day, and who supplied it."""

import json
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from psycopg.types.range import DateRange

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
                name="fact_says_who_supplied_it",
                condition=Q(ground="unrecorded")
                | ~Q(supplier="")
                | Q(ground__in=["registration", "registrar_report"]) & ~Q(department="")
                | Q(ground="filing", case__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.key}"

    @property
    def said(self) -> Any:
        """The value, in clear where it names a person."""
        return str(self.personal) if self.personal else self.value


class FirstFacts(models.Model):
    """All that was said of an institution when it was taken in among many, in one row; never changed.

    Each entry of `said` (key: value) is a fact that holds without end from its day in `days`, else from `day`
    on, until something else is stated under its key: whoever states it writes the first one down as a `Fact`
    before, which the database demands. What names a person stands in `personal` instead, encrypted.
    """

    institution = models.OneToOneField(
        "institutions.Institution", models.PROTECT, primary_key=True, related_name="first_facts"
    )
    said = models.JSONField()
    personal = EncryptedTextField(blank=True, default="")
    day = models.DateField()
    days = models.JSONField(default=dict)
    ground = models.CharField(max_length=20)
    supplier = models.CharField(max_length=120)
    supplier_id = models.BigIntegerField(null=True)
    department = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    stated_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="first_facts_say_who_supplied_them", condition=~Q(supplier="") & ~Q(ground="unrecorded")
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution_id}"

    def as_facts(self) -> list[Fact]:
        """Each entry as the fact it is, not written."""
        people = json.loads(self.personal) if self.personal else {}
        return [
            Fact(
                institution_id=self.institution_id,
                key=key,
                value=value,
                personal=people.get(key, ""),
                period=DateRange(date.fromisoformat(self.days[key]) if key in self.days else self.day, None),
                ground=self.ground,
                supplier=self.supplier,
                supplier_id=self.supplier_id,
                department=self.department,
                division_code=self.division_code,
                stated_at=self.stated_at,
            )
            for key, value in self.said.items()
        ]
