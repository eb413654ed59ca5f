"""What was asked, and what was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from andante.evidence.questions import Question
from andante.evidence.statements import (
    BUNDLE_EXPORTED,
    EVIDENCE_EXPORTED,
    EXTRACT_EXPORTED,
    QUESTION_ASKED,
    RECEIPT_EXPORTED,
)
from andante.evidence.wording import Names
from andante.ledger import queries as ledger
from andante.ledger.queries import Place, StoredFact
from andante.obligations import queries as obligations


@dataclass(frozen=True)
class AskedQuestion:
    """A question on record, and what its answer was then."""

    record: UUID
    question: Question
    asked_at: datetime
    by: str
    listed: int
    qualified: int
    sha256: str
    """Of the answer as CSV."""
    seq: int | None


@dataclass(frozen=True)
class Handed:
    """A line in the list of what was asked and given."""

    record: UUID
    at: datetime
    by: str
    """Who, as a name."""
    what: str
    """
    "question", "csv", "bundle" (with the answer to a question), "receipt" (one record), "extract" (a person's
    records), "log" (the whole log alone), or "archived", where the rest is not known from here.
    """
    question: UUID | None
    """The record of the question, to open its answer."""
    asked: Question | None
    title: str
    """Of the requirement."""
    number: int | None
    """Of the record that a receipt is for."""
    of: UUID | None
    """That record's id."""
    person: UUID | None
    """Whose records an extract holds."""
    about: str
    """Name of the person or path of the unit that it was narrowed to, or that an extract is of; empty for everybody."""
    listed: int
    qualified: int
    sha256: str
    seq: int | None


_WHAT = {
    QUESTION_ASKED: "question",
    RECEIPT_EXPORTED: "receipt",
    EXTRACT_EXPORTED: "extract",
    BUNDLE_EXPORTED: "log",
}


def asked(record: UUID) -> AskedQuestion | None:
    """Return the question of this record; none where it is no question, or its record was archived."""
    found = ledger.fact(record)
    if found is None or found.archived or found.fact.verb != QUESTION_ASKED:
        return None
    new = found.fact.body["new"]
    return AskedQuestion(
        record=record,
        question=Question.read(new["question"]),
        asked_at=found.fact.timestamp,
        by=Names([found.fact]).principal(found.fact.body["by"]),
        listed=new["counts"]["listed"],
        qualified=new["counts"]["qualified"],
        sha256=new["sha256"],
        seq=found.seq,
    )


def handed(*, requirement: str = "", before: Place | None = None, limit: int = 20) -> list[Handed]:
    """What was asked and given, the latest first. A constant number of queries."""
    found = ledger.audit_events(
        subjects=[f"requirement:{requirement}"] if requirement else (),
        actions=[QUESTION_ASKED, EVIDENCE_EXPORTED, RECEIPT_EXPORTED, EXTRACT_EXPORTED, BUNDLE_EXPORTED],
        before=before,
        limit=limit,
    )
    names = Names([each.fact for each in found])
    titles = {each.id: each.title for each in obligations.requirements(withdrawn=True)} if found else {}
    return [_handed(each, names, titles) for each in found]


def _handed(found: StoredFact, names: Names, titles: dict[Any, str]) -> Handed:
    fact, new = found.fact, found.fact.body["new"]
    what = "archived" if found.archived else _WHAT.get(fact.verb) or new["what"]
    question = Question.read(new["question"]) if "question" in new else None
    counts = new.get("counts", {})
    record = {QUESTION_ASKED: fact.id, EVIDENCE_EXPORTED: new.get("asked")}.get(fact.verb)
    _sort, _colon, subject = fact.object.partition(":")
    about = names.person(subject) if fact.verb == EXTRACT_EXPORTED else ""
    if question:
        about = names.person(question.person) if question.person else question.unit
    return Handed(
        record=fact.id,
        at=fact.timestamp,
        by=names.principal(fact.body["by"]),
        what=what,
        question=UUID(str(record)) if record else None,
        asked=question,
        title=titles.get(question.requirement, question.requirement) if question else "",
        number=new["number"] if what == "receipt" else None,
        of=UUID(subject) if what == "receipt" else None,
        person=UUID(subject) if what == "extract" else None,
        about=about,
        listed=counts.get("listed", 0),
        qualified=counts.get("qualified", 0),
        sha256=new.get("sha256", ""),
        seq=found.seq,
    )
