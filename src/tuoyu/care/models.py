"""Tables of a nursery's day: what it returns each day, class by class, and what went wrong."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from tuoyu.care.vocabulary import Disease, Harm, Severity, Spot, Symptom
from tuoyu.core import clock
from tuoyu.institutions.models import ClassGroup, Institution


class DailyReturn(models.Model):
    """What a nursery says of one day; `closed` when no child was there.

    A correction is a new statement that `replaces` the one before, with its reason; only one of a day is
    `current`, and none is changed otherwise.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="daily_returns")
    day = models.DateField()
    closed = models.BooleanField(default=False)
    current = models.BooleanField(default=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reason = models.CharField(max_length=200, blank=True)
    stated_at = models.DateTimeField(default=clock.now)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    stated_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "day"], name="daily_return_once_a_day", condition=Q(current=True)
            ),
            models.CheckConstraint(
                name="daily_return_corrected_with_a_reason",
                condition=Q(replaces__isnull=True, reason="") | Q(replaces__isnull=False) & ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["institution", "-day"], name="daily_return_history")]
        triggers = [
            pgtrigger.Protect(name="daily_return_is_kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="daily_return_is_not_changed", exclude=["current"]),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.day}"


class ClassDay(models.Model):
    """One class on one day: how many children and carers were there, and how many are enrolled as far as is
    known. A place without classes (a family childcare point) has one row without a class.

    Of the children there, `checked` had the morning check and `unexamined` never had the health check that
    must come before the first day; none where it was not said.
    """

    daily_return = models.ForeignKey(DailyReturn, models.CASCADE, related_name="classes")
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="days")
    children = models.PositiveSmallIntegerField()
    carers = models.PositiveSmallIntegerField()
    enrolled = models.PositiveSmallIntegerField(null=True)
    checked = models.PositiveSmallIntegerField(null=True)
    unexamined = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["daily_return", "class_group"], name="class_day_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="class_day_checks_who_was_there",
                condition=Q(Q(checked__isnull=True) | Q(checked__lte=F("children")))
                & Q(Q(unexamined__isnull=True) | Q(unexamined__lte=F("children"))),
            ),
            models.CheckConstraint(
                name="class_day_counts_people",
                condition=Q(children__gte=0, children__lte=999, carers__gte=0, carers__lte=999),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="class_day_is_kept", operation=pgtrigger.Delete | pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"{self.class_group_id}: {self.children}/{self.carers}"


class NewCases(models.Model):
    """Children of a class who fell ill on the day, by what they show; each is counted on one day only."""

    class_day = models.ForeignKey(ClassDay, models.CASCADE, related_name="cases")
    symptom = models.CharField(max_length=16, choices=Symptom)
    disease = models.CharField(max_length=16, choices=Disease, blank=True)
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["class_day", "symptom", "disease"], name="new_cases_once"),
            models.CheckConstraint(name="new_cases_are_some", condition=Q(number__gte=1, number__lte=999)),
        ]
        triggers = [
            pgtrigger.Protect(name="new_cases_are_kept", operation=pgtrigger.Delete | pgtrigger.Update)
        ]

    def __str__(self) -> str:
        return f"{self.get_symptom_display()} {self.number}"


class Incident(models.Model):
    """Somebody was hurt at a nursery: what, when, where, how many, how badly, what was done. Names no child.

    `report_due_at` is until when it was to be reported. A serious one has a `case` in which the institution
    answers for it.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="incidents")
    division_code = models.CharField(max_length=12)
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="incidents")
    kind = models.CharField(max_length=16, choices=Harm)
    severity = models.CharField(max_length=8, choices=Severity)
    spot = models.CharField(max_length=10, choices=Spot)
    happened_at = models.DateTimeField()
    hurt = models.PositiveSmallIntegerField()
    what = models.TextField()
    measures = models.TextField()
    reported_at = models.DateTimeField(default=clock.now)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reported_label = models.CharField(max_length=120)
    department = models.CharField(max_length=40, blank=True)
    report_due_at = models.DateTimeField(null=True)
    report_source = models.CharField(max_length=200, blank=True)
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="incident")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["institution", "-id"], name="incident_institution"),
            models.Index(fields=["division_code", "-id"], name="incident_place"),
        ]
        constraints = [
            models.CheckConstraint(
                name="incident_was_before_it_was_reported", condition=Q(happened_at__lte=F("reported_at"))
            ),
            models.CheckConstraint(
                name="incident_says_what_and_what_was_done", condition=~Q(what="") & ~Q(measures="")
            ),
            models.CheckConstraint(name="incident_hurts_people", condition=Q(hurt__gte=0, hurt__lte=999)),
            models.CheckConstraint(
                name="incident_serious_hurts_somebody",
                condition=Q(severity="minor") | Q(hurt__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.get_severity_display()}）"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story."""
        return f"incident:{self.pk}"

    @property
    def is_late(self) -> bool:
        """Whether it was reported after the time the rule gives."""
        return self.report_due_at is not None and self.reported_at > self.report_due_at
