"""Bars to employment: who may not work in childcare, what was corrected, whom it concerns, and who asked."""

import pgtrigger
from django.db import models
from django.db.models import Q

from tuoyu.core import clock, identifiers
from tuoyu.core.fields import EncryptedTextField, LookupField
from tuoyu.workforce.models.people import Employment, RecordCheck
from tuoyu.workforce.vocabulary import BarGround, BarKind, BarRole, CheckOutcome, CorrectionGround

# Nothing that was decided about a person is changed or forgotten. A change of keys passes by the triggers.
APPEND_ONLY = pgtrigger.Update | pgtrigger.Delete


class Bar(models.Model):
    """Somebody may not work in childcare, by a decision that is named; found by the identity number.

    It never ends: there is no repair. One that should not have been recorded has a correction.
    """

    name = EncryptedTextField()
    identity = EncryptedTextField()
    identity_key = LookupField(of="identity", db_index=True)
    kind = models.CharField(max_length=16, choices=BarKind)
    role = models.CharField(max_length=24, choices=BarRole)
    ground = models.CharField(max_length=16, choices=BarGround)
    document = models.CharField(max_length=120)
    number = models.CharField(max_length=80)
    decided_on = models.DateField()
    authority = models.CharField(max_length=120)
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.BigIntegerField()
    recorded_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["division_code", "-id"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="bar_place",
            )
        ]
        constraints = [
            models.CheckConstraint(name="bar_names_a_person", condition=Q(identity_key__isnull=False)),
            models.CheckConstraint(
                name="bar_rests_on_a_decision",
                condition=~Q(document="") & ~Q(number="") & ~Q(authority="") & ~Q(recorded_label=""),
            ),
            # 人口与计划生育法 41 is about abuse; a record of offences (未成年人保护法 62) is the offender's.
            models.CheckConstraint(
                name="bar_ground_and_role_fit_its_kind",
                condition=Q(kind="lifetime", ground="abuse") | Q(kind="record", role="perpetrator"),
            ),
        ]
        triggers = [pgtrigger.Protect(name="bar_is_append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def masked_name(self) -> str:
        return identifiers.mask_name(str(self.name))

    @property
    def masked_identity(self) -> str:
        return identifiers.mask_id(str(self.identity))

    @property
    def topic(self) -> str:
        """The thread of audit events that tells what was done about it."""
        return f"bar:{self.pk}"


class BarCorrection(models.Model):
    """A bar, or an institution's answer that there is a record, does not hold: why, and who says so.

    Never whoever recorded the bar.
    """

    bar = models.OneToOneField(Bar, models.PROTECT, null=True, related_name="correction")
    record_check = models.OneToOneField(RecordCheck, models.PROTECT, null=True, related_name="correction")
    ground = models.CharField(max_length=16, choices=CorrectionGround)
    reason = models.TextField()
    division_code = models.CharField(max_length=12)
    department = models.CharField(max_length=40)
    corrected_at = models.DateTimeField(default=clock.now)
    corrected_by = models.BigIntegerField()
    corrected_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="bar_correction_is_of_one_thing",
                condition=Q(bar__isnull=False, record_check__isnull=True)
                | Q(bar__isnull=True, record_check__isnull=False),
            ),
            models.CheckConstraint(
                name="bar_correction_has_person_and_reason",
                condition=~Q(reason="") & ~Q(corrected_label=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="bar_correction_is_append_only", operation=APPEND_ONLY),
            pgtrigger.Trigger(
                name="bar_is_corrected_by_another_person",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (SELECT 1 FROM workforce_bar b
                               WHERE b.id = NEW.bar_id AND b.recorded_by = NEW.corrected_by) THEN
                        RAISE EXCEPTION 'a bar is corrected by another person than who recorded it'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_ground_display()} {self.corrected_at:%Y-%m-%d}"


class BarAlert(models.Model):
    """Somebody works at an institution who may not: its head and the health officers there were told.

    It stands as long as the bar holds and the employment has not ended; nobody closes it by hand.
    """

    bar = models.ForeignKey(Bar, models.PROTECT, null=True, related_name="alerts")
    record_check = models.ForeignKey(RecordCheck, models.PROTECT, null=True, related_name="alerts")
    employment = models.ForeignKey(Employment, models.PROTECT, related_name="bar_alerts")
    raised_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="bar_alert_is_about_one_thing",
                condition=Q(bar__isnull=False, record_check__isnull=True)
                | Q(bar__isnull=True, record_check__isnull=False),
            ),
            models.UniqueConstraint(fields=["bar", "employment"], name="bar_alert_once"),
            models.UniqueConstraint(fields=["record_check", "employment"], name="bar_alert_of_check_once"),
        ]
        triggers = [pgtrigger.Protect(name="bar_alert_is_append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.employment_id} {self.raised_at:%Y-%m-%d}"


class HiringCheck(models.Model):
    """A hire was handed in, and whether the person is barred was looked up: by whom, for whom, not about
    whom."""

    institution = models.ForeignKey("institutions.Institution", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=CheckOutcome)
    checked_at = models.DateTimeField(default=clock.now)
    checked_by = models.BigIntegerField(null=True)
    checked_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["institution", "-checked_at"], name="hiring_check_institution"),
            models.Index(fields=["checked_by", "-checked_at"], name="hiring_check_person"),
        ]
        triggers = [pgtrigger.Protect(name="hiring_check_is_append_only", operation=APPEND_ONLY)]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.get_outcome_display()}"
