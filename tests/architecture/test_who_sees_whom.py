"""
The matrix of roles, routes and parts of the organisation: nobody sees a record that is not theirs, by any id.

Two lines with a lead and an operator each. Everything is asked for with the ids of line B, by everybody. What stands
in `OPENS` is a decision; a route that is not there is closed, and a new one makes the test fail until it is.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from andante.credentials import queries as certificates
from andante.credentials import reactions
from andante.engagement.models import Nudge
from andante.kernel import clock
from andante.ledger import queries as ledger
from andante.ledger.operations import Follower, follow
from andante.obligations import operations as obligations
from andante.obligations import queries as duties
from andante.people import operations as people
from andante.people import policy
from andante.people.tests.fixtures import LONG_AGO, TESTS, Member, member
from tests.architecture.test_routes import EXAMPLES, PUBLIC, is_style, names, routes

LEARNERS = {"outsider", "operator A", "lead A", "operator B", "lead B", "administrator", "auditor", "author"}
LEADS = {"lead A", "lead B"}
ADMINISTRATOR = {"administrator"}
AUTHORS = {"author", "administrator"}
AUDITORS = {"auditor", "administrator"}
OPENS = {
    name: who
    for who, names_of_routes in (
        # One's own learning and sign-in: everybody, and everybody finds their own.
        (LEARNERS, "home course course_start course_again course_resume card test test_item completion record"),
        (LEARNERS, "account account_change_password account_reauthenticate end_other_sign_ins view_as_end mfa_index"),
        (LEARNERS, "mfa_activate_totp mfa_deactivate_totp mfa_reauthenticate mfa_view_recovery_codes"),
        (LEARNERS, "mfa_generate_recovery_codes mfa_download_recovery_codes"),
        # The certificate of operator B.
        ({"operator B"}, "certificate"),
        # What is on record about oneself: everybody finds their own. One record by its id, here of operator B.
        (LEARNERS, "held"),
        ({"operator B"}, "own_record"),
        # How the records are kept honest: about nobody.
        (LEARNERS, "seal seal_json seal_checkpoint seal_verifier"),
        # A team: who leads one. A person of it, here operator B: who leads that person.
        (LEADS, "team team_people team_people_csv team_remind"),
        ({"lead B"}, "team_person"),
        (AUTHORS, "author author_courses_csv author_course author_table_csv"),
        (ADMINISTRATOR, "admin admin_rules admin_rule_new admin_rule_simulate admin_rule_affected admin_rule_apply"),
        (ADMINISTRATOR, "admin_rule admin_rule_change admin_rule_withdraw admin_people admin_import admin_person"),
        (ADMINISTRATOR, "admin_roles admin_close_login admin_view_as admin_erase"),
        (AUDITORS, "admin_changes admin_changes_csv admin_change"),
        (AUDITORS, "audit audit_ask audit_answer audit_table audit_evidence audit_people audit_person"),
        (AUDITORS, "audit_record audit_extract"),
    )
    for name in names_of_routes.split()
}
ROUTES = [
    route
    for route in routes(settings.ROOT_URLCONF)
    if route.name not in PUBLIC and not is_style(route) and route.name not in {"livez", "readyz"}
]
SEES_EVERYBODY = {"administrator", "auditor"}


@dataclass(frozen=True)
class Cast:
    """Everybody by what they are, and what can be asked of operator B."""

    members: dict[str, Member]
    ids: dict[str, str]

    def browser(self, who: str) -> Client:
        from django.contrib.auth import get_user_model

        client = Client(raise_request_exception=True)
        client.force_login(get_user_model().objects.get(pk=self.members[who].account))
        return client

    def address(self, route) -> str:
        """The route's address, asked for what is operator B's."""
        wanted = route.pattern.converters or route.pattern.regex.groupindex
        return reverse(route.name, kwargs={name: self.ids.get(name, EXAMPLES[name]) for name in wanted})


def place(somebody: Member, line: str, manager: Member | None) -> None:
    people.place_person(
        person=somebody.person,
        unit=f"dublin/line-{line}",
        job="operator",
        manager=manager.person if manager else None,
        effective_on=date(2026, 1, 5),
        by=TESTS,
        at=LONG_AGO,
    )


@pytest.fixture
def cast(night_call, learner_of, seal) -> Cast:
    for path, kind in (("dublin", "site"), ("dublin/line-a", "line"), ("dublin/line-b", "line")):
        zone = "Europe/Dublin" if kind == "site" else None
        people.create_unit(path=path, name=path.title(), kind=kind, time_zone=zone, by=TESTS, at=LONG_AGO)
    people.create_job(id="operator", name="Operator", by=TESTS, at=LONG_AGO)
    found = {
        "outsider": member("Otto Sider", "Europe/Dublin"),
        "lead A": member("Lea Adams", "Europe/Dublin"),
        "operator A": member("Oona Abbott", "Europe/Dublin"),
        "lead B": member("Lars Bergqvist", "Europe/Dublin"),
        "operator B": member("Brigid Unmistakable", "Europe/Dublin"),
        "administrator": member("Ada Ministrator", "Europe/Dublin", role="administrator"),
        "auditor": member("Audrey Torr", "Europe/Dublin", role="auditor"),
        "author": member("Arthur Thorne", "Europe/Dublin", role="author"),
    }
    for line in "ab":
        place(found[f"lead {line.upper()}"], line, None)
        place(found[f"operator {line.upper()}"], line, found[f"lead {line.upper()}"])
    form = duties.parse_form(
        "id: night-call\ntitle: Night calls\ncourse: night-call\naudience: {site: dublin}\ndue: {within: 7 days}\n"
    )
    obligations.apply_requirement(form=form, by=TESTS, at=clock.now())
    obligations.evaluate(at=clock.now())
    learner_of(found["operator B"]).walk_all().sit_test()
    seal()
    follow(Follower("credentials", reactions.react), limit=10_000)
    (certificate,) = certificates.certificates(found["operator B"].person)
    ids = {
        "person": str(found["operator B"].person),
        "certificate": str(certificate.id),
        "course": "night-call",
        "card": "own-phone",
        "rule": "night-call",
        "record": str(certificate.completion),
    }
    return Cast(found, ids)


class TestEveryRoute:
    def test_is_a_decision(self):
        assert {route.name for route in ROUTES} == set(OPENS)


@pytest.mark.slow
@pytest.mark.django_db
class TestTheMatrix:
    @pytest.mark.parametrize("who", sorted(LEARNERS))
    def test_opens_to_whom_it_is_meant_for_and_to_nobody_else(self, cast, who):
        browser = cast.browser(who)
        wrong = []
        for route in ROUTES:
            answer = browser.get(cast.address(route))
            refused = answer.status_code in {403, 404}
            if refused == (who in OPENS[route.name]) and not _has_nothing_there(route, answer):
                wrong.append(f"{route.name}: {answer.status_code}")
        assert wrong == []

    @pytest.mark.parametrize("who", sorted(LEARNERS - SEES_EVERYBODY - {"operator B", "lead B"}))
    def test_shows_nobody_of_another_part_by_any_id(self, cast, who):
        browser = cast.browser(who)
        stranger = cast.members["operator B"]
        for route in ROUTES:
            for url in (cast.address(route), f"{cast.address(route)}?person={stranger.person}&unit=dublin/line-b"):
                answer = browser.get(url, follow=True)
                text = b"".join(answer.streaming_content) if answer.streaming else answer.content
                for trace in (stranger.name, stranger.email, stranger.login):
                    assert trace not in text.decode(errors="replace"), url

    @pytest.mark.parametrize("who", sorted(LEARNERS - {"administrator", "auditor", "operator B", "lead B"}))
    def test_changes_nothing_of_anybody_in_another_part(self, cast, who, seal):
        browser = cast.browser(who)
        stranger = str(cast.members["operator B"].person)
        (duty,) = duties.duties(people=[cast.members["operator B"].person], at=clock.now())
        seal()
        before = ledger.newest_checkpoint().size
        for route in ROUTES:
            if route.name in {"account_change_password", "mfa_activate_totp", "held"}:
                continue  # one's own, whatever is sent
            browser.post(
                cast.address(route),
                {"person": stranger, "people": [stranger], "duty": str(duty.assignment), "why": "Because."},
            )
        seal()
        told = [each.fact for each in ledger.facts(after=before - 1, limit=1_000)]
        about = [fact.verb for fact in told if stranger in str(fact.body)]
        assert about == []
        assert not Nudge.objects.filter(person=UUID(stranger)).exists()

    @pytest.mark.parametrize("who", sorted(LEARNERS - SEES_EVERYBODY - {"operator B"}))
    def test_hands_out_no_record_about_anybody_else(self, cast, who, seal):
        browser = cast.browser(who)
        stranger = cast.members["operator B"]
        about = [each.fact.id for each in ledger.facts(limit=1_000) if str(stranger.person) in str(each.fact.body)]
        assert len(about) > 20
        for id in about:
            for url in (f"/record/held/{id}/", f"/audit/records/{id}/"):
                assert browser.get(url).status_code in {403, 404}
                assert browser.post(url).status_code in {403, 404}
        extract = f"/audit/people/{stranger.person}/extract/"
        assert (browser.get(extract).status_code, browser.post(extract).status_code) == (403, 403)

    def test_counts_the_team_as_it_is_today(self, cast):
        browser = cast.browser("lead A")
        place(cast.members["operator B"], "b", cast.members["lead A"])

        assert browser.get(reverse("team_person", args=[cast.ids["person"]])).status_code == 200
        assert cast.browser("lead B").get(reverse("team")).status_code == 403


EMPTY_HERE = {
    *("audit_answer", "audit_table", "audit_evidence", "admin_change"),
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"),
}
"""Pages of something that nobody has made here: they may be opened, and are not there."""


def _has_nothing_there(route, answer) -> bool:
    return answer.status_code == 404 and route.name in EMPTY_HERE


def test_names_of_routes_are_told_apart():
    assert len({names(route) for route in ROUTES}) == len(ROUTES)
    assert policy.declared(ROUTES[0].callback)
