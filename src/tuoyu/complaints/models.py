"""A complaint: what somebody tells of a nursery, who told it as far as they said, and what was answered."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from tuoyu.complaints.vocabulary import ArrivedBy, ComplaintKind, Conclusion, Satisfaction
from tuoyu.core import clock
from tuoyu.core.fields import EncryptedTextField
from tuoyu.core.identifiers import mask_name, mask_phone


class Complaint(models.Model):
    """One complaint or report. Its steps are those of its case.

    Nothing here leads to whoever told it but what they wrote themselves: name and telephone stand encrypted
    and go when they are of no more use. `kind_stated` is what the reporter chose, `kind` what it is taken
    for. `code_hash` is of the code that, with the number, opens the tracker; `token_key` of the form it came
    with, so that a form sent twice is one complaint.
    """

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="complaint")
    kind = models.CharField(max_length=16, choices=ComplaintKind)
    kind_stated = models.CharField(max_length=16, choices=ComplaintKind)
    arrived_by = models.CharField(max_length=16, choices=ArrivedBy)
    institution = models.ForeignKey(
        "institutions.Institution", models.PROTECT, null=True, related_name="complaints"
    )
    described = models.CharField(max_length=200, blank=True)
    division_code = models.CharField(max_length=12)
    received_on = models.DateField()
    text = EncryptedTextField()
    anonymous = models.BooleanField(default=True)
    reporter_name = EncryptedTextField(blank=True, default="")
    reporter_phone = EncryptedTextField(blank=True, default="")
    contact_erased_at = models.DateTimeField(null=True)
    token_key = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_label = models.CharField(max_length=120)
    inspection = models.ForeignKey("supervision.Inspection", models.PROTECT, null=True, related_name="+")
    conclusion = models.CharField(max_length=16, choices=Conclusion, blank=True)
    found = EncryptedTextField(blank=True, default="")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    satisfaction = models.CharField(max_length=16, choices=Satisfaction, blank=True)
    satisfaction_note = models.CharField(max_length=300, blank=True)
    rated_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["division_code", "-id"], name="complaint_place"),
            models.Index(fields=["kind"], name="complaint_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                name="complaint_says_which_institution",
                condition=Q(institution__isnull=False) | ~Q(described=""),
            ),
            models.CheckConstraint(
                name="complaint_answer_has_its_moment_and_conclusion",
                condition=Q(answered_at__isnull=True, answer="", conclusion="")
                | Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(conclusion=""),
            ),
            models.CheckConstraint(
                name="complaint_rated_once_answered",
                condition=Q(rated_at__isnull=True, satisfaction="")
                | Q(rated_at__isnull=False, answered_at__isnull=False) & ~Q(satisfaction=""),
            ),
        ]

    def __str__(self) -> str:
        return self.case.number

    @property
    def about(self) -> str:
        """The institution's name, or how it was described."""
        return self.institution.name if self.institution else self.described

    @property
    def masked_reporter(self) -> str:
        """Who told it, as those see it who handle it."""
        if self.contact_erased_at:
            return "已按期删除"
        if self.anonymous:
            return "匿名"
        said = (mask_name(str(self.reporter_name)), mask_phone(str(self.reporter_phone)))
        return "，".join(part for part in said if part)


class Attachment(models.Model):
    """A photograph or paper that came with a complaint."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="attachments")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.file_id}"


class Review(models.Model):
    """Whoever told it is not content with an answer asks the office above; once, where the channel has it."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="review")
    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="complaint_review")
    reason = EncryptedTextField()
    asked_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="complaint_review_answer_has_its_moment",
                condition=Q(answered_at__isnull=True, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} review"


class Extension(models.Model):
    """The days of handling were made longer, once, by the rule of the channel; whoever told it reads why."""

    complaint = models.OneToOneField(Complaint, models.PROTECT, related_name="extension")
    days = models.PositiveSmallIntegerField()
    due_before = models.DateField()
    due_on = models.DateField()
    reason = models.CharField(max_length=500)
    source = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=clock.now)
    made_label = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="complaint_extension_says_why_and_is_longer",
                condition=~Q(reason="") & Q(due_on__gt=models.F("due_before"), days__gt=0),
            )
        ]
        triggers = [
            pgtrigger.Protect(
                name="complaint_extension_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id} {self.due_on}"


class Attempt(models.Model):
    """Somebody sent a complaint, or a wrong code: counted against floods, by keyed hashes, for two days."""

    class What(models.TextChoices):
        REPORT = "report", "提交"
        WRONG_CODE = "wrong_code", "查询码不对"

    what = models.CharField(max_length=12, choices=What)
    address_key = models.CharField(max_length=64, blank=True)
    number_key = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["what", "address_key", "at"], name="attempt_address"),
            models.Index(fields=["what", "number_key", "at"], name="attempt_number"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.at}"
