"""
Rows about learning. All but `Reflection` are explained by facts and written by `apply` alone.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Enrolment(models.Model):
    """A person takes a course. The id is xAPI's registration: it stands in every statement about it."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey("content.Course", on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField()

    class Meta:
        """A person is enrolled in a course once; what is repeated is an attempt."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "course"], name="person_is_enrolled_in_a_course_once"),
        ]

    def __str__(self) -> str:
        """Return who takes what."""
        return f"{self.person_id} in {self.course_id}"


class Attempt(models.Model):
    """
    One way through one version of a course. The version is fixed at the start: a learner finishes what they
    began.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    enrolment = models.ForeignKey("learning.Enrolment", on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    version = models.ForeignKey("content.CourseVersion", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()

    class Meta:
        """Attempts of an enrolment are numbered from 1."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "number"], name="attempt_number_is_given_once"),
        ]

    def __str__(self) -> str:
        """Return which attempt it is."""
        return f"attempt {self.number} of {self.enrolment_id}"


class CardDone(models.Model):
    """A card is done: read, answered, decided to an end, or reflected on. The id is that of the statement."""

    id = models.UUIDField(primary_key=True, editable=False)
    attempt = models.ForeignKey("learning.Attempt", on_delete=models.PROTECT, related_name="cards_done")
    card = models.CharField(max_length=100)
    done_at = models.DateTimeField()

    class Meta:
        """A card is done once; what is repeated is practice."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "card"], name="card_is_done_once"),
        ]

    def __str__(self) -> str:
        """Return which card it is."""
        return f"{self.card} of {self.attempt_id}"


class ScenarioStep(models.Model):
    """A choice in a scenario. Run 1 is what the record shows; later runs are practice."""

    id = models.UUIDField(primary_key=True, editable=False)
    attempt = models.ForeignKey("learning.Attempt", on_delete=models.PROTECT, related_name="scenario_steps")
    card = models.CharField(max_length=100)
    run = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    node = models.CharField(max_length=100)
    choice = models.CharField(max_length=20)
    ended = models.BooleanField()
    """Whether the choice led to an end."""
    chosen_at = models.DateTimeField()

    class Meta:
        """The steps of a run are numbered from 1."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "card", "run", "number"], name="scenario_step_is_taken_once"),
        ]

    def __str__(self) -> str:
        """Return where what was chosen."""
        return f"{self.choice} at {self.node}"


class Completion(models.Model):
    """An attempt met the course's criterion. The id is that of the statement."""

    id = models.UUIDField(primary_key=True, editable=False)
    attempt = models.OneToOneField("learning.Attempt", on_delete=models.PROTECT, related_name="completion")
    # What the attempt's enrolment says as well: who asks how a thousand people stand asks this table alone.
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    course = models.ForeignKey("content.Course", on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.CharField(max_length=64)
    score = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    """From 0 to 1; null where the course has no test."""
    completed_at = models.DateTimeField()

    class Meta:
        """How completions are looked for: those of a person, of one course."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "course", "-completed_at"], name="completions_of_a_person"),
        ]

    def __str__(self) -> str:
        """Return what is completed."""
        return f"completion of {self.attempt_id}"


class Reflection(models.Model):
    """
    What somebody wrote for themselves. Private, may be changed at any time, and never part of the record: the
    statement says only that something was written.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    attempt = models.ForeignKey("learning.Attempt", on_delete=models.PROTECT, related_name="reflections")
    card = models.CharField(max_length=100)
    text = models.TextField(max_length=10_000)
    written_at = models.DateTimeField()

    class Meta:
        """One text for each card."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["attempt", "card"], name="reflection_is_kept_once"),
        ]

    def __str__(self) -> str:
        """Return whose it is, and nothing of what it says."""
        return f"reflection on {self.card} of {self.attempt_id}"
