from django.urls import path

from andante.pages.learn.views import cards, certificates, courses, proofs, sittings, verifying

urlpatterns = [
    path("", courses.home, name="home"),
    path("courses/<slug:course>/", courses.course, name="course"),
    path("courses/<slug:course>/start", courses.start, name="course_start"),
    path("courses/<slug:course>/again", courses.again, name="course_again"),
    path("courses/<slug:course>/resume", courses.resume, name="course_resume"),
    path("courses/<slug:course>/cards/<slug:card>/", cards.card, name="card"),
    path("courses/<slug:course>/test/", sittings.test, name="test"),
    path("courses/<slug:course>/test/<int:position>/", sittings.item, name="test_item"),
    path("courses/<slug:course>/completion/", courses.completion, name="completion"),
    path("record/", certificates.record, name="record"),
    path("record/held/", proofs.held, name="held"),
    path("record/held/<uuid:record>/", proofs.own_record, name="own_record"),
    path("certificates/<uuid:certificate>/", certificates.certificate, name="certificate"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/<str:code>/", verifying.verify_code, name="verify_code"),
]
