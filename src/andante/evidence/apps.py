"""The Django application `evidence`."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """Bundles. It keeps no rows."""

    name = "andante.evidence"
    label = "evidence"
    verbose_name = "Evidence"
