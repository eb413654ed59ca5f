from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL((_SQL / "roles.sql").read_text(), migrations.RunSQL.noop),
        migrations.RunSQL((_SQL / "schema.sql").read_text(), (_SQL / "drop.sql").read_text()),
    ]
