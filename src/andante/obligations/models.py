"""
Rows about what people must hold. All but `CurrentDuty` and `Look` are explained by facts and written by `apply` alone.

Whether a duty is done, due or overdue is no column: it follows from completions and the clock, when it is asked.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Requirement(models.Model):
    """A rule, by the id that its authors gave it."""

    id = models.CharField(primary_key=True, max_length=64)
    revision = models.PositiveIntegerField()
    """Number of the newest revision."""
    withdrawn = models.BooleanField()
    """Whether that one withdrew it."""

    def __str__(self) -> str:
        """Return the id."""
        return self.id


class RequirementRevision(models.Model):
    """The rule as it was applied once, or its withdrawal. The id is that of the fact."""

    id = models.UUIDField(primary_key=True, editable=False)
    requirement = models.ForeignKey("obligations.Requirement", on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    form = models.JSONField(null=True)
    """As it was sealed; null for a withdrawal."""
    any_version = models.BooleanField()
    """Whether every version of the course counts; else those of `AcceptedVersion`."""
    applied_at = models.DateTimeField()
    applied_by = models.CharField(max_length=100)
    why = models.TextField(blank=True)

    class Meta:
        """Revisions of a requirement are numbered from 1."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["requirement", "number"], name="requirement_revision_is_given_once"),
        ]

    def __str__(self) -> str:
        """Return which revision it is."""
        return f"{self.requirement_id} {self.number}"


class AcceptedVersion(models.Model):
    """A version of the course that counts for a revision. A version that is published later may join."""

    id = models.UUIDField(primary_key=True, editable=False)
    revision = models.ForeignKey("obligations.RequirementRevision", on_delete=models.PROTECT, related_name="accepted")
    version = models.CharField(max_length=64)
    fact = models.UUIDField()
    """Id of the fact that says so."""

    class Meta:
        """A version counts, or it does not."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["revision", "version"], name="version_is_accepted_once"),
        ]

    def __str__(self) -> str:
        """Return what counts for what."""
        return f"{self.version} for {self.revision_id}"


class Assignment(models.Model):
    """
    One duty of one person. The id follows from the requirement, the person, and the beginning or what is renewed.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    requirement = models.ForeignKey("obligations.Requirement", on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="assignments")
    revision = models.PositiveIntegerField()
    """Number of the first revision with the terms that hold for it."""
    begins_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    renews = models.UUIDField(null=True)
    """The completion whose validity comes to its end; null for the first duty."""
    assigned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    step = models.PositiveIntegerField()
    """How many facts there are about it. Their ids are made of this number, so that a repeated one is no new one."""

    class Meta:
        """How duties are looked for: those of a person that stand."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person"], name="duties_that_stand", condition=models.Q(withdrawn_at__isnull=True)),
            models.Index(fields=["requirement"], name="duties_of_requirement"),
        ]

    def __str__(self) -> str:
        """Return whose duty it is."""
        return f"{self.requirement_id} of {self.person_id}"


class CurrentDuty(models.Model):
    """
    A duty that stands, with the newest completion that counts for it. The id is the assignment's.

    No fact explains it: the evaluator makes it from the rows of duties, rules and completions (`current`), for lists of
    many people. Nothing is decided by it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person_id = models.UUIDField(db_index=True)
    requirement_id = models.CharField(max_length=64)
    course = models.CharField(max_length=64)
    begins_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    renewable_at = models.DateTimeField(null=True)
    """From when a valid completion may be renewed."""

    def __str__(self) -> str:
        """Return whose duty it is."""
        return f"{self.requirement_id} of {self.person_id}"


class Crew(models.Model):
    """Who is to work together: a line or a ward, for one shift."""

    id = models.UUIDField(primary_key=True, editable=False)
    unit = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="crews")
    name = models.CharField(max_length=100)
    starts_at = models.DateTimeField(db_index=True)
    ends_at = models.DateTimeField()
    needed = models.PositiveSmallIntegerField()
    requirements = models.JSONField()
    """Ids of what everybody in it must hold."""
    step = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Return which crew it is."""
        return self.name


class CrewMember(models.Model):
    """Somebody is planned for a crew."""

    id = models.UUIDField(primary_key=True, editable=False)
    crew = models.ForeignKey("obligations.Crew", on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    """In the order of the list."""

    class Meta:
        """A person is in a crew once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["crew", "person"], name="person_is_in_a_crew_once"),
        ]

    def __str__(self) -> str:
        """Return who is in what."""
        return f"{self.person_id} in {self.crew_id}"


class Look(models.Model):
    """When the duties of a person are to be looked at next. No fact explains it: it only says what to compute when."""

    person = models.UUIDField(primary_key=True)
    """Zero for everybody."""
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        """Return whom it is about."""
        return f"{self.person} at {self.at}"
