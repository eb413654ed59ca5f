"""How the records are kept honest, for everybody who is signed in."""

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from andante.evidence import queries
from andante.ledger.queries import Lag, Verification, WitnessView, current_log, key_fingerprint, newest_checkpoint
from andante.pages.audit.tests.test_pages import words
from andante.people.tests.fixtures import member


@pytest.fixture
def sealed(amara, seal):
    seal()
    return newest_checkpoint()


class TestThePage:
    def test_says_what_is_sealed_with_which_key_and_what_waits(self, browser_of, amara, sealed):
        member("Noor Haddad", "UTC")
        page = words(browser_of(amara).get("/seal/"))
        assert f"Sealed records {sealed.size} " in page
        assert re.search(r"Waiting to be sealed [1-9]", page)
        assert f"Fingerprint {key_fingerprint(current_log().key)}" in page
        assert f"Name of the log {current_log().origin}" in page
        assert "Other keys on record" not in page

    def test_says_plainly_that_nobody_outside_keeps_a_copy(self, browser_of, amara, sealed):
        assert "Nobody outside keeps a copy yet" in words(browser_of(amara).get("/seal/"))

    def test_names_the_witnesses_and_what_they_signed_last(self, browser_of, amara, sealed, seal):
        member("Noor Haddad", "UTC")
        seal()
        newest = newest_checkpoint()
        with connection.cursor() as cursor:
            for size in (sealed.size, newest.size):
                cursor.execute(
                    "INSERT INTO ledger_cosignature VALUES (%s, 'witness.example', '— x', clock_timestamp())", [size]
                )
        page = words(browser_of(amara).get("/seal/"))
        assert "Nobody outside" not in page
        assert re.search(rf"witness\.example .* up to {newest.size} records", page)

    def test_before_the_first_seal_says_that_none_is_there(self, browser_of, amara):
        page = words(browser_of(amara).get("/seal/"))
        assert "Nothing is sealed yet" in page
        assert "records wait" in page
        assert browser_of(amara).get("/seal/checkpoint.txt").status_code == 404

    def test_says_when_the_sealer_does_not_keep_up(self, amara, sealed):
        late = replace(queries.seal(), waiting=Lag(seconds=5.1, waiting=2))
        assert "The sealer does not keep up" in render_to_string("audit/seal.html", {"seal": late})
        assert "does not keep up" not in render_to_string("audit/seal.html", {"seal": queries.seal()})

    def test_shows_what_must_not_be_taken_for_markup(self, browser_of, amara, sealed):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_cosignature VALUES (%s, '<b>w</b>', '— x', clock_timestamp())", [sealed.size]
            )
        assert "<b>w" not in browser_of(amara).get("/seal/").content.decode()

    def test_needs_neither_scripts_nor_styles_in_the_markup(self, browser_of, amara, sealed):
        main = browser_of(amara).get("/seal/").content.decode().split("<main", 1)[1]
        assert " style=" not in main
        assert re.search(r"<button[^>]* data-print hidden>", main)

    def test_says_when_the_database_was_last_verified_and_what_came_of_it(self, amara, sealed):
        now = sealed.made
        clean = Verification(
            id=uuid4(), seq=9, finished=now, took=timedelta(seconds=2), records=41, waiting=0, rows=77,
            months_not_read=(), findings=0, places=(), digest="", by="system:verification",
        )  # fmt: skip
        found = replace(clean, findings=2, places=("record 17 (x)", "learning_attempt y"))
        told = {one.findings: replace(queries.seal(), verification=one, is_overdue=True) for one in (clean, found)}

        page = render_to_string("audit/seal.html", {"seal": told[0]})
        assert "41 sealed records" in page
        assert "The next check is overdue" in page
        partly = replace(clean, rows=0, months_not_read=("2026-08", "2026-09"))
        page = render_to_string("audit/seal.html", {"seal": replace(queries.seal(), verification=partly)})
        assert "What those of 2026-08, 2026-09 say is in archives" in page
        page = render_to_string("audit/seal.html", {"seal": told[2]})
        assert "2 places do not agree" in page
        assert "record 17 (x)" in page

    def test_says_that_a_witness_refuses(self, amara, sealed):
        witness = WitnessView("quality.example", 4, sealed.made, timedelta(), "no", sealed.made, late=True)
        page = render_to_string("audit/seal.html", {"seal": replace(queries.seal(), witnesses=(witness,))})
        assert "quality.example refuses the newest seal" in page
        assert "has not been reached" not in page

    def test_costs_few_queries(self, browser_of, amara, sealed):
        browser = browser_of(amara)
        browser.get("/seal/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/seal/")
        assert len(captured) <= 10


class TestTheSameAsJson:
    def test_says_what_the_page_says(self, browser_of, amara, sealed):
        told = browser_of(amara).get("/seal.json").json()
        assert told["format"] == "andante-seal/1"
        assert told["checkpoint"]["note"] == sealed.note
        assert (told["checkpoint"]["size"], told["witnesses"], told["cosigned"]) == (sealed.size, [], [])
        assert told["verification"] is None
        (key,) = told["keys"]
        assert (key["key"], key["record"], key["signs"]) == (current_log().key, 0, True)

    def test_before_the_first_seal_has_none(self, browser_of, amara):
        told = browser_of(amara).get("/seal.json").json()
        assert (told["checkpoint"], told["keys"]) == (None, [])
        assert told["waiting"]["records"] > 0


class TestTheDownloads:
    def test_give_the_checkpoint_as_it_is_signed(self, browser_of, amara, sealed):
        answer = browser_of(amara).get("/seal/checkpoint.txt")
        assert answer.content.decode() == sealed.note
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer["Cache-Control"] == "no-store"

    def test_give_the_verifier(self, browser_of, amara):
        answer = browser_of(amara).get("/seal/andante_verify.py")
        assert answer.content.startswith(b"#!/usr/bin/env python3")
