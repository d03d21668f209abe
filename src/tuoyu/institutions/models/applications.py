"""Applications with their papers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.fields import EncryptedTextField
from tuoyu.institutions.models.institutions import Institution
from tuoyu.institutions.vocabulary import (
    AFTER_FILING,
    CHANGE,
    FILING_ALONE,
    PERSONAL,
    YEARLY,
    Kind,
    LegalForm,
    Nature,
)


class Application(models.Model):
    """One application of an institution, saved as it is filled in: for registration and filing together, for
    filing alone, or for what comes after. Its procedure decides which pages it has (`matters`).

    `data` keeps what was typed, right or wrong, by page and field; names, telephone and identity number of
    people are kept apart, encrypted (`typed` is the whole). `version` grows with every save, so that two
    windows do not overwrite each other; `saved_in` names the window that saved last, which is never in its
    own way.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "已提交"
        MENDING = "mending", "待补正"
        CLOSED = "closed", "已结束"
        DELETED = "deleted", "已删除"

    EDITABLE = (State.DRAFT, State.MENDING)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=16, default="online")
    procedure = models.CharField(max_length=60)
    kind = models.CharField(max_length=24, choices=Kind)
    nature = models.CharField(max_length=16, choices=Nature)
    legal_form = models.CharField(max_length=24, choices=LegalForm)
    division_code = models.CharField(max_length=12)
    data = models.JSONField(default=dict)
    identity = EncryptedTextField(blank=True, default="")
    contact_name = EncryptedTextField(blank=True, default="")
    contact_phone = EncryptedTextField(blank=True, default="")
    signer = EncryptedTextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    saved_in = models.CharField(max_length=32, blank=True)
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    case = models.OneToOneField("cases.Case", models.PROTECT, null=True, related_name="application")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="applications")
    created_at = models.DateTimeField(default=clock.now)
    saved_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["owner", "-id"], name="application_owner"),
            models.Index(fields=["channel", "division_code", "-id"], name="application_window"),
        ]
        constraints = [
            models.CheckConstraint(
                name="application_sent_has_case_and_moment",
                condition=Q(state__in=["draft", "deleted"], case__isnull=True, submitted_at__isnull=True)
                | Q(
                    state__in=["submitted", "mending", "closed"],
                    case__isnull=False,
                    submitted_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="application_deleted_has_its_moment",
                condition=Q(state="deleted", deleted_at__isnull=False)
                | ~Q(state="deleted") & Q(deleted_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["institution"],
                name="application_to_file_under_way_once",
                condition=Q(state__in=["submitted", "mending"]) & ~Q(procedure__in=AFTER_FILING),
            ),
            models.UniqueConstraint(
                fields=["institution", "procedure"],
                name="application_after_filing_under_way_once",
                condition=Q(state__in=["submitted", "mending"], procedure__in=AFTER_FILING),
            ),
            models.CheckConstraint(
                name="application_after_filing_has_its_institution",
                condition=~Q(procedure__in=AFTER_FILING) | Q(institution__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"未命名申请{self.pk}"

    @property
    def name(self) -> str:
        """The name the institution is to have, as typed."""
        return str((self.data.get("basics") or {}).get("name") or "").strip()

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed, by page and field, with the personal fields; the identity number stays apart."""
        whole = dict(self.data)
        for page, keys in PERSONAL.items():
            given = {key: str(value) for key in keys if (value := getattr(self, key))}
            if given:
                whole[page] = {**(whole.get(page) or {}), **given}
        return whole

    @property
    def topic(self) -> str:
        """The thread of audit events that tells this application's story."""
        return f"application:{self.pk}"

    @property
    def files_alone(self) -> bool:
        """Whether it is for a filing only: its institution is registered already."""
        return self.procedure in FILING_ALONE

    @property
    def is_after_filing(self) -> bool:
        """Whether it is for something in the life of an institution that is filed."""
        return self.procedure in AFTER_FILING

    @property
    def items(self) -> tuple[str, ...]:
        """The items of the filing that a change is for; none in any other application."""
        chosen = (self.data.get("items") or {}).get("items") or () if self.procedure == CHANGE else ()
        return tuple(str(key) for key in chosen)

    @property
    def year(self) -> int | None:
        """The year that a review or a report is for."""
        return int(self.data["year"]) if self.procedure in YEARLY else None

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may change it now: a draft, or what came back to be mended."""
        return self.state in self.EDITABLE


class Paper(models.Model):
    """One file of one paper (a lease may be several pages); stored privately.

    Issuer, number and dates are copied here from the form when the application is handed in.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="papers")
    slot = models.CharField(max_length=40)
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    issuer = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=80, blank=True)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    added_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["slot", "pk"]
        indexes = [models.Index(fields=["expires_on"], name="paper_expiry")]

    def __str__(self) -> str:
        return f"{self.slot} {self.title}"
