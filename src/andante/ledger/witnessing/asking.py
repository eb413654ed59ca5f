"""Asking a witness, and writing down what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction

from andante.kernel import clock
from andante.kernel.counting import counted
from andante.kernel.environment import Environment
from andante.kernel.ids import new_id
from andante.kernel.principals import system_principal
from andante.ledger.append import append_facts
from andante.ledger.log import current_log
from andante.ledger.standing import late_after
from andante.ledger.statements import Fact, audit
from andante.ledger.witnessing.answers import Agreement, Because, NoAnswer, NotAnExtension, Witness
from andante.ledger.witnessing.files import FileWitness
from andante.ledger.witnessing.services import ServiceWitness

WITNESS_REFUSED = "witness-refused"
WITNESS_AGREED_AGAIN = "witness-agreed-again"
_BY = system_principal("witnessing")
_SENTENCES = {
    Because.CUT_OFF: "It has seen {seen}, more than there are: the end of the log was cut off, or an older "
    "copy of the database was restored.",
    Because.REWRITTEN: "What it has seen ({seen}) is not what the log begins with today: the log was rewritten.",
    Because.ANOTHER_LOG: "The checkpoint over {seen} that it has seen is not signed with a key of this log.",
    Because.INCOMPLETE: "The tables cannot prove that the log extends what it has seen ({seen}): a part of "
    "the tree is gone.",
}


@dataclass(frozen=True)
class Refusal:
    """A witness said no. `fact` is the record of it, which is made once, when it begins."""

    witness: str
    because: Because
    seen: int
    fact: Fact


@dataclass(frozen=True)
class Asked:
    """
    What came of asking a witness once.

    :ivar size: records of the checkpoint that it agreed with; None where it did not, or there is none yet
    :ivar problem: why not; empty where it did
    :ivar refused: the problem is that our log does not extend what it has seen
    :ivar late: it has not agreed for too long
    :ivar lost: it had agreed with more records before than it now says that it has seen
    """

    witness: str
    size: int | None = None
    problem: str = ""
    refused: bool = False
    late: bool = False
    lost: bool = False


def configured(environment: Environment) -> list[Witness]:
    """The witnesses of the settings."""
    witnesses: list[Witness] = []
    if environment.witness_file is not None:
        witnesses.append(FileWitness(environment.witness_file))
    if environment.witness_url is not None and environment.witness_key is not None:
        witnesses.append(ServiceWitness(environment.witness_url, environment.witness_key))
    return witnesses


def ask(witness: Witness, *, alarm: Callable[[Refusal], None]) -> Asked:
    """
    Show a witness our newest checkpoint once, and keep what it says.

    Nothing is locked and no transaction is open while it is asked, so that it may take its time.

    :param alarm: called when it begins to refuse, in the transaction that records it
    """
    try:
        agreement = witness.show(known=_known(witness.name))
    except NotAnExtension as refusal:
        return _keep_refusal(witness.name, refusal, alarm)
    except NoAnswer as problem:
        return _keep_problem(witness.name, str(problem))
    return Asked(witness.name) if agreement is None else _keep_agreement(witness.name, agreement)


def _known(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM ledger_witness WHERE name = %s", [name])
        row = cursor.fetchone()
    return (row[0] or 0) if row else 0


@transaction.atomic
def _keep_agreement(name: str, agreement: Agreement) -> Asked:
    known, refused = _locked(name)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_witness SET size = %s, agreed = clock_timestamp(), tried = clock_timestamp(), problem = '', "
            "refused = NULL WHERE name = %s",
            [agreement.size, name],
        )
        if agreement.line:
            # The first that was given for a size counts; a later one says nothing more about the log.
            cursor.execute(
                "INSERT INTO ledger_cosignature (size, witness, line, made) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (size, witness) DO NOTHING",
                [agreement.size, name, agreement.line, agreement.made],
            )
    if refused:
        append_facts([_fact(WITNESS_AGREED_AGAIN, name, size=agreement.size)])
    return Asked(name, size=agreement.size, lost=agreement.found < known)


@transaction.atomic
def _keep_problem(name: str, problem: str) -> Asked:
    _locked(name)
    with connection.cursor() as cursor:
        # A refusal stands until the witness agrees again, also while it cannot be reached.
        cursor.execute(
            "UPDATE ledger_witness SET tried = clock_timestamp(), "
            "problem = CASE WHEN refused IS NULL THEN %s ELSE problem END WHERE name = %s "
            "RETURNING clock_timestamp() - coalesce(agreed, began)",
            [problem, name],
        )
        (silent,) = cursor.fetchone()
    return Asked(name, problem=problem, late=silent > late_after())


@transaction.atomic
def _keep_refusal(name: str, refusal: NotAnExtension, alarm: Callable[[Refusal], None]) -> Asked:
    _size, refused = _locked(name)
    problem = _SENTENCES[refusal.because].format(seen=counted(refusal.seen, "record"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_witness SET tried = clock_timestamp(), refused = coalesce(refused, clock_timestamp()), "
            "problem = %s WHERE name = %s",
            [problem, name],
        )
    if not refused:
        fact = _fact(WITNESS_REFUSED, name, because=str(refusal.because), seen=refusal.seen)
        append_facts([fact])
        alarm(Refusal(name, refusal.because, refusal.seen, fact))
    return Asked(name, problem=problem, refused=True)


def _locked(name: str) -> tuple[int, bool]:
    """The size that it agreed with, and whether it refuses; others who ask it wait until we have committed."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_witness (name) VALUES (%s) ON CONFLICT (name) DO NOTHING", [name])
        cursor.execute(
            "SELECT coalesce(size, 0), refused IS NOT NULL FROM ledger_witness WHERE name = %s FOR UPDATE", [name]
        )
        size, refused = cursor.fetchone()
    return size, refused


def _fact(action: str, name: str, **new: object) -> Fact:
    # Where a file stands is the operator's business, and no part of the record.
    witness = "file" if name.startswith("file:") else name
    return audit(
        id=new_id(),
        by=_BY,
        action=action,
        subject=f"log:{current_log().id}",
        at=clock.now(),
        new={"witness": witness, **new},
    )
