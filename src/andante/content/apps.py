"""The Django application `content`."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Courses, their published versions and the files of these."""

    name = "andante.content"
    label = "content"
    verbose_name = "Content"
