"""The kernel's own checks: the audit chain, files, keys, and columns that belong together."""

import time
from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.db import connection, models
from django.db.models import Q
from psycopg import sql

from tuoyu.core import ciphers, keyring, outbox, rotation, seals, uploads
from tuoyu.core.checks import check
from tuoyu.core.models import OutboxMessage, StoredFile

# The worker seals every minute: a tail older than this means that it does not.
OLDEST_TAIL = timedelta(minutes=15)
# A file is written before its row: one younger than this may still get one.
YOUNG = timedelta(hours=6)


@check("core.audit_chain", "No audit event was changed, taken away or added afterwards")
def audit_chain() -> Iterator[str]:
    report = seals.verify()
    yield from report.findings
    if report.unsealed_seconds > OLDEST_TAIL.total_seconds():
        yield (
            f"{report.unsealed} audit events are not sealed, the oldest since {report.unsealed_since}:"
            " is the worker running?"
        )


@check("core.uploads_whole", "Every file handed in is there, byte for byte")
def uploads_whole() -> Iterator[str]:
    for row in StoredFile.objects.order_by("pk").iterator():
        if not row.path.exists():
            yield f"file {row.pk} ({row.purpose}) is missing: {row.path}"
        elif uploads.sha256_of(row.path) != row.sha256:
            yield f"file {row.pk} ({row.purpose}) was changed: {row.path}"


@check("core.uploads_known", "Every file in the upload folder belongs to a record")
def uploads_known() -> Iterator[str]:
    for path in uploads.orphans(time.time() - YOUNG.total_seconds()):
        yield f"no record names {path}"


@check("core.keys_open", "Every key in use is there and opens what it encrypted")
def keys_open() -> Iterator[str]:
    for column in rotation.columns():
        if column.use == "lookup":
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "SELECT DISTINCT ON (split_part({name}, ':', 1)) {name} FROM {table} WHERE {name} <> ''"
                ).format(name=sql.Identifier(column.name), table=sql.Identifier(column.table))
            )
            stored = [value for (value,) in cursor.fetchall()]
        for value in stored:
            try:
                ciphers.decrypt(value, column.context)
            except (ciphers.CannotDecrypt, keyring.MissingKey) as error:
                yield f"{column}: {error}"


@check("core.outbox_flows", "Every message to another office has left, or a person knows why not")
def outbox_flows() -> Iterator[str]:
    for message in OutboxMessage.objects.filter(state=outbox.State.FAILED).order_by("pk")[:50]:
        yield f"message {message.key} was given up after {message.attempts} attempts: {message.last_error}"


@check("core.pairs_together", "What has its person has its moment")
def pairs_together() -> Iterator[str]:
    for model, at, by in pairs():
        count = model._default_manager.filter(~is_set(at) & is_set(by)).count() if at.null else 0
        if count:
            yield f"{model._meta.label}: {count} rows have {by.name} without {at.name}"


def pairs() -> Iterator[
    tuple[type[models.Model], "models.Field[object, object]", "models.Field[object, object]"]
]:
    """Every pair of columns `*_at` and `*_by` of our models."""
    for model in apps.get_models():
        if not model.__module__.startswith("tuoyu."):
            continue
        named = {field.name: field for field in model._meta.local_fields}
        for name, at in named.items():
            by = named.get(f"{name[:-3]}_by") if name.endswith("_at") else None
            if by is not None:
                yield model, at, by


def is_set(field: "models.Field[object, object]") -> Q:
    """The condition that a column has a value (for a text that cannot be null: that it is not empty)."""
    if field.null:
        return Q(**{f"{field.name}__isnull": False})
    return ~Q(**{field.name: ""}) if isinstance(field, models.CharField) else Q()
