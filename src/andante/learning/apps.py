from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "andante.learning"
    label = "learning"
