"""
Rows about answers and tests, all explained by facts and written by `apply` alone.

What an attempt is, the package above knows; here it is an id that groups answers.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Sitting(models.Model):
    """One time that a person sits a course's test: the items drawn, in their order, and what came of it."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="sittings")
    attempt = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    course = models.CharField(max_length=100)
    version = models.CharField(max_length=64)
    seed = models.CharField(max_length=32)
    items = ArrayField(models.CharField(max_length=100))
    drawn_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    passed = models.BooleanField(null=True)
    """Null while answers are missing."""
    correct = models.PositiveSmallIntegerField(null=True)

    class Meta:
        """Sittings of an attempt are numbered from 1, and at most one is open."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "course"], name="sittings_of_a_person"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "number"], name="sitting_number_is_given_once"),
            models.UniqueConstraint(
                fields=["attempt"], condition=Q(closed_at__isnull=True), name="one_sitting_is_open"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, passed__isnull=True, correct__isnull=True)
                | Q(closed_at__isnull=False, passed__isnull=False, correct__isnull=False),
                name="closed_sitting_has_a_result",
            ),
        ]

    def __str__(self) -> str:
        """Return which sitting it is."""
        return f"sitting {self.number} of {self.attempt}"


class Response(models.Model):
    """
    An answer that was given. The id is that of the statement. Never changed: another try is another row.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="responses")
    attempt = models.UUIDField()
    sitting = models.ForeignKey("assessment.Sitting", on_delete=models.PROTECT, related_name="responses", null=True)
    """Null for a check within a module."""
    question = models.CharField(max_length=100)
    """Id of the card or the bank item."""
    number = models.PositiveSmallIntegerField()
    """The try, for a check; the position in the sitting, for an item. From 1."""
    version = models.CharField(max_length=64)
    chosen = models.CharField(max_length=200)
    """The response as xAPI writes it: "a[,]c"."""
    correct = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        """Each try has one answer, and so has each place in a sitting."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["attempt", "question", "number"],
                condition=Q(sitting__isnull=True),
                name="a_try_has_one_answer",
            ),
            models.UniqueConstraint(fields=["sitting", "number"], name="a_place_in_a_sitting_has_one_answer"),
        ]

    def __str__(self) -> str:
        """Return what was answered."""
        return f"{self.chosen} to {self.question}"
