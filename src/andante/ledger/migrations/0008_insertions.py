from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_archive")]
    operations = [
        migrations.RunSQL((_SQL / "insertions.sql").read_text(), (_SQL / "drop_insertions.sql").read_text()),
    ]
