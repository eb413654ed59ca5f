from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_witnesses")]
    operations = [
        migrations.RunSQL((_SQL / "archive.sql").read_text(), (_SQL / "drop_archive.sql").read_text()),
    ]
