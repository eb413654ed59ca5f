"""Writing facts down: encode, salt, commit to the bytes, insert in one round trip."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, OperationalError, connections
from psycopg.errors import CheckViolation

from andante.ledger.encoding import SALT_LENGTH, commitment
from andante.ledger.prepared import prepared_cursor
from andante.ledger.statements import Fact, Kind

_APPEND = resources.files("andante.ledger.sql").joinpath("append.sql").read_text()
FEW = 10
"""Facts that one act makes at most; more at once are a batch, and their insertion is planned for as many."""
_SET_BY_THE_STORE = ("stored", "authority", "version")


class StatementConflict(Exception):  # noqa: N818
    """A record with this id exists and says something else, or was erased; nothing was written."""

    def __init__(self, id: UUID) -> None:
        super().__init__(f"A record with the id {id} exists and says something else.")
        self.id = id


class ClockAstray(OperationalError):  # noqa: N818
    """
    The database's clock was set while a record was stored, or to a month that has no place for records; nothing was
    written.

    Sent again, it is stored by the new clock. Months are made ahead; the sealer makes a missing one within seconds.
    """


@dataclass(frozen=True)
class _Row:
    fact: Fact
    body: str
    digest: bytes


def append_facts(facts: Sequence[Fact], *, using: str = "default") -> frozenset[UUID]:
    """
    Append facts to the ledger.

    :return: the ids that are new; an equal fact under a taken id is left out in silence
    :raises StatementConflict: an id is taken by a record that says something else
    :raises ClockAstray: the database's clock was set just now, or to a month without a place for records
    """
    if not connections[using].in_atomic_block:
        raise AssertionError("Facts are appended inside the transaction that writes their rows.")
    rows = _distinct(_Row(fact, *_encode(fact)) for fact in facts)
    if not rows:
        return frozenset()
    with prepared_cursor(using) if len(rows) <= FEW else connections[using].cursor() as cursor:
        try:
            cursor.execute(_APPEND, _columns(rows))
        except IntegrityError as error:
            if _is_of_the_clock(error):
                raise ClockAstray(*error.args) from error.__cause__
            raise
        new = frozenset(id for (id,) in cursor.fetchall())
        old = {row.fact.id: row.digest for row in rows if row.fact.id not in new}
        if old:
            cursor.execute("SELECT id, digest FROM ledger_statement_key WHERE id = ANY(%s)", [list(old)])
            for id, digest in cursor.fetchall():
                # An erased record has none: its id stays taken, whatever is said under it.
                if digest is None or bytes(digest) != old[id]:
                    raise StatementConflict(id)
    return new


def _is_of_the_clock(error: IntegrityError) -> bool:
    """
    A row without a partition, and one that is not stored now, are violated checks that name no constraint. All other
    checks have names.
    """
    cause = error.__cause__
    return isinstance(cause, CheckViolation) and cause.diag.constraint_name is None


def equality_digest(body: Mapping[str, Any]) -> bytes:
    """
    What makes two statements with one id the same: everything but what the store itself sets (xAPI 2.0,
    4.1.4.1).

    Names are sorted, so that the order of members does not count.
    """
    compared = {name: value for name, value in body.items() if name not in _SET_BY_THE_STORE}
    return hashlib.sha256(msgspec.json.encode(compared, order="deterministic")).digest()


def _encode(fact: Fact) -> tuple[str, bytes]:
    return msgspec.json.encode(fact.body).decode(), equality_digest(fact.body)


def _distinct(rows: Iterable[_Row]) -> list[_Row]:
    """One row an id; the same id twice in a batch must say the same."""
    seen: dict[UUID, _Row] = {}
    for row in rows:
        if seen.setdefault(row.fact.id, row).digest != row.digest:
            raise StatementConflict(row.fact.id)
    return list(seen.values())


def extracted(fact: Fact) -> dict[str, Any]:
    """The columns of `ledger_statement` that follow from a fact; `andante verify` compares them again."""
    return {
        "kind": int(fact.kind),
        "timestamp": fact.timestamp,
        "actor": fact.actor_key,
        "verb": fact.verb,
        "object": fact.object,
        "registration": fact.registration if fact.kind is Kind.STATEMENT else None,
    }


def prepared(fact: Fact) -> dict[str, Any]:
    """Everything that the tables hold of a new record, by column; but `stored`, which is the database's."""
    body, digest = _encode(fact)
    return _prepared(_Row(fact, body, digest))


def _prepared(row: _Row) -> dict[str, Any]:
    salt = secrets.token_bytes(SALT_LENGTH)
    return {
        "id": row.fact.id,
        "digest": row.digest,
        "body": row.body,
        "salt": salt,
        "commitment": commitment(salt=salt, body=row.body.encode()),
        **extracted(row.fact),
    }


def _columns(rows: Sequence[_Row]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in _prepared(row).items():
            columns.setdefault(name, []).append(value)
    return columns
