"""Addresses of course media, as `content.addresses` writes them; for the content host only."""

from django.urls import path

from andante.pages.media import views

urlpatterns = [path("media/<str:day>/<str:signature>/<str:name>", views.media, name="media")]
