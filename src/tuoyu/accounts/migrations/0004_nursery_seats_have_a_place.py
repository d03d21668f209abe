"""A seat at a nursery lies where the nursery lies: who administers that place sees it, and lets its
holder in again who is locked out."""

from django.db import migrations

SEATS = """
    UPDATE accounts_{table} AS seat SET division_code = left(nursery.division_code, 9)
    FROM institutions_institution AS nursery
    WHERE nursery.id = seat.institution_id AND seat.division_code = ''
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_codes_that_confirm"),
        ("institutions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(SEATS.format(table="membership"), migrations.RunSQL.noop),
        migrations.RunSQL(SEATS.format(table="invitation"), migrations.RunSQL.noop),
    ]
