"""Reads: answers to an auditor's questions, what was asked and given, and records in plain words."""

from andante.evidence.cells import plain
from andante.evidence.differing import Difference, in_words
from andante.evidence.queries.answering import Answer, AnswerRow, Scope, answer
from andante.evidence.queries.asking import AskedQuestion, Handed, asked, handed
from andante.evidence.queries.scoping import exclusions, scope_sentence
from andante.evidence.queries.sealing import Seal, SealingKey, seal, verifier
from andante.evidence.queries.telling import (
    Change,
    ChangeFilter,
    Told,
    change,
    changes,
    concerning,
    one_page,
    principal_names,
    record,
)
from andante.evidence.questions import Known, Question
from andante.evidence.wording import ACTIONS
from andante.ledger.queries import Place

__all__ = [
    "ACTIONS",
    "Answer",
    "AnswerRow",
    "AskedQuestion",
    "Change",
    "ChangeFilter",
    "Difference",
    "Handed",
    "Known",
    "Place",
    "Question",
    "Scope",
    "Seal",
    "SealingKey",
    "Told",
    "answer",
    "asked",
    "change",
    "changes",
    "concerning",
    "exclusions",
    "handed",
    "in_words",
    "one_page",
    "plain",
    "principal_names",
    "record",
    "scope_sentence",
    "seal",
    "verifier",
]
