"""A policy document on its way to a pack: what was read of it, and what people made of that."""

import pgtrigger
from django.db import models
from django.db.models import Q

from tuoyu.jurisdictions.models import PackVersion


class PolicyDraft(models.Model):
    """A document that was read, and the pack that people correct it into.

    The file itself is not kept: its name and digest say which it was, `segments` are its words with names
    hidden and noise struck out. What was read and first proposed never changes; `content` is what people
    correct, until it is adopted. Then the whole row stays as it is, for good.

    `content` holds parts with a key each (`tuoyu.policy.parts`); `settled` the marks somebody looked at.
    """

    class State(models.TextChoices):
        OPEN = "open", "校对中"
        ADOPTED = "adopted", "已采用"
        DISCARDED = "discarded", "已作废"

    division_code = models.CharField(max_length=6)
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=120)
    file_digest = models.CharField(max_length=64)
    segments = models.JSONField()
    reading = models.JSONField()
    proposed = models.JSONField()
    marks = models.JSONField()
    content = models.JSONField()
    settled = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    made_by = models.BigIntegerField(null=True)
    made_by_label = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    changed_by_label = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    closed_by_label = models.CharField(max_length=120, blank=True)
    closed_at = models.DateTimeField(null=True)
    adopted = models.ForeignKey(PackVersion, models.PROTECT, null=True, related_name="drafts")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["division_code", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["division_code", "file_digest"],
                condition=Q(state="open"),
                name="policy_draft_open_once",
            ),
            models.CheckConstraint(
                condition=Q(adopted__isnull=False, state="adopted")
                | Q(adopted__isnull=True) & ~Q(state="adopted"),
                name="policy_draft_adopted_as_a_version",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, state="open")
                | Q(closed_at__isnull=False) & ~Q(state="open"),
                name="policy_draft_closed_at",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="reading_never_changes",
                fields=[
                    "division_code",
                    "file_name",
                    "file_digest",
                    "segments",
                    "reading",
                    "proposed",
                    "marks",
                    "made_by",
                    "made_by_label",
                    "made_at",
                ],
            ),
            pgtrigger.Protect(
                name="adopted_draft_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="adopted"),
            ),
            pgtrigger.Protect(name="policy_draft_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.title}"

    @property
    def is_open(self) -> bool:
        """Whether it may still be corrected."""
        return self.state == self.State.OPEN
