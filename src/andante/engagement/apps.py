from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "andante.engagement"
    label = "engagement"
