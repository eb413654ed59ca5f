"""What tests read of the record."""

from django.db import connection

from andante.learning.models import CardDone
from andante.ledger import queries as ledger
from andante.ledger.statements import Fact


def done(learner) -> list[str]:
    """The cards that somebody has done, in order."""
    rows = CardDone.objects.filter(attempt__enrolment__person=learner.person).order_by("done_at", "card")
    return list(rows.values_list("card", flat=True))


def facts_of(learner) -> list[Fact]:
    """All statements about somebody that wait to be sealed, in the order in which they will be."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_pending ORDER BY n")
        waiting = [ledger.fact(id).fact for (id,) in cursor.fetchall()]
    return [fact for fact in waiting if fact.actor == learner.person]


def acts_of(learner) -> list[str]:
    """The same in words: "answered card/the-brother"."""
    return [_words(fact) for fact in facts_of(learner)]


def _words(fact: Fact) -> str:
    what = "/".join(fact.path.split("/")[2:]) or "course"
    return f"{fact.verb.rsplit('/', 1)[-1]} {what}"


def count_facts() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_statement")
        return cursor.fetchone()[0]
