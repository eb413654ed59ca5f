from django.urls import path

from andante.pages.audit.views import inspecting, records, seal

urlpatterns = [
    path("audit/", inspecting.home, name="audit"),
    path("audit/questions/", inspecting.ask, name="audit_ask"),
    path("audit/answers/<uuid:record>/", inspecting.answer, name="audit_answer"),
    path("audit/answers/<uuid:record>/table", inspecting.table, name="audit_table"),
    path("audit/answers/<uuid:record>/evidence", inspecting.evidence, name="audit_evidence"),
    path("audit/people/", inspecting.people, name="audit_people"),
    path("audit/people/<uuid:person>/", inspecting.person, name="audit_person"),
    path("audit/people/<uuid:person>/extract/", records.extract, name="audit_extract"),
    path("audit/records/<uuid:record>/", records.record, name="audit_record"),
    path("seal/", seal.seal, name="seal"),
    path("seal.json", seal.seal_json, name="seal_json"),
    path("seal/checkpoint.txt", seal.checkpoint, name="seal_checkpoint"),
    path("seal/andante_verify.py", seal.verifier, name="seal_verifier"),
]
