from django.db import migrations, models

# The evaluator fills the table when it looks at everybody next, which it is to do at once.
_LOOK = """
    INSERT INTO obligations_look (person, at) VALUES ('00000000-0000-0000-0000-000000000000', '1970-01-01 00:00:00Z')
    ON CONFLICT (person) DO UPDATE SET at = excluded.at
"""


class Migration(migrations.Migration):
    dependencies = [("obligations", "0001_obligations")]

    operations = [
        migrations.CreateModel(
            name="CurrentDuty",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, editable=False)),
                ("person_id", models.UUIDField(db_index=True)),
                ("requirement_id", models.CharField(max_length=64)),
                ("course", models.CharField(max_length=64)),
                ("begins_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("assigned_at", models.DateTimeField()),
                ("completed_at", models.DateTimeField(null=True)),
                ("valid_until", models.DateTimeField(null=True)),
                ("renewable_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(_LOOK, migrations.RunSQL.noop),
    ]
