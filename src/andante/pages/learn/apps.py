from django.apps import AppConfig


class LearnPagesConfig(AppConfig):
    name = "andante.pages.learn"
    label = "pages_learn"
