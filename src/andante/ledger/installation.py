"""
From an empty database to one that can take records: tables, roles, grants, the log and its first record.
"""

from importlib import resources
from pathlib import Path
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db import connections, transaction

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import system_principal
from andante.ledger.append import append_facts
from andante.ledger.chain import LOG_OPENED
from andante.ledger.encoding import encode_key, origin
from andante.ledger.keys import make_key, read_key
from andante.ledger.statements import audit


def install(*, iri: str, key_file: Path, using: str = "owner", log_id: UUID | None = None) -> bool:
    """
    Bring the database up to date as its owner; safe to repeat.

    :param iri: the log's address in statements; counts at the first start only
    :param key_file: the sealer's key; made at the first start
    :return: whether this was the first start, which opened the log
    """
    call_command("migrate", database=using, verbosity=0, interactive=False)
    grants = resources.files("andante.ledger.sql").joinpath("grants.sql").read_text()
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(grants)
        cursor.execute("SELECT ledger_make_months(3)")
    return _open_log(iri=iri, key_file=key_file, using=using, id=log_id or uuid4())


def _open_log(*, iri: str, key_file: Path, using: str, id: UUID) -> bool:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_log")
        cursor.execute("SELECT id FROM ledger_log")
        if cursor.fetchone():
            return False
        # A start that died between the two may have left its key: it has signed nothing yet.
        key = read_key(key_file) if key_file.exists() else make_key(key_file)
        name = origin(id)
        public = encode_key(name, key.public_key)
        cursor.execute("INSERT INTO ledger_log (id, iri, origin, key) VALUES (%s, %s, %s, %s)", [id, iri, name, public])
        opened = audit(
            id=new_id(),
            by=system_principal("installation"),
            action=LOG_OPENED,
            subject=f"log:{id}",
            at=clock.now(),
            new={"iri": iri, "origin": name, "key": public},
        )
        append_facts([opened], using=using)
    return True
