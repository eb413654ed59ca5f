from django.apps import AppConfig


class LearnConfig(AppConfig):
    """What learners see: home, a course, its cards, the test, the completion."""

    name = "andante.pages.learn"
    label = "learn"
