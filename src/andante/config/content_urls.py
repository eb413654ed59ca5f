"""Every address of the content host. What is not listed here does not exist there."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from andante.people import policy

# Whoever types the address of the content host by mistake finds the way.
to_application = policy.public(RedirectView.as_view(url=f"{settings.ENVIRONMENT.base_url}/"))

urlpatterns = [path("", to_application), path("", include("andante.pages.media.urls"))]

handler500 = "andante.config.outages.failed"
