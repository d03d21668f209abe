"""The staff register: a person once, however many institutions employ it."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from tuoyu.core import clock, identifiers
from tuoyu.core.fields import EncryptedTextField, LookupField
from tuoyu.workforce.vocabulary import (
    CheckOccasion,
    CheckResult,
    Contract,
    Education,
    Post,
    QualificationKind,
)


class Person(models.Model):
    """Somebody who works, worked or was to work in childcare; found by the identity number, whoever asks.

    The name is the one written first, for offices. What an institution knows of the person stands in its
    own employment, so that what one institution writes shows in no other.
    """

    name = EncryptedTextField()
    identity = EncryptedTextField()
    identity_key = LookupField(of="identity", unique=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="person_has_an_identity", condition=Q(identity_key__isnull=False))
        ]

    def __str__(self) -> str:
        return f"从业人员{self.pk}"

    @property
    def masked_identity(self) -> str:
        return identifiers.mask_id(str(self.identity))


class Employment(models.Model):
    """A person works for an institution, in one post, from a day to a day; an end not known yet is open.

    Name, telephone and education are what this institution was told. `period` is when the work lasts, its
    end the first day without it. `contract_until` is the last day of a fixed contract, which may end earlier
    than it says.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments")
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="employments")
    name = EncryptedTextField(default="")
    phone = EncryptedTextField(blank=True, default="")
    education = models.CharField(max_length=16, choices=Education, blank=True)
    post = models.CharField(max_length=16, choices=Post)
    contract = models.CharField(max_length=16, choices=Contract)
    full_time = models.BooleanField(default=True)
    period = DateRangeField()
    contract_until = models.DateField(null=True)
    experience_years = models.PositiveSmallIntegerField(null=True)
    hired_at = models.DateTimeField(default=clock.now)
    hired_label = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_label = models.CharField(max_length=120, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["institution", "post"], name="employment_institution")]
        constraints = [
            models.CheckConstraint(
                name="employment_begins_some_day", condition=Q(period__startswith__isnull=False)
            ),
            models.CheckConstraint(
                name="employment_ended_has_moment_person_and_reason",
                condition=Q(ended_at__isnull=True, ended_label="", end_reason="")
                | Q(ended_at__isnull=False, period__endswith__isnull=False)
                & ~Q(ended_label="")
                & ~Q(end_reason=""),
            ),
            ExclusionConstraint(
                name="employment_same_post_once",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("institution", RangeOperators.EQUAL),
                    ("post", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="employment_full_time_once",
                expressions=[("person", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(full_time=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_post_display()}"

    @property
    def starts_on(self) -> date:
        first: date = self.period.lower
        return first

    @property
    def ends_on(self) -> date | None:
        """The first day on which the person no longer works there."""
        day: date | None = self.period.upper
        return day


class ClassAssignment(models.Model):
    """Somebody cares for the children of one class from a day to a day; for one class at a time.

    A class may be given up when its institution files anew: what it was called stays.
    """

    employment = models.ForeignKey(Employment, models.PROTECT, related_name="assignments")
    class_group = models.ForeignKey(
        "institutions.ClassGroup", models.SET_NULL, null=True, related_name="assignments"
    )
    class_name = models.CharField(max_length=40, default="")
    period = DateRangeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            ExclusionConstraint(
                name="class_assignment_one_at_a_time",
                expressions=[("employment", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.employment_id} → {self.class_name}"


class Qualification(models.Model):
    """A certificate of a person, with its issuer, number and the last day on which it is good."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="qualifications")
    kind = models.CharField(max_length=24, choices=QualificationKind)
    issuer = models.CharField(max_length=120)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField()
    expires_on = models.DateField(null=True)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, null=True, related_name="+")
    recorded_for = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_label = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_label = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["person", "kind"], name="qualification_person"),
            models.Index(fields=["expires_on"], name="qualification_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                name="qualification_expires_after_its_issue",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gte=models.F("issued_on")),
            ),
            models.CheckConstraint(
                name="qualification_withdrawn_has_moment_person_and_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_label="", withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_label="") & ~Q(withdrawn_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}".rstrip()


class RecordCheck(models.Model):
    """An institution asked the authority about a person's record of offences, and what was answered.

    未成年人保护法 62: before hiring, and every year for everybody. Of a record only that there is one is
    kept, never what it says.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="record_checks")
    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=8, choices=CheckOccasion)
    asked_on = models.DateField()
    answered_on = models.DateField(null=True)
    authority = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    result = models.CharField(max_length=8, choices=CheckResult, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["person", "-asked_on"], name="record_check_person")]
        constraints = [
            models.CheckConstraint(
                name="record_check_answer_has_day_authority_and_result",
                condition=Q(answered_on__isnull=True, result="")
                | Q(answered_on__isnull=False, answered_on__gte=models.F("asked_on"))
                & ~Q(result="")
                & ~Q(authority=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} {self.asked_on}"
