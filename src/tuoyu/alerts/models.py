"""Alerts: what a rule found, whom it is for, until when they act, and how it ended."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from tuoyu.alerts.vocabulary import State
from tuoyu.core import clock
from tuoyu.institutions.models import ClassGroup, Institution


class Alert(models.Model):
    """A rule not kept at an institution, or in one of its classes, from `first_day` to `last_day`.

    `rule` is the key of what is watched (a pack's), `source` where it stands, `subject` what of it (a
    symptom, a paper, a case). While one stands there is no second of the same. `details` are figures and
    classes, nobody's name. `told` says whether the institution reads of it.
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="alerts")
    division_code = models.CharField(max_length=12)
    class_group = models.ForeignKey(ClassGroup, models.PROTECT, null=True, related_name="alerts")
    rule = models.CharField(max_length=60)
    subject = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=400)
    pack = models.ForeignKey("jurisdictions.PackVersion", models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    details = models.JSONField(default=dict)
    addressees = ArrayField(models.CharField(max_length=40))
    told = models.BooleanField(default=True)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True)
    provisional = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_label = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_label = models.CharField(max_length=120, blank=True)
    ending = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "rule", "class_group", "subject"],
                name="alert_once_while_it_stands",
                condition=Q(state__in=["open", "acknowledged"]),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="alert_acknowledged_has_moment_and_person",
                condition=Q(acknowledged_at__isnull=True, acknowledged_label="")
                | Q(acknowledged_at__isnull=False) & ~Q(acknowledged_label=""),
            ),
            models.CheckConstraint(
                name="alert_being_acted_on_was_acknowledged",
                condition=~Q(state="acknowledged") | Q(acknowledged_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_over_says_when_how_and_by_whom",
                condition=Q(
                    state__in=["open", "acknowledged"], ended_at__isnull=True, ended_label="", ending=""
                )
                | Q(state__in=["resolved", "ended"], ended_at__isnull=False)
                & ~Q(ended_label="")
                & ~Q(ending=""),
            ),
            models.CheckConstraint(
                name="alert_begins_before_it_ends", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(name="alert_is_for_somebody", condition=~Q(addressees=[])),
        ]
        indexes = [
            models.Index(
                fields=["division_code", "due_at"],
                opclasses=["varchar_pattern_ops", "timestamptz_ops"],
                name="alert_standing",
                condition=Q(
                    state__in=["open", "acknowledged"], ended_at__isnull=True, ended_label="", ending=""
                )
            ),
            models.Index(fields=["division_code", "-id"], name="alert_place",
                         opclasses=["varchar_pattern_ops", "int8_ops"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}（{self.get_state_display()}）"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story."""
        return f"alert:{self.pk}"

    @property
    def is_overdue(self) -> bool:
        """Whether it still stands after the day by which somebody was to act."""
        return (
            self.state in ("open", "acknowledged") and self.due_at is not None and self.due_at < clock.now()
        )
