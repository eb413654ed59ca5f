"""What the worker does with a reminder, against a real mail server."""

import email
import email.policy
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from andante.engagement import operations, queries, tasks
from andante.engagement.apply import EXPLAINED, UNEXPLAINED, apply
from andante.engagement.models import Nudge
from andante.engagement.queries import NotSent
from andante.engagement.tests.fixtures import zone_where_it_is
from andante.ledger import queries as ledger
from andante.ledger.verification import Projection, verify
from andante.obligations.tests.organisation import OFFICE, complete
from andante.people import operations as people


@pytest.fixture
def asked(nurses_team) -> Nudge:
    """Siobhán has asked to remind Ada."""
    return ask(nurses_team, nurses_team.ada)


def ask(team, person) -> Nudge:
    operations.nudge(
        manager=team.manager.person, people=[person], by=team.by, at=team.now, note="I am on the ward until six."
    )
    return Nudge.objects.get(person=person)


def deliver(nudge: Nudge, team, *, after=timedelta(minutes=1), last_try=False):
    return operations.deliver(nudges=[nudge.id], at=team.now + after, last_try=last_try)


def read(envelope):
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def outcome(nudge: Nudge) -> str:
    nudge.refresh_from_db()
    return "sent" if nudge.sent_at else nudge.not_sent_because or "waits"


def answer_of_server(nudge: Nudge) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM ledger_statement WHERE verb = 'nudge-not-sent'")
        ((id,),) = cursor.fetchall()
    return ledger.fact(id).fact.body["new"]["answer"]


class TestTheMail:
    def test_says_what_by_when_why_and_where(self, asked, nurses_team, mail_server):
        deliver(asked, nurses_team)

        (envelope,) = mail_server.taken
        mail = read(envelope)
        assert envelope.rcpt_tos == ["ada@example.org"]
        assert mail["To"] == "ada@example.org"
        assert mail["Message-ID"] == f"<{asked.id}.reminder@localhost>"
        assert mail["Subject"].startswith("Overdue since ")
        for part in ("plain", "html"):
            text = mail.get_body((part,)).get_content()
            assert "Night call for nurses" in text
            assert "was due on" in text
            assert "Etc/GMT" in text
            assert "because you are a nurse in Chicago since" in text
            assert "http://localhost:8000/courses/night-call/" in text
            assert "I am on the ward until six." in text
            assert "Siobhán Walsh asks you" in text

    def test_of_two_duties_names_both(self, nurses_team, mail_server):
        from andante.engagement.tests.fixtures import NURSES
        from andante.obligations import operations as obligations
        from andante.obligations.tests.organisation import require

        require(
            NURSES.replace("night-call-nurses", "ward-rules").replace("Night call for nurses", "Ward rules & keys"),
            at=nurses_team.now - timedelta(days=20),
            evaluate=False,
        )
        obligations.evaluate(at=nurses_team.now)
        operations.nudge(
            manager=nurses_team.manager.person, people=[nurses_team.ada], by=nurses_team.by, at=nurses_team.now
        )
        operations.deliver(nudges=list(Nudge.objects.values_list("id", flat=True)), at=nurses_team.now, last_try=False)

        (envelope,) = mail_server.taken
        assert read(envelope)["Subject"] == "Waiting for you: 2 courses"
        assert "Ward rules & keys" in read(envelope).get_body(("plain",)).get_content()
        assert Nudge.objects.filter(sent_at__isnull=False).count() == 2

    def test_goes_once(self, asked, nurses_team, mail_server):
        for _ in range(3):
            deliver(asked, nurses_team)
        assert len(mail_server.taken) == 1
        assert outcome(asked) == "sent"

    def test_goes_once_more_under_the_same_id_when_the_record_of_it_was_lost(self, asked, nurses_team, mail_server):
        with transaction.atomic():
            deliver(asked, nurses_team)
            transaction.set_rollback(True)
        assert outcome(asked) == "waits"
        deliver(asked, nurses_team)
        assert len({read(envelope)["Message-ID"] for envelope in mail_server.taken}) == 1
        assert len(mail_server.taken) == 2


class TestAServerThatDoesNotTakeIt:
    def test_is_tried_again_when_it_was_down(self, asked, nurses_team, mail_server):
        mail_server.down()
        with pytest.raises(OSError, match="refused"):
            deliver(asked, nurses_team)
        assert outcome(asked) == "waits"

        mail_server.up()
        deliver(asked, nurses_team)
        assert len(mail_server.taken) == 1
        assert outcome(asked) == "sent"

    def test_is_given_up_in_the_end(self, asked, nurses_team, mail_server):
        mail_server.down()
        deliver(asked, nurses_team, last_try=True)
        assert outcome(asked) == "unreachable"
        mail_server.up()
        deliver(asked, nurses_team)
        assert mail_server.taken == []

    @pytest.mark.parametrize("refuses", ["answer_to_recipient", "answer_to_data"])
    def test_for_good_is_not_tried_again(self, asked, nurses_team, mail_server, refuses):
        setattr(mail_server.post, refuses, "550 5.1.1 No such user here")
        deliver(asked, nurses_team)
        assert outcome(asked) == NotSent.REFUSED
        assert answer_of_server(asked) == "550 5.1.1 No such user here"

        setattr(mail_server.post, refuses, "250 OK" if refuses == "answer_to_data" else None)
        deliver(asked, nurses_team)
        assert mail_server.taken == []

    @pytest.mark.parametrize("refuses", ["answer_to_recipient", "answer_to_data"])
    def test_for_now_is_tried_again(self, asked, nurses_team, mail_server, refuses):
        setattr(mail_server.post, refuses, "451 4.7.1 Try again later")
        with pytest.raises(OSError):  # noqa: PT011 - smtplib's, of two kinds
            deliver(asked, nurses_team)
        assert outcome(asked) == "waits"


