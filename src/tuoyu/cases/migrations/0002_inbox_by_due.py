"""The index of a lead's inbox. For a while 0001 made it too: where it is there already, it stays."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    'CREATE INDEX IF NOT EXISTS "step_inbox_due" ON "cases_step" ("due_on" ASC NULLS LAST, "id") '
                    "WHERE \"state\" = 'active'",
                    'DROP INDEX IF EXISTS "step_inbox_due"',
                )
            ],
            state_operations=[
                migrations.AddIndex(
                    model_name="step",
                    index=models.Index(
                        models.OrderBy(models.F("due_on"), nulls_last=True),
                        models.F("id"),
                        condition=models.Q(("state", "active")),
                        name="step_inbox_due",
                    ),
                )
            ],
        )
    ]
