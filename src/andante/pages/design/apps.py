from django.apps import AppConfig


class DesignConfig(AppConfig):
    """Base templates, components, icons and the living style page. Knows nothing of learning."""

    name = "andante.pages.design"
    label = "design"
