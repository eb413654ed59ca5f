"""Every address of the application's host. What is not listed here does not exist."""

from django.urls import include, path

from andante.config import health

urlpatterns = [
    # Looked through in this order, so what is asked most stands first.
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("andante.pages.learn.urls")),
    path("", include("andante.pages.author.urls")),
    path("", include("andante.pages.manage.urls")),
    path("", include("andante.pages.account.urls")),
    path("", include("andante.pages.admin.urls")),
    path("", include("andante.pages.audit.urls")),
    path("", include("andante.pages.design.urls")),
]

handler500 = "andante.config.outages.failed"
