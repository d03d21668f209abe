"""What follows a failing inspection: the order to mend, and what an authority does when nothing is mended.

How far each has come is the state of its case; here stands what the case is about.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tuoyu.cases.models import Case
from tuoyu.core import clock
from tuoyu.core.models import StoredFile
from tuoyu.institutions.models import Institution
from tuoyu.supervision.models.inspections import Finding, Inspection
from tuoyu.supervision.models.visits import Correction
from tuoyu.supervision.vocabulary import Ground, SanctionKind, SanctionState
from tuoyu.workforce.models import Person


class Rectification(models.Model):
    """The order to mend what one inspection found, by a day; one an inspection."""

    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="rectification")
    case = models.OneToOneField(Case, models.PROTECT, related_name="rectification")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="rectifications")
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    first_due_on = models.DateField()
    ground = models.CharField(max_length=16, choices=Ground, default=Ground.ORDINARY)
    ground_reason = models.CharField(max_length=500, blank=True)
    ground_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["division_code", "-id"], name="rectification_place")]
        constraints = [
            models.CheckConstraint(
                name="rectification_ground_has_reason_and_person",
                condition=Q(ground="ordinary") | ~Q(ground_reason="") & ~Q(ground_label=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.get_ground_display()}"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story: that of its case."""
        return f"case:{self.case_id}"


class Proof(models.Model):
    """A file that shows a finding was mended; `round` is the answer it goes in with."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="proofs")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="proofs")
    round = models.PositiveSmallIntegerField()
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.file_id}"


class Recheck(models.Model):
    """An inspection that looks whether a rectification is done."""

    rectification = models.ForeignKey(Rectification, models.PROTECT, related_name="rechecks")
    inspection = models.OneToOneField(Inspection, models.PROTECT, related_name="recheck_of")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.rectification_id} {self.inspection_id}"


class Sanction(models.Model):
    """A penalty, the taking back of a registration, or a ban; begun, decided, and perhaps overturned.

    `decide_by` is the last day to decide. Before a decision the institution is told what is proposed
    (`notified_on`) and may ask to be heard until `hearing_until`. `years` are the failing years a revocation
    rests on. One that is `referred` was begun by the inspection's result itself. `publish_by` is the last day
    to publish a decision, `publish_told_on` the day its department was last reminded of that. `withdraw_by`
    is the last day for withdrawing what was published of a decision that was overturned; it is withdrawn when
    that is written down.
    """

    kind = models.CharField(max_length=16, choices=SanctionKind)
    state = models.CharField(max_length=16, choices=SanctionState, default=SanctionState.OPEN)
    case = models.OneToOneField(Case, models.PROTECT, related_name="sanction")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="sanctions")
    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="sanctions")
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    years = ArrayField(models.PositiveSmallIntegerField(), default=list)
    referred = models.BooleanField(default=False)
    opened_on = models.DateField()
    decide_by = models.DateField(null=True)
    proposed = models.TextField(blank=True)
    notified_on = models.DateField(null=True)
    hearing_until = models.DateField(null=True)
    hearing_provisional = models.BooleanField(default=False)
    hearing_asked_at = models.DateTimeField(null=True)
    hearing_asked_label = models.CharField(max_length=120, blank=True)
    hearing_held_on = models.DateField(null=True)
    hearing_record = models.TextField(blank=True)
    measure = models.TextField(blank=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    responsible = models.ForeignKey(Person, models.PROTECT, null=True, related_name="sanctions")
    decided_on = models.DateField(null=True)
    delivered_on = models.DateField(null=True)
    publish_by = models.DateField(null=True)
    publish_told_on = models.DateField(null=True)
    overturned_on = models.DateField(null=True)
    overturned_reason = models.CharField(max_length=500, blank=True)
    withdraw_by = models.DateField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["division_code", "-id"], name="sanction_place"),
            models.Index(fields=["decide_by"], name="sanction_undecided", condition=Q(decided_on=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="sanction_decided_says_what_and_when",
                condition=Q(state__in=["decided", "overturned"], decided_on__isnull=False) & ~Q(measure="")
                | Q(state__in=["open", "notified", "dropped"], decided_on__isnull=True),
            ),
            models.CheckConstraint(
                name="sanction_told_before_it_is_decided",
                condition=Q(state__in=["open", "dropped"]) | Q(hearing_until__isnull=False) & ~Q(proposed=""),
            ),
            models.CheckConstraint(
                name="sanction_overturned_says_when_and_why",
                condition=Q(state="overturned", overturned_on__isnull=False) & ~Q(overturned_reason="")
                | ~Q(state="overturned") & Q(overturned_on__isnull=True, overturned_reason=""),
            ),
            models.CheckConstraint(
                name="sanction_heard_has_a_record",
                condition=Q(hearing_held_on__isnull=True, hearing_record="")
                | Q(hearing_held_on__isnull=False) & ~Q(hearing_record=""),
            ),
            models.UniqueConstraint(
                fields=["institution", "kind"],
                name="sanction_one_revocation_or_ban_at_a_time",
                condition=Q(kind__in=["revocation", "ban"], state__in=["open", "notified"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.get_state_display()}）"

    @property
    def topic(self) -> str:
        """The thread of audit events that tells its story: that of its case."""
        return f"case:{self.case_id}"


class SanctionedFinding(models.Model):
    """A finding somebody is punished for; in force at one sanction only."""

    sanction = models.ForeignKey(Sanction, models.PROTECT, related_name="sanctioned")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="sanctioned")
    in_force = models.BooleanField(default=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], name="finding_punished_once", condition=Q(in_force=True)
            ),
            models.UniqueConstraint(fields=["sanction", "finding"], name="finding_once_a_sanction"),
        ]

    def __str__(self) -> str:
        return f"{self.sanction_id} {self.finding_id}"


class Review(models.Model):
    """The institution asks that a decision be looked at again, by somebody who did not make it."""

    sanction = models.OneToOneField(Sanction, models.PROTECT, related_name="review")
    case = models.OneToOneField(Case, models.PROTECT, related_name="review")
    reason = models.TextField()
    asked_at = models.DateTimeField(default=clock.now)
    asked_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="review_says_why", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.sanction_id} {self.case_id}"


class Recall(models.Model):
    """Whoever made a decision is asked to look at it again: the result of an inspection it rests on was
    changed. Its days are those of the case's step."""

    sanction = models.ForeignKey(Sanction, models.PROTECT, related_name="recalls")
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="recalls")
    case = models.OneToOneField(Case, models.PROTECT, related_name="recall")
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sanction", "correction"], name="recall_once_a_correction")
        ]

    def __str__(self) -> str:
        return f"{self.sanction_id} {self.case_id}"
