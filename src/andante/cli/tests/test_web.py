"""`andante web`, before it forks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from andante.cli.tests.test_processes import environment

BEFORE_THE_FORK = """
import json, sys, threading
from django.db import connections
from andante.cli.web import import_application

import_application()
imported = set(sys.modules)
from django.urls import get_resolver
from django.conf import settings
hosts = settings.ROOT_URLCONF, settings.CONTENT_URLCONF
views = [pattern for addresses in hosts for pattern in get_resolver(addresses).url_patterns]
print(json.dumps({
    "later": sorted(name for name in set(sys.modules) - imported if name.startswith(("andante.", "allauth."))),
    "views": len(views),
    "threads": threading.active_count(),
    "connected": [each.alias for each in connections.all(initialized_only=True) if each.connection],
}))
"""


@pytest.mark.slow
class TestTheProcessThatOthersAreForkedFrom:
    def test_has_imported_every_view_and_holds_no_connection_or_thread(self, tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", BEFORE_THE_FORK],
            env=environment(tmp_path, 1, DJANGO_SETTINGS_MODULE="andante.config.settings"),
            cwd=Path(__file__).parents[4],
            capture_output=True,
            text=True,
            check=True,
        )

        found = json.loads(done.stdout.splitlines()[-1])
        assert found.pop("views") > 1
        assert found == {"later": [], "threads": 1, "connected": []}
