"""
Taking a course: enrolling, going card by card, and the test.

Each operation is one transaction: it locks the attempt, checks, appends its facts and keeps their rows. What an act
leads to (a module completed, the course passed and completed) is recorded with the act itself, exactly once.
"""

from andante.assessment.operations import (
    AnswerRefused,
    NoSittingsLeft,
    NothingChosen,
    OutOfOrder,
    SittingClosed,
    Submission,
    TooManyChosen,
    UnknownOption,
)
from andante.learning.operations.cards import answer, choose, continue_past, reflect, remove_reflections
from andante.learning.operations.enrolling import enrol_person, start_again, start_attempt
from andante.learning.operations.enrolling_many import enrol_people
from andante.learning.operations.sitting import answer_item, start_test
from andante.learning.refusals import (
    AttemptClosed,
    AttemptOpen,
    CardLocked,
    CardUnknown,
    CourseUnknown,
    LearningRefused,
    NotBegun,
    NothingWritten,
    PersonUnknown,
    TestLocked,
    TextTooLong,
    WrongKindOfCard,
)

__all__ = [
    "AnswerRefused",
    "AttemptClosed",
    "AttemptOpen",
    "CardLocked",
    "CardUnknown",
    "CourseUnknown",
    "LearningRefused",
    "NoSittingsLeft",
    "NotBegun",
    "NothingChosen",
    "NothingWritten",
    "OutOfOrder",
    "PersonUnknown",
    "SittingClosed",
    "Submission",
    "TestLocked",
    "TextTooLong",
    "TooManyChosen",
    "UnknownOption",
    "WrongKindOfCard",
    "answer",
    "answer_item",
    "choose",
    "continue_past",
    "enrol_people",
    "enrol_person",
    "reflect",
    "remove_reflections",
    "start_again",
    "start_attempt",
    "start_test",
]
