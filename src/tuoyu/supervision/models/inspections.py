"""An inspection: who inspects what, each department its part, what was found, and one result."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.institutions.models import Institution
from tuoyu.supervision.vocabulary import InspectionState, Origin, Result, Severity


class Inspection(models.Model):
    """One visit to one institution, by the checklist in force on its day.

    `items` is that checklist as it stood when the visit began. `reason` is for those who act only: a nursery
    never reads what brought the inspectors. `year` is the year whose plan it counts for.
    """

    number = models.CharField(max_length=32, unique=True)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="inspections")
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=40)
    origin = models.CharField(max_length=16, choices=Origin)
    year = models.PositiveSmallIntegerField()
    scheduled_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    pack = models.ForeignKey("jurisdictions.PackVersion", models.PROTECT, null=True, related_name="+")
    checklist_version = models.CharField(max_length=40, blank=True)
    items = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=InspectionState, default=InspectionState.PLANNED)
    result = models.CharField(max_length=16, choices=Result, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    created_label = models.CharField(max_length=120)
    begun_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_label = models.CharField(max_length=120, blank=True)
    publish_due_on = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["institution", "year"], name="inspection_of_a_year"),
            models.Index(fields=["division_code", "-id"], name="inspection_place"),
            models.Index(
                fields=["publish_due_on"],
                name="inspection_unpublished",
                condition=Q(state="confirmed", published_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="inspection_confirmed_has_result_moment_and_person",
                condition=Q(state="confirmed", confirmed_at__isnull=False)
                & ~Q(result="")
                & ~Q(confirmed_label="")
                | ~Q(state="confirmed") & Q(confirmed_at__isnull=True, result="", confirmed_label=""),
            ),
            models.CheckConstraint(
                name="inspection_published_when_confirmed",
                condition=Q(published_at__isnull=True) | Q(state="confirmed"),
            ),
            models.CheckConstraint(
                name="inspection_begun_has_its_moment",
                condition=Q(state__in=["planned", "cancelled"]) | Q(begun_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}（{self.get_state_display()}）"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story."""
        return f"inspection:{self.pk}"


class Part(models.Model):
    """What one department looks at in an inspection; an inspection by one department has one part."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="parts")
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    done_at = models.DateTimeField(null=True)
    done_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "department"], name="part_once_a_department"),
            models.CheckConstraint(
                name="part_done_has_moment_and_person",
                condition=Q(done_at__isnull=True, done_label="")
                | Q(done_at__isnull=False) & ~Q(done_label=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.department}"


class Assignment(models.Model):
    """Somebody inspects; at least as many as the law wants."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="assignments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="inspections")
    department = models.CharField(max_length=40)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "user"], name="assignment_once_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.user_id}"


class Finding(models.Model):
    """What an inspection found wrong at one item, with the rule it rests on; kept when it was confirmed."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings")
    department = models.CharField(max_length=40)
    item = models.CharField(max_length=80)
    text = models.TextField()
    rule_key = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200, blank=True)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.BLOCK)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection", "department", "item"], name="finding_once_an_item_and_department"
            ),
            models.CheckConstraint(name="finding_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text
