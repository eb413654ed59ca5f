from django.urls import path

from andante.pages.audit import views

urlpatterns = [
    path("audit/", views.home, name="audit"),
    path("audit/questions/", views.ask, name="audit_ask"),
    path("audit/answers/<uuid:record>/", views.answer, name="audit_answer"),
    path("audit/answers/<uuid:record>/table", views.table, name="audit_table"),
    path("audit/answers/<uuid:record>/evidence", views.evidence, name="audit_evidence"),
    path("audit/people/", views.people, name="audit_people"),
    path("audit/people/<uuid:person>/", views.person, name="audit_person"),
]
