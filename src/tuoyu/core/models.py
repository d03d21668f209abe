"""The kernel's tables: what happened, what goes out, what was handed in, which days are worked."""

from django.db import models
from django.db.models.functions import Now


class CurrentTransaction(models.Func):
    """The id of the transaction that writes the row: it orders events for sealing."""

    template = "pg_current_xact_id()::text::bigint"
    output_field = models.BigIntegerField()


class AuditEvent(models.Model):
    """One thing somebody did or read. Append-only: the database refuses any change."""

    at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())
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
            models.Index(fields=["transaction", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.verb}"
