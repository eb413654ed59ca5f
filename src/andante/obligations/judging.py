"""
Judging the list of duties that is kept ready for managers, for `andante verify`.

No fact explains it, so it is worked out once more, from the rows that the facts tell of.
"""

from collections.abc import Iterator

from django.db import connection

from andante.ledger.queries import current_log
from andante.ledger.vocabulary import COMPLETED
from andante.obligations.current import KEPT, OF_EVERYBODY, STANDING_DUTIES
from andante.obligations.reactions import FOLLOWER

MOST = 20
_SAME = " AND ".join(f"kept.{name} IS NOT DISTINCT FROM dated.{name}" for name in KEPT)
# The evaluator is a moment behind what happens: of whom it has yet to look at, and of whom a completion waits to be
# followed, nothing is said.
_DIFFERENT = f"""
    {STANDING_DUTIES}, different AS (
        SELECT coalesce(kept.person_id, dated.person_id) AS person,
            coalesce(kept.requirement_id, dated.requirement_id) AS requirement
        FROM obligations_currentduty kept FULL JOIN dated USING (id)
        WHERE ({_SAME}) IS NOT TRUE
    )
    SELECT person, requirement FROM different d
    WHERE NOT EXISTS (
        SELECT FROM obligations_look k
        WHERE k.person IN (d.person, '00000000-0000-0000-0000-000000000000') AND k.at <= clock_timestamp()
    ) AND NOT EXISTS (
        SELECT FROM ledger_statement s LEFT JOIN ledger_leaf l ON l.id = s.id
        WHERE s.actor = %(log)s || '|' || d.person AND s.kind = 1 AND s.verb = %(verb)s
            AND (l.seq IS NULL OR l.seq > (
                SELECT coalesce(max(f.seq), -1) FROM ledger_follower f WHERE f.name = %(follower)s
            ))
    )
    ORDER BY person, requirement LIMIT {MOST}
""".replace("{asked}", OF_EVERYBODY)  # noqa: S608 - constants of this package


def contradictions() -> Iterator[str]:
    """Every duty that the list shows otherwise than rules and completions say; one sentence each, at most twenty."""
    values = {"at": "infinity", "log": current_log().iri, "verb": COMPLETED.iri, "follower": FOLLOWER}
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, values)
        found = cursor.fetchall()
    for person, requirement in found:
        yield (
            f"What is kept ready for managers of the duty “{requirement}” of person {person} is not what their records "
            "come to. `andante requirement evaluate` makes it anew."
        )
