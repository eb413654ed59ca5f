"""Every address of the application's host. What is not listed here does not exist."""

from django.urls import include, path

from andante.config import health

urlpatterns = [
    path("", include("andante.pages.learn.urls")),
    path("", include("andante.pages.author.urls")),
    path("", include("andante.pages.manage.urls")),
    path("", include("andante.pages.account.urls")),
    path("", include("andante.pages.admin.urls")),
    path("", include("andante.pages.audit.urls")),
    path("", include("andante.pages.design.urls")),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
]

handler500 = "andante.config.outages.failed"
