from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_cosignatures")]
    operations = [
        migrations.RunSQL((_SQL / "witnesses.sql").read_text(), "DROP TABLE ledger_witness"),
    ]
