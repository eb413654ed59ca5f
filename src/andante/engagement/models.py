"""Rows about reminders, all explained by facts and written by `apply` alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Nudge(models.Model):
    """A manager asked to remind somebody of one duty. The id is that of the fact that it was asked for."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="nudges")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    assignment = models.ForeignKey("obligations.Assignment", on_delete=models.PROTECT, related_name="nudges")
    title = models.CharField(max_length=200)
    """Of the requirement, as the mail names it."""
    note = models.CharField(max_length=300, blank=True)
    """What the manager added in their own words."""
    asked_at = models.DateTimeField()
    goes_at = models.DateTimeField()
    """Not before then: see `rules.goes_at`."""
    sent_at = models.DateTimeField(null=True)
    """When the mail server took the mail."""
    not_sent_at = models.DateTimeField(null=True)
    not_sent_because = models.CharField(max_length=16, blank=True)
    """One of `rules.NotSent`; empty while it waits, and where it was sent."""

    class Meta:
        """How reminders are looked for, and what never holds at once."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-asked_at"], name="nudges_of_a_person"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(not_sent_at__isnull=True),
                name="nudge_was_sent_or_not",
            ),
        ]

    def __str__(self) -> str:
        """Return of what it reminds whom."""
        return f"{self.title} to {self.person_id}"
