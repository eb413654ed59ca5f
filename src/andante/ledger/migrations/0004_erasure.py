from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_audit_indexes")]
    operations = [
        migrations.RunSQL((_SQL / "erasure.sql").read_text(), (_SQL / "drop_erasure.sql").read_text()),
    ]
