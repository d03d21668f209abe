"""What inspectors bring back from a visit: answers, photographs, signatures; and a result that was changed.

Whatever a phone may send later carries a key that the phone chose, so that sent twice it is kept once.
Nothing is changed or deleted: a later answer, signature or result stands beside the earlier.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.models import StoredFile
from tuoyu.supervision.models.inspections import Assignment, Inspection, Part
from tuoyu.supervision.vocabulary import Result, Side, Verdict


class Answer(models.Model):
    """What somebody found at one item. Of several the latest by `said_at` counts.

    `crossed` is the answer it contradicts without having known of it: two phones without a network.
    """

    part = models.ForeignKey(Part, models.PROTECT, related_name="answers")
    item = models.CharField(max_length=80)
    verdict = models.CharField(max_length=16, choices=Verdict)
    note = models.CharField(max_length=1000, blank=True)
    key = models.UUIDField(unique=True)
    said_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    user_label = models.CharField(max_length=120)
    crossed = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["said_at", "pk"]
        indexes = [models.Index(fields=["part", "item"], name="answer_item")]
        constraints = [
            models.CheckConstraint(
                name="answer_says_who_and_on_what", condition=~Q(user_label="") & ~Q(item="")
            ),
            models.CheckConstraint(
                name="answer_verdict_is_known",
                condition=Q(verdict__in=[verdict.value for verdict in Verdict]),
            ),
            models.CheckConstraint(
                name="answer_said_before_it_came", condition=Q(said_at__lte=models.F("received_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.get_verdict_display()}"


class Evidence(models.Model):
    """A photograph of what was seen at an item; an answer's note is evidence in words."""

    part = models.ForeignKey(Part, models.PROTECT, related_name="evidence")
    item = models.CharField(max_length=80)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    user_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="evidence_says_who_and_of_what", condition=~Q(user_label="") & ~Q(item="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.file_id}"


class Signature(models.Model):
    """Somebody signed what was found, or would not; of several of one signer the latest counts.

    `strokes` are lines of points, not a picture. A refusal has its reason and a witness.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=16, choices=Side)
    assignment = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="signatures")
    name = models.CharField(max_length=60)
    strokes = models.JSONField(default=list)
    refused = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    witness = models.CharField(max_length=60, blank=True)
    key = models.UUIDField(unique=True)
    signed_at = models.DateTimeField()
    received_at = models.DateTimeField(default=clock.now)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="signature_signed_or_refused",
                condition=Q(refused=False, reason="", witness="") & ~Q(strokes=[])
                | Q(refused=True, strokes=[]) & ~Q(reason="") & ~Q(witness=""),
            ),
            models.CheckConstraint(
                name="signature_of_an_inspector_or_of_the_institution",
                condition=Q(side="inspector", assignment__isnull=False, refused=False)
                | Q(side="institution", assignment__isnull=True),
            ),
            models.CheckConstraint(name="signature_says_who", condition=~Q(name="") & ~Q(taken_label="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.name}"


class Correction(models.Model):
    """A confirmed result that was changed afterwards: the first stays, with this beside it.

    `decided_on` is the day of the decision that changed it, `due_on` the day by which what was published had
    to be withdrawn with the reasons; it is withdrawn when this row is written.
    """

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="corrections")
    former = models.CharField(max_length=16, choices=Result)
    result = models.CharField(max_length=16, choices=Result)
    reason = models.CharField(max_length=500)
    decided_on = models.DateField()
    due_on = models.DateField()
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="correction_changes_something_for_a_reason",
                condition=~Q(former=models.F("result")) & ~Q(reason="") & ~Q(made_label=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.get_result_display()}"
