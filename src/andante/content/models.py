"""Published courses: immutable versions, each a list of files, each file kept once under its hash."""

from django.db import models


class Course(models.Model):
    """A course, and the version that new attempts take."""

    id = models.CharField(primary_key=True, max_length=64)
    current = models.ForeignKey("content.CourseVersion", on_delete=models.PROTECT, null=True, related_name="current_of")

    def __str__(self) -> str:
        return self.id


class CourseVersion(models.Model):
    """One published state of a course, named by the hash of all its files."""

    hash = models.CharField(primary_key=True, max_length=64)
    course = models.ForeignKey("content.Course", on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="content_version_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="content_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.number}"


class Blob(models.Model):
    """
    The bytes of a file. The database itself checks on insert that they have the hash that is their name.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.PositiveBigIntegerField()
    data = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class VersionFile(models.Model):
    """A file of a version: its path in the course's folder, and its bytes."""

    id = models.UUIDField(primary_key=True)
    version = models.ForeignKey("content.CourseVersion", on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=500)
    blob = models.ForeignKey("content.Blob", on_delete=models.PROTECT, related_name="uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "path"], name="content_file_once_a_version"),
        ]

    def __str__(self) -> str:
        return self.path
