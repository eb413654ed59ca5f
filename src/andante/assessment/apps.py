from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "andante.assessment"
    label = "assessment"
