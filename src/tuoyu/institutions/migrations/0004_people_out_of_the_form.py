"""Names and telephone leave the open part of an application and are kept encrypted.

Batch by batch, each its own transaction; what is still to do is read from the rows, so that a run that was
interrupted goes on where it stopped.
"""

from typing import Any

from django.db import migrations, transaction
from django.db.models import Q

PERSONAL = {"basics": ("contact_name", "contact_phone"), "commitment": ("signer",)}
BATCH = 500


def _rows(model: Any) -> Any:
    left = Q()
    for page, keys in PERSONAL.items():
        left |= Q(**{f"data__{page}__has_any_keys": list(keys)})
    return model.objects.filter(left).order_by("pk")


def forwards(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("institutions", "Application")
    fields = [key for keys in PERSONAL.values() for key in keys]
    while True:
        with transaction.atomic():
            rows = list(_rows(model).only("pk", "data", *fields).select_for_update()[:BATCH])
            for row in rows:
                _take_out(row)
            model.objects.bulk_update(rows, ["data", *fields])
        if not rows:
            return


def _take_out(row: Any) -> None:
    for page, keys in PERSONAL.items():
        for key in keys:
            value = (row.data.get(page) or {}).pop(key, "")
            if value:
                setattr(row, key, str(value))


def backwards(apps: Any, schema_editor: Any) -> None:
    model = apps.get_model("institutions", "Application")
    for row in model.objects.order_by("pk").iterator(chunk_size=BATCH):
        for page, keys in PERSONAL.items():
            given = {key: str(getattr(row, key)) for key in keys if getattr(row, key)}
            if given:
                row.data[page] = {**(row.data.get(page) or {}), **given}
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("institutions", "0003_people_encrypted")]

    operations = [migrations.RunPython(forwards, backwards)]
