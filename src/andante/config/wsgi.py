"""The web server's entry point."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from andante.config.logs import configure_logs

configure_logs(settings.LOGGING)
application = get_wsgi_application()
