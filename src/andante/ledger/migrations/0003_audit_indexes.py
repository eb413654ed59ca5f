from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).parent.parent / "sql"
_NAMES = ("happened", "about", "by", "action")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_followers")]
    operations = [
        migrations.RunSQL(
            (_SQL / "audit_indexes.sql").read_text(), [f"DROP INDEX ledger_audit_{name}" for name in _NAMES]
        ),
    ]
