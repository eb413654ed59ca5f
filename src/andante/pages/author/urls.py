from django.urls import path

from andante.pages.author import views

urlpatterns = [
    path("author/", views.home, name="author"),
    path("author/courses.csv", views.courses_csv, name="author_courses_csv"),
    path("author/courses/<slug:course>/", views.course, name="author_course"),
    path("author/courses/<slug:course>/<slug:table>.csv", views.table_csv, name="author_table_csv"),
]
