"""The web server's entry point."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante.config.settings")

import django
from django.conf import settings

from andante.config.logs import configure_logs
from andante.config.requests import Handler

configure_logs(settings.LOGGING)
django.setup(set_prefix=False)
application = Handler()
