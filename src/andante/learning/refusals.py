"""Why an act is refused. Nothing is recorded then."""


class LearningRefused(Exception):  # noqa: N818 - errors are facts
    """What was asked cannot be done in this attempt."""


class PersonUnknown(LearningRefused):
    """There is no such person."""


class CourseUnknown(LearningRefused):
    """No course with this id is published."""


class NotBegun(LearningRefused):
    """The person has not begun this course."""


class AttemptOpen(LearningRefused):
    """The person is in the middle of this course: that attempt goes on."""


class CardUnknown(LearningRefused):
    """The version of the course that the person takes has no such card."""


class WrongKindOfCard(LearningRefused):
    """The card asks for something else."""


class CardLocked(LearningRefused):
    """Cards before this one are not done."""


class TestLocked(LearningRefused):
    """Modules before the test are not done, or the course has no test."""

    __test__ = False  # the name is the domain's; pytest need not collect it


class AttemptClosed(LearningRefused):
    """The course is completed: its record stands, and nothing is added to it."""


class NothingWritten(LearningRefused):
    """A reflection without words."""


class TextTooLong(LearningRefused):
    """A reflection longer than we keep."""
