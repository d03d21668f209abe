"""The kernel's tables: what happened, what goes out, what was handed in, which days are worked."""

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from tuoyu.core import clock


class CurrentTransaction(models.Func):
    """The id of the transaction that writes the row: it says which events a seal may cover."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class CurrentCluster(models.Func):
    """The database server that writes the row: on another server transaction ids begin anew."""

    function = "tuoyu_cluster"
    output_field = models.BigIntegerField()


class AuditEvent(models.Model):
    """One thing somebody did or read. Append-only: the database refuses any change."""

    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
    cluster = models.BigIntegerField(db_default=CurrentCluster())
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    actor_kind = models.CharField(max_length=16)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    role = models.CharField(max_length=32, blank=True)
    department = models.CharField(max_length=40, blank=True)
    division_code = models.CharField(max_length=12, blank=True)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    topic = models.CharField(max_length=60, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["topic", "id"]),
            models.Index(fields=["object_type", "object_id", "id"]),
            models.Index(fields=["actor_id", "id"]),
            models.Index(fields=["verb", "id"]),
            models.Index(
                fields=["division_code", "id"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="audit_event_place",
            ),
            models.Index(fields=["cluster", "transaction", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb}"


class AuditSeal(models.Model):
    """A link of the chain: every event of the transactions from `from_transaction` up to, and without,
    `to_transaction`, digested together with the link before. Append-only like the events."""

    number = models.PositiveIntegerField(unique=True)
    cluster = models.BigIntegerField()
    from_transaction = models.BigIntegerField()
    to_transaction = models.BigIntegerField()
    count = models.PositiveIntegerField()
    suite = models.CharField(max_length=12)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                name="audit_seal_covers_something", condition=Q(to_transaction__gt=F("from_transaction"))
            ),
            models.UniqueConstraint(
                name="audit_seals_do_not_overlap", fields=["cluster", "from_transaction"]
            ),
            models.CheckConstraint(
                name="audit_seal_first_has_no_previous", condition=Q(number=1, previous="") | ~Q(previous="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.digest[:12]}"


class WorkdayOverride(models.Model):
    """A day on which the office's calendar differs from the published one."""

    date = models.DateField(unique=True)
    is_workday = models.BooleanField()
    note = models.CharField(max_length=200)
    set_at = models.DateTimeField(default=clock.now)
    set_by = models.BigIntegerField(null=True)
    set_by_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(name="workday_override_says_why", condition=~Q(note="")),
            models.CheckConstraint(name="workday_override_says_who", condition=~Q(set_by_label="")),
        ]

    def __str__(self) -> str:
        return f"{self.date} {'班' if self.is_workday else '休'}"


class OutboxMessage(models.Model):
    """A message to another office. It is written with what caused it and arrives at least once."""

    class State(models.TextChoices):
        QUEUED = "queued", "待发送"
        DELIVERED = "delivered", "已送达"
        ACKNOWLEDGED = "acknowledged", "已签收"
        FAILED = "failed", "发送失败"
        DROPPED = "dropped", "不再发送"

    key = models.CharField(max_length=160, unique=True)
    topic = models.CharField(max_length=60)
    department = models.CharField(max_length=40)
    division_code = models.CharField(max_length=12)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    next_attempt_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=120, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(name="outbox_due", fields=["next_attempt_at"], condition=Q(state="queued")),
            models.Index(fields=["department", "division_code", "-id"]),
            models.Index(fields=["state", "-id"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="outbox_delivered_has_its_moment",
                condition=Q(state__in=["delivered", "acknowledged"], delivered_at__isnull=False)
                | Q(state__in=["queued", "failed", "dropped"], delivered_at__isnull=True),
            ),
            models.CheckConstraint(
                name="outbox_acknowledged_has_moment_and_person",
                condition=(Q(state="acknowledged", acknowledged_at__isnull=False) & ~Q(acknowledged_by=""))
                | (~Q(state="acknowledged") & Q(acknowledged_at__isnull=True, acknowledged_by="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.get_state_display()}"


class StoredFile(models.Model):
    """A file that was handed in. Its content lies outside the database and never changes."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        JPG = "jpg", "JPG"
        PNG = "png", "PNG"

    CONTENT_TYPES = {Kind.PDF: "application/pdf", Kind.JPG: "image/jpeg", Kind.PNG: "image/png"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, choices=Kind)
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=60)
    stored_at = models.DateTimeField(default=clock.now)
    stored_by = models.BigIntegerField(null=True)
    stored_by_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["-stored_at"]
        indexes = [models.Index(fields=["sha256"])]
        constraints = [
            models.CheckConstraint(name="stored_file_is_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(name="stored_file_says_who", condition=~Q(stored_by_label="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def content_type(self) -> str:
        return self.CONTENT_TYPES[self.Kind(self.kind)]

    @property
    def path(self) -> Path:
        """Where the content lies: spread by digest, named by the row, so that no two rows share one."""
        return Path(settings.UPLOADS) / self.sha256[:2] / self.sha256[2:4] / str(self.id)
