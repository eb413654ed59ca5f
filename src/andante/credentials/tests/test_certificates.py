"""A completed course brings a certificate, once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from django.db import IntegrityError, connection, connections, transaction

from andante.credentials import operations, queries, reactions
from andante.credentials.apply import EXPLAINED, apply
from andante.credentials.models import Certificate
from andante.credentials.operations import Earned
from andante.credentials.statements import CERTIFICATE_ISSUED, certificate_id
from andante.kernel.principals import system_principal
from andante.learning.models import Completion
from andante.learning.tests.fixtures import NIGHT_CALL_FOLDER, Learner, publish
from andante.ledger import queries as ledger
from andante.ledger.operations import Follower, follow
from andante.ledger.statements import Fact, Kind
from andante.ledger.verification import Projection, verify
from andante.people.tests.fixtures import member

PROJECTIONS = (Projection("credentials", apply, EXPLAINED),)
FOLLOWER = Follower("credentials", reactions.react)


def sealed() -> list[ledger.StoredFact]:
    return ledger.facts(limit=1_000)


def issued() -> list[Fact]:
    """The facts that certificates were issued, sealed or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_statement WHERE verb = %s", [CERTIFICATE_ISSUED])
        return [ledger.fact(id).fact for (id,) in cursor.fetchall()]


@pytest.fixture
def completed(learner, seal) -> Learner:
    """Amara, who has completed the course at 01:58 in Chicago; her record is sealed."""
    learner.walk_all().sit_test()
    seal()
    return learner


@pytest.fixture
def yearly(db, tmp_path, amara) -> Learner:
    """Amara in a course that is to be renewed every year."""
    folder = copytree(NIGHT_CALL_FOLDER, tmp_path / "night-call")
    with (folder / "course.yaml").open("a") as file:
        file.write("valid: 1 year\n")
    publish(Path(folder))
    return Learner(amara.person, amara.account).start()


class TestReact:
    def test_issues_a_certificate_for_a_completion(self, completed, night_call):
        reactions.react(sealed())

        (certificate,) = queries.certificates(completed.person)
        completion = Completion.objects.get()
        assert certificate.id == certificate_id(completion.id)
        assert (certificate.course, certificate.version) == ("night-call", night_call.version)
        assert certificate.completed_at == certificate.issued_at == completion.completed_at
        assert certificate.percent == 100
        assert certificate.expires_at is None
        assert queries.certificate_of(completion.id) == certificate

    def test_writes_a_fact_without_a_name_on_it(self, completed):
        reactions.react(sealed())
        (fact,) = issued()
        assert fact.object == f"person:{completed.person}"
        assert fact.body["by"] == "system:credentials"
        assert "Amara" not in str(fact.body)

    def test_says_when_it_expires_where_the_course_does(self, yearly, seal):
        yearly.walk_all().sit_test()
        seal()
        reactions.react(sealed())
        (certificate,) = queries.certificates(yearly.person)
        assert certificate.completed_at == datetime(2026, 1, 12, 7, 58, tzinfo=UTC)
        assert certificate.expires_at == datetime(2027, 1, 12, 7, 58, tzinfo=UTC)
        assert certificate.is_valid(datetime(2027, 1, 12, 7, 57, tzinfo=UTC))
        assert not certificate.is_valid(certificate.expires_at)

    def test_changes_nothing_when_it_is_repeated(self, completed):
        reactions.react(sealed())
        before = Certificate.objects.values_list().get()
        reactions.react(sealed())
        reactions.react(sealed()[-1:])
        assert Certificate.objects.values_list().get() == before
        assert len(issued()) == 1

    def test_issues_none_before_the_course_is_completed(self, learner, seal):
        learner.walk_all().start_test()
        seal()
        reactions.react(sealed())
        assert not Certificate.objects.exists()

    def test_issues_none_for_a_completion_that_somebody_else_sent(self, completed):
        (ours,) = [stored for stored in sealed() if stored.fact.id == Completion.objects.get().id]
        foreign = Fact(
            ours.fact.id,
            Kind.STATEMENT,
            ours.fact.timestamp,
            {**ours.fact.body, "authority": {"objectType": "Agent", "mbox": "mailto:lms@example.org"}},
        )
        reactions.react([ledger.StoredFact(foreign, ours.stored, ours.seq)])
        assert not Certificate.objects.exists()