class TestWhatChangedInTheMeantime:
    def test_that_it_was_done(self, asked, nurses_team, mail_server):
        complete(nurses_team.ada, nurses_team.now)
        deliver(asked, nurses_team)
        assert (outcome(asked), mail_server.taken) == ("done", [])

    def test_that_the_person_went_on_leave(self, asked, nurses_team, mail_server):
        nurses_team.organisation.place(nurses_team.ada, on=(nurses_team.now - timedelta(days=2)).date(), status="leave")
        deliver(asked, nurses_team)
        assert (outcome(asked), mail_server.taken) == ("away", [])

    def test_that_there_is_no_address_any_more(self, asked, nurses_team, mail_server):
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, email=None)
        deliver(asked, nurses_team)
        assert (outcome(asked), mail_server.taken) == ("no-address", [])

    def test_that_it_is_night(self, asked, nurses_team, mail_server):
        night = zone_where_it_is(23, nurses_team.now)
        people.change_person(person=nurses_team.ada, by=OFFICE, at=nurses_team.now, time_zone=night)
        later = deliver(asked, nurses_team)
        assert later > nurses_team.now + timedelta(hours=7)
        assert (outcome(asked), mail_server.taken) == ("waits", [])

    def test_that_somebody_else_asked_for_the_last_try(self):
        waits = [tasks.wait(attempts) for attempts in range(tasks.MOST_RETRIES)]
        assert waits[:5] == [10, 40, 160, 640, 900]
        assert 12 * 3600 < sum(waits) < 14 * 3600


class TestTheLastReminders:
    def test_are_told_with_what_became_of_them(self, asked, nurses_team, mail_server):
        deliver(asked, nurses_team)
        (told,) = queries.nudges(person=nurses_team.ada)
        assert (told.manager_name, told.title) == ("Siobhán Walsh", "Night call for nurses")
        assert told.sent_at == nurses_team.now + timedelta(minutes=1)
        assert told.not_sent_because is None


class TestApply:
    def test_tells_the_row_again_from_the_facts(self, asked, nurses_team, mail_server):
        mail_server.post.answer_to_recipient = "550 No"
        deliver(asked, nurses_team)
        before = Nudge.objects.values_list().get()
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM ledger_statement WHERE verb LIKE 'nudge-%' ORDER BY timestamp")
            ids = [id for (id,) in cursor.fetchall()]
        Nudge.objects.all().delete()
        for id in ids:
            apply(ledger.fact(id).fact)
        assert Nudge.objects.values_list().get() == before


class TestTheWorker:
    """The real one, with real commits."""

    def test_tries_again_when_the_server_was_down_and_sends_once(self, committed_team, mail_server):
        nudge = ask(committed_team, committed_team.ada)
        mail_server.down()
        work()
        job = ProcrastinateJob.objects.get(task_name="engagement.deliver")
        assert (job.status, job.attempts, outcome(nudge)) == ("todo", 1, "waits")
        assert job.scheduled_at is not None

        mail_server.up()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id = %s", [job.id])
        work()
        work()
        assert len(mail_server.taken) == 1
        assert outcome(nudge) == "sent"

    @pytest.mark.parametrize(
        "forgery",
        [
            "UPDATE engagement_nudge SET sent_at = now()",
            "UPDATE engagement_nudge SET note = 'Hurry up'",
            "DELETE FROM engagement_nudge",
        ],
    )
    def test_verify_finds_a_row_that_no_fact_explains(self, committed_team, sealer, owner_connection, forgery):
        ask(committed_team, committed_team.ada)
        with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
            while sealer.seal(cursor):
                pass
        assert found() == set()

        assert owner_connection.execute(forgery).rowcount == 1

        assert found() == {"engagement_nudge"}


def found() -> set[str]:
    """Where `andante verify` finds something."""
    own = Projection("engagement", apply, EXPLAINED, UNEXPLAINED)
    return {finding.where.split()[0] for finding in verify([own]).findings}


def work() -> None:
    """Let a worker do what is to be done now, and end."""
    import asyncio

    async def _work() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as ready:
            async with ready.open_async():
                await ready.run_worker_async(wait=False, delete_jobs="successful", install_signal_handlers=False)

    asyncio.run(_work())
