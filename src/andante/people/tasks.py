"""What the worker does for people: send mail, and sweep out sign-ins that are over."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from andante.kernel import clock
from andante.people import operations, shared_values

# Half an hour of trying in all: the link in a password mail lasts for an hour.
TRIES = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(name="people.send_mail", retry=TRIES)  # type: ignore[untyped-decorator]
def send_mail(*, to: str, subject: str, text: str, html: str) -> None:
    """
    Send one mail.

    Not within the request: the page must take as long for an address that has an account as for one that has none,
    and a mail server that is down must not keep anybody from the page.
    """
    message = EmailMultiAlternatives(subject, text, to=[to])
    message.attach_alternative(html, "text/html")
    message.send()


@app.periodic(cron="41 * * * *")  # type: ignore[untyped-decorator]
@app.task(name="people.remove_expired_sign_ins")  # type: ignore[untyped-decorator]
def remove_expired_sign_ins(timestamp: int) -> None:  # noqa: ARG001 - when it was due, given to every periodic task
    """Remove sign-ins, and counts of tries, that are over, every hour."""
    try:
        operations.remove_expired_sign_ins(at=clock.now())
        shared_values.remove_expired()
    finally:
        close_old_connections()
