from django.apps import AppConfig


class AuthorConfig(AppConfig):
    """What authors see: how their courses do, in words, and what to mend first."""

    name = "andante.pages.author"
    label = "author"
