"""The installation's own checks."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from tuoyu.core import clock
from tuoyu.core.checks import check
from tuoyu.core.models import AuditEvent

OLDEST_BACKUP = timedelta(days=7)


@check("project.backup_age", "The last backup is younger than a week")
def backup_age() -> Iterator[str]:
    note = settings.VAR / "last-backup.json"
    if note.exists():
        since = datetime.fromisoformat(json.loads(note.read_text())["at"])
    else:
        first = AuditEvent.objects.order_by("pk").values_list("written_at", flat=True).first()
        since = first or clock.now()
    age = clock.now() - since
    if age > OLDEST_BACKUP:
        what = "the last backup was made" if note.exists() else "records have been kept without a backup for"
        yield f"{what} {age.days} days" + (" ago" if note.exists() else "")
