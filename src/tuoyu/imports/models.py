"""Files of rows on their way in: read and checked, decided by a person, then written."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tuoyu.core import clock
from tuoyu.core.fields import EncryptedTextField


class Import(models.Model):
    """One file as it was read. Nothing of it is written before its owner decides.

    `content` is what the file says, what is wrong with it and where it differs from what is known, encrypted;
    it goes when the import is put aside, and after some weeks. `seats` are the posts in which the owner acts.
    """

    class State(models.TextChoices):
        CHECKED = "checked", "待确认"
        WRITING = "writing", "写入中"
        WRITTEN = "written", "已写入"
        FAILED = "failed", "没有写成"
        DISCARDED = "discarded", "已放弃"

    OPEN = (State.CHECKED, State.WRITING)

    kind = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="imports")
    seats = models.JSONField(default=list)
    division_code = models.CharField(max_length=12, blank=True)
    file_name = models.CharField(max_length=120)
    file_digest = models.CharField(max_length=64)
    content = EncryptedTextField(null=True)
    rows = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()
    fresh = models.PositiveIntegerField()
    only_good = models.BooleanField(default=False)
    written = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=16, choices=State, default=State.CHECKED)
    failure = models.TextField(blank=True)
    made_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["owner", "-id"], name="import_owner")]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "file_digest"],
                name="import_open_once_a_file",
                condition=Q(state__in=["checked", "writing"]),
            ),
            models.CheckConstraint(
                name="import_written_says_how_many",
                condition=~Q(state="written") | Q(written__isnull=False, finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_decided_has_its_moment",
                condition=Q(state__in=["checked", "discarded"]) | Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN


class Progress(models.Model):
    """How many rows of an import are done: told while its transaction is still under way."""

    of = models.OneToOneField(Import, models.CASCADE, related_name="progress")
    done = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.of_id}: {self.done}"
