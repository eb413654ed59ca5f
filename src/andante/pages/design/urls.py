from django.urls import path

from andante.pages.design import views

urlpatterns = [
    path("style/", views.style, name="style"),
    path("style/screens/<slug:screen>/", views.style_screen, name="style_screen"),
]
