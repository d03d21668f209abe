"""The indexes of the public's search. For a while 0001 made them too: where they are there already, they stay."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

SHOWN = models.Q(("filing__in", ["receipt_issued", "normal", "rectification"]))
IN_WORDS = "WHERE \"filing\" IN ('receipt_issued', 'normal', 'rectification')"


def shown(name, columns, index):
    """An index over what is shown only, made unless it is there."""
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f'CREATE INDEX IF NOT EXISTS "{name}" ON "institutions_institution" USING gin ({columns}) {IN_WORDS}',
                f'DROP INDEX IF EXISTS "{name}"',
            )
        ],
        state_operations=[migrations.AddIndex(model_name="institution", index=index)],
    )


class Migration(migrations.Migration):
    dependencies = [("institutions", "0004_people_out_of_the_form")]

    operations = [
        shown(
            "institution_shown_keys",
            '"search_keys"',
            GinIndex(fields=["search_keys"], name="institution_shown_keys", condition=SHOWN),
        ),
        shown(
            "institution_shown_pinyin",
            '"pinyin" gin_trgm_ops',
            GinIndex(
                fields=["pinyin"],
                name="institution_shown_pinyin",
                opclasses=["gin_trgm_ops"],
                condition=SHOWN,
            ),
        ),
    ]
