from django.db import migrations, models
from django.db.models.deletion import PROTECT

# Foreign keys are checked at the end of a transaction, and a table with checks to come cannot be altered.
_FILL = """
    UPDATE learning_completion c SET person_id = e.person_id, course_id = e.course_id
    FROM learning_attempt a JOIN learning_enrolment e ON e.id = a.enrolment_id
    WHERE a.id = c.attempt_id;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


def _key(to: str, *, null: bool) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(to, on_delete=PROTECT, related_name="+", db_index=False, null=null)


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0001_learning"),
        ("content", "0001_courses"),
        ("people", "0003_organisation"),
    ]

    operations = [
        migrations.AddField("completion", "person", _key("people.person", null=True)),
        migrations.AddField("completion", "course", _key("content.course", null=True)),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AlterField("completion", "person", _key("people.person", null=False)),
        migrations.AlterField("completion", "course", _key("content.course", null=False)),
        migrations.AddIndex(
            "completion",
            models.Index(fields=["person", "course", "-completed_at"], name="completions_of_a_person"),
        ),
    ]
