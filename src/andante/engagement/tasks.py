"""What the worker does for reminders: send them, and try again where the mail server is down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from andante.engagement import alarms, delivery
from andante.kernel import clock
from andante.kernel.ids import PersonId

LONGEST_WAIT = 900
"""Seconds between two tries, once it has been down for a while."""
MOST_RETRIES = 52
"""About half a day of trying: what is later than that comes to nobody's help."""


class Patience(BaseRetryStrategy):  # type: ignore[misc]  # procrastinate's types are not followed
    """Tries again after 10 seconds, 40, and so on up to a quarter of an hour."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        """Return when to try again, or none when it was tried often enough."""
        if job.attempts >= MOST_RETRIES:
            return None
        return RetryDecision(retry_in={"seconds": wait(job.attempts)})


def wait(attempts: int) -> int:
    """Return the seconds to wait after so many earlier tries."""
    return int(min(10 * 4 ** min(attempts, 8), LONGEST_WAIT))


@app.task(name="engagement.deliver", retry=Patience(), pass_context=True)  # type: ignore[untyped-decorator]
def deliver(context: JobContext, *, nudges: list[str]) -> None:
    """Send one person's mail. In quiet hours, come back when they are over."""
    try:
        later = delivery.deliver(
            nudges=[UUID(id) for id in nudges],
            at=clock.now(),
            last_try=context.job.attempts >= MOST_RETRIES,
        )
        if later is not None:
            schedule([UUID(id) for id in nudges], at=later)
    finally:
        close_old_connections()


@app.task(name="engagement.warn", retry=Patience(), pass_context=True)  # type: ignore[untyped-decorator]
def warn(context: JobContext, *, person: str, alarm: dict[str, Any]) -> None:
    """Send one administrator the mail about one alarm, at any hour."""
    try:
        alarms.send(
            person=PersonId(UUID(person)),
            alarm=alarms.Alarm(**alarm),
            last_try=context.job.attempts >= MOST_RETRIES,
        )
    finally:
        close_old_connections()


def schedule(nudges: Sequence[UUID], *, at: datetime) -> None:
    """Let the worker send one person's mail, not before a moment; in the caller's transaction."""
    deliver.configure(schedule_at=at).defer(nudges=[str(id) for id in nudges])
