"""Rows about certificates, all explained by facts and written by `apply` alone."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Certificate(models.Model):
    """What a person can show of a completed course. The id is that of the fact; never changed."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="certificates")
    course = models.ForeignKey("content.Course", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("content.CourseVersion", on_delete=models.PROTECT, related_name="+")
    completion = models.OneToOneField("learning.Completion", on_delete=models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=20, unique=True)
    """What the holder gives to whoever should check it: see `rules`."""
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    """Null where the course says that its completion does not expire."""

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("issued_at")),
                name="certificate_expires_after_it_is_issued",
            ),
        ]

    def __str__(self) -> str:
        """Return which certificate it is, and not its code."""
        return f"certificate {self.id}"
