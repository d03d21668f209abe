"""What is said first of institutions taken in among many: one row each instead of one a fact.

The database keeps that there is one value a day across both tables: nobody states a value under a key before
the first one is written down as it was, nor first facts where facts are; and first facts never change (the
name of a person may be encrypted anew).
"""

import django.db.models.deletion
import tuoyu.core.clock
import tuoyu.core.fields
from django.db import migrations, models

GUARDS = """
CREATE FUNCTION institutions_first_fact_is_written_down() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost record;
BEGIN
    SELECT n.institution_id, n.key INTO lost
    FROM fresh n JOIN institutions_firstfacts f ON f.institution_id = n.institution_id AND f.said ? n.key
    WHERE NOT EXISTS (
        SELECT 1 FROM institutions_fact w
        WHERE w.institution_id = n.institution_id AND w.key = n.key AND w.stated_at = f.stated_at
          AND coalesce(w.value, 'null') = f.said -> n.key AND w.ground = f.ground
    ) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'institution %: what was first said under % would be lost', lost.institution_id, lost.key
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'first_fact_is_written_down';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER first_fact_is_written_down AFTER INSERT ON institutions_fact
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION institutions_first_fact_is_written_down();

CREATE FUNCTION institutions_first_facts_are_first() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM fresh n JOIN institutions_fact w USING (institution_id)) THEN
        RAISE EXCEPTION 'first facts of an institution that has facts'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'first_facts_are_first';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER first_facts_are_first AFTER INSERT ON institutions_firstfacts
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION institutions_first_facts_are_first();

CREATE TRIGGER never_changed
    BEFORE UPDATE OF institution_id, said, day, days, ground, supplier, supplier_id, department, division_code,
        stated_at OR DELETE OR TRUNCATE ON institutions_firstfacts
    FOR EACH STATEMENT EXECUTE FUNCTION tuoyu_refuse_change();
"""
UNGUARDED = """
DROP TRIGGER never_changed ON institutions_firstfacts;
DROP TRIGGER first_facts_are_first ON institutions_firstfacts;
DROP TRIGGER first_fact_is_written_down ON institutions_fact;
DROP FUNCTION institutions_first_facts_are_first();
DROP FUNCTION institutions_first_fact_is_written_down();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0001_initial'),
        ('cases', '0003_what_comes_after_filing'),
        ('institutions', '0011_receipts_replaced_and_suspensions_called_off'),
    ]

    operations = [
        migrations.CreateModel(
            name='FirstFacts',
            fields=[
                ('institution', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='first_facts', serialize=False, to='institutions.institution')),
                ('said', models.JSONField()),
                ('personal', tuoyu.core.fields.EncryptedTextField(blank=True, context='institutions_firstfacts.personal', default='')),
                ('day', models.DateField()),
                ('days', models.JSONField(default=dict)),
                ('ground', models.CharField(max_length=20)),
                ('supplier', models.CharField(max_length=120)),
                ('supplier_id', models.BigIntegerField(null=True)),
                ('department', models.CharField(blank=True, max_length=40)),
                ('division_code', models.CharField(blank=True, max_length=12)),
                ('stated_at', models.DateTimeField(default=tuoyu.core.clock.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='fact',
            name='fact_says_who_supplied_it',
        ),
        migrations.AddConstraint(
            model_name='fact',
            constraint=models.CheckConstraint(condition=models.Q(('ground', 'unrecorded'), models.Q(('supplier', ''), _negated=True), models.Q(('ground__in', ['registration', 'registrar_report']), models.Q(('department', ''), _negated=True)), models.Q(('case__isnull', False), ('ground', 'filing')), _connector='OR'), name='fact_says_who_supplied_it'),
        ),
        migrations.AddConstraint(
            model_name='firstfacts',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('supplier', ''), _negated=True), models.Q(('ground', 'unrecorded'), _negated=True)), name='first_facts_say_who_supplied_them'),
        ),
        migrations.RunSQL(GUARDS, UNGUARDED),
    ]
