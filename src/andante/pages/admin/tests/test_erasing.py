"""Erasing who somebody was, in the browser."""

from __future__ import annotations

import html
import re
from uuid import uuid4

import pytest
from django.test import Client

from andante.ledger import queries as ledger
from andante.obligations.tests.organisation import WARD_3
from andante.people import queries as people
from andante.people.tests.fixtures import Member

LAW = "GDPR Art. 17(1)(a)"
RIGHT = {"law": LAW, "reason": "Request of 14 November", "name": "Amara Okafor"}


@pytest.fixture
def admin(browser_of, tomas, amara, seal) -> Client:
    """An administrator's browser, with everything sealed."""
    seal()
    return browser_of(tomas)


def address(of: Member) -> str:
    return f"/admin/people/{of.person}/erase/"


def words(response) -> str:
    text = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return html.unescape(" ".join(text.split()))


def confirm(browser: Client, url: str, password: str) -> None:
    """Show once more who one is, as the page asks."""
    asked = browser.get(url)
    assert asked["Location"].startswith("/account/confirm/")
    assert browser.post(asked["Location"], {"password": password})["Location"] == url


def erasures() -> list[dict]:
    return [each.fact.body for each in ledger.audit_events(actions=["person-erased"])]


class TestErasing:
    def test_asks_first_whether_it_is_still_the_administrator(self, admin, amara):
        for answer in (admin.get(address(amara)), admin.post(address(amara), RIGHT)):
            assert answer["Location"].startswith("/account/confirm/")
        assert not people.is_erased(amara.person)

    def test_says_what_goes_and_what_stays(self, admin, amara, tomas):
        confirm(admin, address(amara), tomas.password)
        text = words(admin.get(address(amara)))
        assert f"What goes Name Amara Okafor Logins {amara.login}" in text
        assert "the content of 2 records" in text
        assert "Courses, answers, completions and certificates" in text

    def test_erases_for_good_and_on_record(self, admin, amara, tomas):
        confirm(admin, address(amara), tomas.password)
        page = admin.post(address(amara), RIGHT, follow=True)

        assert page.redirect_chain == [(f"/admin/people/{amara.person}/", 302)]
        text = words(page)
        assert "Erased: 2 records say no more who this was." in text
        assert "Amara" not in text
        assert "Erase who they were" not in text
        assert people.is_erased(amara.person)
        (erased,) = erasures()
        assert (erased["new"]["law"], erased["why"]) == (LAW, RIGHT["reason"])

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"name": "Amara"}, "That is not the name. Nothing was erased."),
            ({"law": " "}, "Name the law: it goes on record."),
            ({"reason": ""}, "Say why: the reason goes on record."),
        ],
    )
    def test_changes_nothing_where_something_is_missing_or_wrong(self, admin, amara, tomas, wrong, said):
        confirm(admin, address(amara), tomas.password)
        page = admin.post(address(amara), RIGHT | wrong)
        assert page.status_code == 422
        assert said in words(page)
        assert not people.is_erased(amara.person)
        assert not erasures()

    def test_is_refused_for_who_works_here(self, admin, organisation, tomas):
        ada = organisation.hire("Ada Byron", unit=WARD_3)
        url = f"/admin/people/{ada}/erase/"
        confirm(admin, url, tomas.password)
        page = admin.get(url)
        assert "Record first from which day on they have left" in words(page)
        assert "<form" not in page.content.decode().split("<main")[1]
        assert admin.post(url, RIGHT | {"name": "Ada Byron"}).status_code == 422
        assert not people.is_erased(ada)

    def test_is_refused_for_oneself(self, admin, tomas):
        confirm(admin, address(tomas), tomas.password)
        assert "Another administrator must do it." in words(admin.get(address(tomas)))
        admin.post(address(tomas), RIGHT | {"name": tomas.name})
        assert not people.is_erased(tomas.person)

    def test_happens_once(self, admin, amara, tomas):
        confirm(admin, address(amara), tomas.password)
        admin.post(address(amara), RIGHT)
        again = admin.get(address(amara), follow=True)
        assert "This person was erased before." in words(again)
        assert len(erasures()) == 1

    def test_of_nobody_is_not_found(self, admin):
        assert admin.get(f"/admin/people/{uuid4()}/erase/").status_code == 404

    def test_is_offered_on_the_page_of_a_person_but_not_on_one_s_own(self, admin, amara, tomas):
        assert address(amara) in admin.get(f"/admin/people/{amara.person}/").content.decode()
        assert address(tomas) not in admin.get(f"/admin/people/{tomas.person}/").content.decode()