class TestApply:
    def test_tells_the_row_again_from_the_fact(self, yearly, seal):
        yearly.walk_all().sit_test()
        seal()
        reactions.react(sealed())
        before = Certificate.objects.values_list().get()
        Certificate.objects.all().delete()
        for fact in issued():
            apply(fact)
        assert Certificate.objects.values_list().get() == before


class TestACertificate:
    @pytest.fixture
    def certificate(self, completed):
        reactions.react(sealed())
        return queries.certificates(completed.person)[0]

    def test_is_found_by_its_code_however_it_is_typed(self, certificate):
        assert queries.by_code(f" {certificate.grouped_code.lower()} ") == certificate
        assert queries.by_code(certificate.code) == certificate

    @pytest.mark.parametrize("typed", ["", "x", "ACDEFGHJKMNPQRTVWXY3", "\x00", "' OR 1=1 --"])
    def test_is_not_found_by_another_code(self, certificate, typed):
        assert queries.by_code(typed) is None

    def test_is_its_holder_s_alone(self, certificate, amara, noor):
        assert queries.certificate(certificate.id, person=amara.person) == certificate
        assert queries.certificate(certificate.id, person=noor.person) is None
        assert queries.certificates(noor.person) == []

    def test_is_being_prepared_until_it_is_issued_and_only_for_its_holder(self, completed, noor):
        id = certificate_id(Completion.objects.get().id)
        assert queries.is_being_prepared(id, person=completed.person)
        assert not queries.is_being_prepared(id, person=noor.person)
        assert not queries.is_being_prepared(Completion.objects.get().id, person=completed.person)


class TestAtOnce:
    """With real commits."""

    @pytest.fixture
    def committed(self, own_database, sealer) -> Learner:
        publish(NIGHT_CALL_FOLDER)
        amara = member("Amara Okafor", "America/Chicago")
        learner = Learner(amara.person, amara.account).start()
        learner.walk_all().sit_test()
        seal_committed(sealer)
        return learner

    @pytest.fixture
    def earned(self, committed) -> Earned:
        completion = Completion.objects.select_related("attempt__enrolment").get()
        return Earned(
            completion.id, committed.person, committed.course, completion.version, completed_at=completion.completed_at
        )

    def test_two_workers_issue_it_once(self, committed):
        told = in_parallel(lambda: follow(FOLLOWER), times=2)
        assert sorted(bool(number) for number in told) == [False, True]
        assert len(issued()) == Certificate.objects.count() == 1

    def test_many_who_issue_it_issue_it_once(self, earned):
        def issue() -> int:
            return operations.issue_certificates(earned=[earned], by=system_principal("tests"))

        assert sorted(in_parallel(issue, times=8)) == [0] * 7 + [1]
        assert len(issued()) == Certificate.objects.count() == 1

    def test_a_worker_that_dies_in_the_middle_leaves_nothing_and_the_next_one_issues_it(self, committed):
        def die(facts):
            reactions.react(facts)
            raise SystemExit

        with pytest.raises(SystemExit):
            follow(Follower("credentials", die))
        assert (len(issued()), Certificate.objects.count()) == (0, 0)

        assert follow(FOLLOWER)
        assert follow(FOLLOWER) == 0
        assert (len(issued()), Certificate.objects.count()) == (1, 1)

    def test_a_certificate_of_its_own_completion_only(self, earned, committed):
        """The database itself refuses a second one, whatever runs into it."""
        follow(FOLLOWER)
        row = Certificate.objects.get()
        row.id, row.code = certificate_id(row.id), "A" * 20
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)

    @pytest.mark.parametrize(
        "forgery",
        [
            "UPDATE credentials_certificate SET expires_at = '2099-01-01'",
            "UPDATE credentials_certificate SET code = 'AAAAAAAAAAAAAAAAAAAA'",
            "UPDATE credentials_certificate SET id = gen_random_uuid()",
            "DELETE FROM credentials_certificate",
        ],
    )
    def test_verify_finds_one_that_no_fact_explains(self, committed, sealer, owner_connection, forgery):
        follow(FOLLOWER)
        seal_committed(sealer)
        assert verify(PROJECTIONS).findings == []

        assert owner_connection.execute(forgery).rowcount == 1

        assert {finding.where.split()[0] for finding in verify(PROJECTIONS).findings} == {"credentials_certificate"}


def seal_committed(sealer) -> None:
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        sealer.seal(cursor)


def in_parallel(act, *, times: int) -> list[int]:
    start = threading.Barrier(times)

    def run(_: int) -> int:
        try:
            start.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
