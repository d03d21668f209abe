import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Nobody is signed out by an upgrade. Whose session it is stands inside it, signed; its next save says so.
TAKEN_OVER = """
INSERT INTO accounts_browsersession (session_key, session_data, expire_date)
SELECT session_key, session_data, expire_date FROM django_session WHERE expire_date > now()
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_assessors'),
        ('sessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='BrowserSession',
            fields=[
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name='session key')),
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='browser_sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.RunSQL(TAKEN_OVER, migrations.RunSQL.noop),
    ]
