"""Beginning to take a course."""

from uuid import UUID

import pytest

from andante.content.tests.folders import change
from andante.kernel.ids import CourseId, PersonId
from andante.kernel.principals import system_principal
from andante.learning import operations
from andante.learning.models import Attempt, Enrolment
from andante.learning.tests.fixtures import MONDAY, NIGHT_CALL, NIGHT_CALL_FOLDER, Learner, publish
from andante.learning.tests.reading import acts_of, facts_of
from andante.ledger.vocabulary import EXT_BY, EXT_VERSION

OFFICE = system_principal("tests")


def enrol(person: PersonId, course: CourseId = NIGHT_CALL) -> UUID:
    return operations.enrol_person(person=person, course=course, by=OFFICE, at=MONDAY)


class TestEnrolPerson:
    def test_enrols_without_beginning(self, night_call, amara):
        registration = enrol(amara.person)

        row = Enrolment.objects.get()
        assert (row.id, row.person_id, row.course_id) == (registration, amara.person, "night-call")
        assert not Attempt.objects.exists()

    def test_says_in_the_record_who_did_it(self, night_call, amara):
        enrol(amara.person)

        (fact,) = facts_of(Learner(amara.person, amara.account))
        assert fact.extensions[EXT_BY] == OFFICE
        assert fact.timestamp == MONDAY

    def test_changes_nothing_when_the_person_is_enrolled(self, night_call, amara):
        assert enrol(amara.person) == enrol(amara.person)
        assert len(facts_of(Learner(amara.person, amara.account))) == 1

    def test_is_refused_for_a_person_whom_nobody_knows(self, night_call):
        with pytest.raises(operations.PersonUnknown):
            enrol(PersonId(UUID(int=5)))

    def test_is_refused_for_a_course_that_is_not_published(self, amara):
        with pytest.raises(operations.CourseUnknown):
            enrol(amara.person, CourseId("no-such-course"))


class TestStartAttempt:
    def test_enrols_whoever_is_not_enrolled_and_fixes_the_version(self, night_call, amara):
        learner = Learner(amara.person, amara.account).start()

        assert acts_of(learner) == ["registered course", "initialized course"]
        assert Attempt.objects.get().version_id == night_call.version
        assert facts_of(learner)[1].extensions[EXT_VERSION] == night_call.version

    def test_keeps_the_enrolment_that_an_administrator_made(self, night_call, amara):
        registration = enrol(amara.person)

        learner = Learner(amara.person, amara.account).start()

        assert Attempt.objects.get().enrolment_id == registration
        assert acts_of(learner) == ["registered course", "initialized course"]

    def test_goes_on_where_one_was_when_it_is_begun_again(self, learner):
        before = acts_of(learner)
        learner.start()
        assert acts_of(learner) == before

    def test_is_refused_for_a_course_that_is_not_published(self, amara):
        with pytest.raises(operations.CourseUnknown):
            Learner(amara.person, amara.account, CourseId("no-such-course")).start()


class TestVersions:
    def test_a_learner_finishes_the_version_that_they_began(self, learner, night_call, tmp_path):
        learner.walk_to("the-sister")
        revised = publish(_revised(tmp_path))

        learner.walk_all().sit_test()

        versions = {fact.extensions.get(EXT_VERSION) for fact in facts_of(learner)[1:]}
        assert versions == {night_call.version}
        assert revised.number == 2

    def test_who_begins_after_a_revision_takes_the_new_version(self, learner, noor, tmp_path):
        revised = publish(_revised(tmp_path))

        Learner(noor.person, noor.account).start()

        assert Attempt.objects.get(enrolment__person=noor.person).version_id == revised.version


def _revised(tmp_path):
    import shutil

    folder = shutil.copytree(NIGHT_CALL_FOLDER, tmp_path / "revised")
    change(folder, "modules/01-answer.md", "Ask the **patient** first", "First, ask the **patient**")
    return folder
