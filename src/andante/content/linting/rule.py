"""What a lint rule is: an id that never changes, a severity, a title, and one function that judges a course."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from andante.content.document import Course, Place
from andante.content.findings import Finding, Severity


@dataclass(frozen=True)
class Context:
    """What a judgement depends on besides the course."""

    today: date


@dataclass(frozen=True)
class Remark:
    """What a rule has to say: where, what is wrong, and the mend, in whole sentences for an author."""

    place: Place
    message: str
    mend: str


Judge = Callable[[Course, Context], Iterable[Remark]]


@dataclass(frozen=True)
class Rule:
    """
    One rule. Its page is docs/reference/lint-rules/<id>.md, with a bad and a good example that are tested.

    Numbers of rules that were dropped, or are kept for kinds of cards to come, are never given again.
    """

    id: str
    severity: Severity
    title: str
    judge: Judge

    def findings(self, course: Course, context: Context) -> Iterable[Finding]:
        """Everything that the rule finds."""
        for remark in self.judge(course, context):
            yield Finding(
                rule=self.id,
                severity=self.severity,
                place=remark.place,
                message=remark.message,
                mend=remark.mend,
            )


def error(id: str, title: str) -> Callable[[Judge], Rule]:
    """Makes the function below it a rule that blocks publishing."""
    return lambda judge: Rule(id, Severity.ERROR, title, judge)


def warning(id: str, title: str) -> Callable[[Judge], Rule]:
    """Makes the function below it a rule that warns."""
    return lambda judge: Rule(id, Severity.WARNING, title, judge)


def note(id: str, title: str) -> Callable[[Judge], Rule]:
    """Makes the function below it a rule that only informs."""
    return lambda judge: Rule(id, Severity.NOTE, title, judge)
