"""What becomes of a filed institution from year to year: times without service, reviews and reports."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from tuoyu.institutions.models.institutions import Institution


class Suspensions(models.QuerySet["Suspension"]):
    """Suspensions, asked whether they are to be."""

    def holding(self) -> "Suspensions":
        """Those that were not called off before they began."""
        return self.filter(called_off_on=None)


class Suspension(models.Model):
    """A time in which a filed institution takes no children; families read of it while it lasts.

    One that was called off before its first day stays as a trace.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="suspensions")
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="suspension")
    days = DateRangeField()
    reason = models.CharField(max_length=200)
    children = models.PositiveIntegerField()
    children_to = models.TextField()
    resumed_on = models.DateField(null=True)
    called_off_on = models.DateField(null=True)
    called_off_reason = models.CharField(max_length=200, blank=True, default="")
    called_off_label = models.CharField(max_length=120, blank=True, default="")

    objects = Suspensions.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            ExclusionConstraint(
                name="suspension_one_at_a_time",
                expressions=[("institution", RangeOperators.EQUAL), ("days", RangeOperators.OVERLAPS)],
                condition=Q(called_off_on__isnull=True),
            ),
            models.CheckConstraint(
                name="suspension_called_off_before_it_began_with_a_reason",
                condition=Q(called_off_on__isnull=True, called_off_reason="", called_off_label="")
                | Q(called_off_on__lt=F("days__startswith"), resumed_on__isnull=True)
                & ~Q(called_off_reason="")
                & ~Q(called_off_label=""),
            ),
            models.CheckConstraint(
                name="suspension_has_days_and_a_reason",
                condition=Q(days__isempty=False, days__startswith__isnull=False, days__endswith__isnull=False)
                & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.days}"

    @property
    def last_day(self) -> date:
        """The last day without service."""
        last: date = self.days.upper - timedelta(days=1)
        return last


class YearlyResult(models.Model):
    """What came of an institution's review or report of a year; one of each a year."""

    class Result(models.TextChoices):
        PASSED = "passed", "合格"
        FAILED = "failed", "不合格"
        ACKNOWLEDGED = "acknowledged", "已报告"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="yearly_results")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    procedure = models.CharField(max_length=60)
    name = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField()
    result = models.CharField(max_length=16, choices=Result)
    reasons = models.TextField(blank=True)
    clause = models.CharField(max_length=200)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    decided_on = models.DateField()
    decided_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "procedure", "year"], name="yearly_result_once_a_year"
            ),
            models.CheckConstraint(
                name="yearly_result_failed_gives_reasons", condition=~Q(result="failed") | ~Q(reasons="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.year} {self.get_result_display()}"
