import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Division",
            fields=[
                ("code", models.CharField(max_length=9, primary_key=True, serialize=False)),
                ("prefix", models.CharField(db_index=True, max_length=9)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("street", "乡镇（街道）"),
                        ],
                        max_length=8,
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("full_name", models.CharField(max_length=120)),
                ("pinyin", models.CharField(blank=True, max_length=120)),
                ("initials", models.CharField(blank=True, max_length=40)),
                ("abolished", models.BooleanField(default=False)),
                ("abolished_year", models.PositiveSmallIntegerField(null=True)),
                ("functional", models.BooleanField(default=False)),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="jurisdictions.division",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="AuthorityOverride",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place_prefix", models.CharField(max_length=9)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("province", "省级"),
                            ("city", "市级"),
                            ("county", "县级"),
                            ("street", "乡镇（街道）"),
                        ],
                        max_length=8,
                    ),
                ),
                ("department", models.CharField(blank=True, max_length=40)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("basis", models.TextField()),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.division",
                    ),
                ),
            ],
            options={
                "ordering": ["place_prefix", "level"],
            },
        ),
        migrations.CreateModel(
            name="DivisionSetting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("value", models.JSONField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("basis", models.TextField()),
                ("decided_by_id", models.BigIntegerField(null=True)),
                ("decided_by", models.CharField(max_length=120)),
                ("decided_at", models.DateTimeField()),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settings",
                        to="jurisdictions.division",
                    ),
                ),
            ],
            options={
                "ordering": ["division", "key", "valid"],
            },
        ),
        migrations.CreateModel(
            name="PackVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=6)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("content", models.JSONField()),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.CharField(max_length=120)),
                ("active_from", models.DateField()),
                ("activated_at", models.DateTimeField()),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jurisdictions.packversion",
                    ),
                ),
            ],
            options={
                "ordering": ["code", "active_from", "activated_at"],
            },
        ),
        migrations.AddIndex(
            model_name="division",
            index=models.Index(fields=["parent", "code"], name="jurisdictio_parent__62adb9_idx"),
        ),
        migrations.AddIndex(
            model_name="division",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["full_name"], name="division_full_name_trgm", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="division",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__startswith", models.F("prefix"))), name="division_prefix_begins"
            ),
        ),
        migrations.AddConstraint(
            model_name="division",
            constraint=models.CheckConstraint(
                condition=models.Q(("abolished_year__isnull", True), ("abolished", True), _connector="OR"),
                name="division_year_only_when_abolished",
            ),
        ),
        migrations.AddConstraint(
            model_name="authorityoverride",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("place_prefix", "="), ("level", "="), ("department", "="), ("valid", "&&")],
                name="authority_override_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="divisionsetting",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("division", "="), ("key", "="), ("valid", "&&")],
                name="division_setting_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="packversion",
            index=models.Index(fields=["code", "active_from"], name="jurisdictio_code_1c0abb_idx"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="packversion",
            trigger=pgtrigger.compiler.Trigger(
                name="pack_content_never_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."parent_id" IS DISTINCT FROM (NEW."parent_id") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."loaded_at" IS DISTINCT FROM (NEW."loaded_at") OR OLD."loaded_by" IS DISTINCT FROM (NEW."loaded_by"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a985d7e49c32bbb013c17296309b79579a6bfb13",
                    operation="UPDATE",
                    pgid="pgtrigger_pack_content_never_changes_d2850",
                    table="jurisdictions_packversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="packversion",
            trigger=pgtrigger.compiler.Trigger(
                name="pack_is_never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="aacd4d7e0b268b35ee4fc2923a0497d6fe0fdbd3",
                    operation="DELETE",
                    pgid="pgtrigger_pack_is_never_deleted_8f5d1",
                    table="jurisdictions_packversion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
