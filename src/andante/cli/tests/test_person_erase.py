"""`andante person erase`: nothing in the database names the person any more, and everything still agrees."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from andante.cli.people import person
from andante.credentials import queries as credentials
from andante.evidence import operations as handing_out
from andante.evidence import queries as evidence
from andante.evidence.tests.ledgers import verify as checked_by_the_auditor
from andante.kernel import clock
from andante.kernel.principals import cli_principal
from andante.learning import operations as learning
from andante.learning.models import Reflection
from andante.learning.tests.fixtures import NIGHT_CALL, NIGHT_CALL_FOLDER, Learner, publish
from andante.ledger.operations import follow
from andante.ledger.verification import verify
from andante.people import operations
from andante.people.tests.fixtures import LONG_AGO, TESTS, Member, member

NAMES = ("Hopper", "hopper", "N-1906", "home.example")
LAW = ("--law", "GDPR Art. 17(1)(a)", "--why", "She asked")


@pytest.fixture
def grace(own_database, seal) -> Member:
    """Somebody who worked here, completed a course, wrote for herself, was given a certificate, and left."""
    operations.create_unit(
        path="chicago", name="Chicago", kind="site", time_zone="America/Chicago", by=TESTS, at=LONG_AGO
    )
    operations.create_job(id="nurse", name="Nurse", by=TESTS, at=LONG_AGO)
    grace = member("Grace Hopper", "America/Chicago")
    operations.change_person(person=grace.person, number="N-1906", email="g@home.example", by=TESTS, at=LONG_AGO)
    for day, status in ((date(2026, 1, 5), "active"), (date(2026, 3, 1), "left")):
        operations.place_person(
            person=grace.person,
            unit="chicago",
            job="nurse",
            manager=None,
            effective_on=day,
            status=status,
            by=TESTS,
            at=LONG_AGO,
        )
    publish(NIGHT_CALL_FOLDER)
    learner = Learner(grace.person, grace.account).start()
    learner.walk_all()
    learner.sit_test()
    seal()
    go_on()
    seal()
    go_on()
    return grace


def go_on() -> None:
    """Let the worker tell followers what is new."""
    for follower in import_string(f"{settings.ANDANTE_COMPOSITION}.FOLLOWERS"):
        while follow(follower):
            pass


def run(*arguments: str, typed: str = ""):
    return CliRunner().invoke(person, ["erase", *arguments], input=typed, catch_exceptions=False)


def tables_that_name_her() -> set[str]:
    """Every table of the database in whose rows one of her names stands, whatever the column."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            "AND NOT relispartition AND has_table_privilege(oid, 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}" t WHERE t::text ~ %s)', ["|".join(NAMES)])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def codes(who: Member) -> list[str]:
    return [each.code for each in credentials.certificates(who.person)]


class TestErase:
    def test_leaves_no_name_anywhere_and_the_evidence_of_learning_everywhere(self, grace, seal):
        assert tables_that_name_her() >= {"people_person", "people_account", "ledger_body"}
        assert Reflection.objects.exists()
        held = codes(grace)
        assert held

        done = run("grace.hopper", *LAW, "--yes")
        assert done.exit_code == 0, done.output
        seal()
        go_on()

        assert tables_that_name_her() == set()
        assert not Reflection.objects.exists()
        assert codes(grace) == held
        report = verify(import_string(f"{settings.ANDANTE_COMPOSITION}.PROJECTIONS"))
        assert report.findings == []
        assert report.erased == 3

    def test_leaves_an_extract_that_still_verifies(self, grace, seal, tmp_path):
        run("grace.hopper", *LAW, "--yes")
        seal()
        path = tmp_path / "extract.json"
        with handing_out.export_extract(person=grace.person, by=cli_principal(), at=clock.now()).file as file:
            path.write_bytes(file.read())

        told = json.loads(path.read_text())

        verdict = checked_by_the_auditor(path)
        assert verdict.told["result"] == "verified", verdict.sentences
        assert sum(record["body"] is None for record in told["records"]) == 3
        assert not any(name in path.read_text() for name in NAMES)

    def test_is_told_to_auditors_in_words(self, grace, seal):
        run("grace.hopper", *LAW, "--yes")

        told = [(each.sentence, each.by) for each in evidence.concerning(grace.person, limit=3)]
        name = cli_principal().partition(":")[2]
        assert ("Name, number, addresses and logins of a person erased", f"{name}, at the command line") in told

    def test_asks_for_the_name_and_says_what_goes_and_what_stays(self, grace):
        refused = run("grace.hopper", *LAW, typed="Grace\n")

        assert refused.exit_code == 1
        assert "Goes:  the name Grace Hopper, the number N-1906, the address g@home.example" in refused.output
        assert "Stays: what they learned and where they worked" in refused.output
        assert "Nothing was erased" in refused.output
        assert run("grace.hopper", *LAW, typed="Grace Hopper\n").exit_code == 0

    def test_of_who_works_here_is_refused_in_a_sentence(self, own_database, seal, grace):
        operations.place_person(
            person=grace.person,
            unit="chicago",
            job="nurse",
            manager=None,
            effective_on=date(2026, 4, 1),
            by=TESTS,
            at=datetime(2026, 4, 1, tzinfo=UTC),
        )
        done = run(str(grace.person), *LAW, "--yes")

        assert done.exit_code == 1
        assert "Record first from which day on they have left." in done.output


class TestRemovingReflections:
    def test_leaves_those_of_others(self, own_database):
        publish(NIGHT_CALL_FOLDER)
        grace, amara = member("Grace Hopper", "UTC"), member("Amara Okafor", "UTC")
        for someone in (grace, amara):
            Learner(someone.person, someone.account, NIGHT_CALL).start().walk_all()
        before = Reflection.objects.count()

        assert learning.remove_reflections(person=grace.person) == before / 2
        assert learning.remove_reflections(person=grace.person) == 0
        assert Reflection.objects.count() == before / 2
