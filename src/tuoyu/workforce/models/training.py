"""The training ledger: courses, their sessions, who was there, and hours that were put right."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.workforce.models.people import Person
from tuoyu.workforce.vocabulary import CourseKind, Presence

# More than a day has is a slip of the pen.
MOST_HOURS = 24


class Course(models.Model):
    """A course that an office offers in its places, or an institution to its own staff (internal)."""

    title = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=CourseKind)
    content = models.TextField(blank=True)
    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, null=True, related_name="courses"
    )
    department = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=12)
    opened_at = models.DateTimeField(default=clock.now)
    opened_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["division_code", "department"], name="course_organiser")]
        constraints = [
            models.CheckConstraint(
                name="course_is_an_offices_or_an_institutions",
                condition=Q(institution__isnull=True) & ~Q(department="")
                | Q(institution__isnull=False, department=""),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def internal(self) -> bool:
        """Whether an institution trains its own staff."""
        return self.institution_id is not None

    @property
    def topic(self) -> str:
        """The thread of audit events about the course."""
        return f"course:{self.pk}"


class Session(models.Model):
    """A course held on a day: where, by whom, for how many hours. A cancelled one counts for nobody."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    held_on = models.DateField()
    place = models.CharField(max_length=120)
    trainer = models.CharField(max_length=60)
    hours = models.DecimalField(max_digits=4, decimal_places=1)
    planned_at = models.DateTimeField(default=clock.now)
    planned_label = models.CharField(max_length=120)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_label = models.CharField(max_length=120, blank=True)
    cancelled_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["-held_on", "-id"], name="session_newest")]
        constraints = [
            models.CheckConstraint(
                name="session_has_hours_of_one_day", condition=Q(hours__gt=0, hours__lte=MOST_HOURS)
            ),
            models.CheckConstraint(
                name="session_cancelled_has_moment_person_and_reason",
                condition=Q(cancelled_at__isnull=True, cancelled_label="", cancelled_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_label="") & ~Q(cancelled_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course} {self.held_on}"

    @property
    def cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def begun(self) -> bool:
        """Whether its day has come: before it nobody can have been there."""
        day: date = self.held_on
        return day <= clock.today()


class Participation(models.Model):
    """Somebody is to come to a session, or was there; `hours` are those the person is credited with."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="participations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations")
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField(default=clock.now)
    enrolled_label = models.CharField(max_length=120)
    signed_in_at = models.DateTimeField(null=True)
    signed_in_label = models.CharField(max_length=120, blank=True)
    presence = models.CharField(max_length=8, choices=Presence, blank=True)
    hours = models.DecimalField(max_digits=4, decimal_places=1, null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person", "session"], name="participation_person")]
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="participation_once"),
            models.CheckConstraint(
                name="participation_signed_in_has_moment_person_way_and_hours",
                condition=Q(signed_in_at__isnull=True, signed_in_label="", presence="", hours__isnull=True)
                | Q(signed_in_at__isnull=False, hours__isnull=False, hours__gte=0, hours__lte=MOST_HOURS)
                & ~Q(signed_in_label="")
                & ~Q(presence=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.person_id}"


class HourCorrection(models.Model):
    """The hours of somebody at a session were put right: from what to what, and why."""

    participation = models.ForeignKey(Participation, models.PROTECT, related_name="corrections")
    hours_before = models.DecimalField(max_digits=4, decimal_places=1)
    hours_after = models.DecimalField(max_digits=4, decimal_places=1)
    reason = models.CharField(max_length=200)
    corrected_at = models.DateTimeField(default=clock.now)
    corrected_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="hour_correction_gives_its_reason", condition=~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="hour_correction_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.hours_before} → {self.hours_after}"
