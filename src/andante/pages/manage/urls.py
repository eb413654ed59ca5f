from django.urls import path

from andante.pages.manage import views

urlpatterns = [
    path("team/", views.home, name="team"),
    path("team/remind/", views.remind, name="team_remind"),
    path("team/people/", views.people, name="team_people"),
    path("team/people.csv", views.people_csv, name="team_people_csv"),
    path("team/people/<uuid:person>/", views.person, name="team_person"),
]
