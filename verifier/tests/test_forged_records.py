"""A record that is not as it was sealed, or was never sealed, is found and named."""

import json

import pytest

from verifier.tests.forging import name, sentences
from verifier.tests.small_log import AUDIT, STRAY, SmallLog, changed


class TestARecord:
    @pytest.mark.parametrize(
        ("values", "told"),
        [
            ({"body": b"{}"}, "its content was changed"),
            ({"body": b""}, "its content was changed"),
            ({"salt": bytes(32)}, "its content was changed"),
            ({"salt": b""}, "its content was changed"),
            ({"kind": AUDIT}, "its kind was changed from 1 to 2"),
            ({"kind": -1}, "its kind was changed from 1 to -1"),
            ({"stored": 0}, "was changed from 2026-11-22 16:45:04 UTC to 1970-01-01 00:00:00 UTC"),
            ({"stored": 2**63 - 1}, "microseconds after 1970 after it was sealed"),
        ],
    )
    def test_that_is_not_as_its_leaf_says_is_named(self, check, log, values, told):
        bundle = log.bundle()
        bundle.records[3] = (3, changed(log.records[3], **values))

        report = check(bundle)

        assert len(report.findings) == 1
        assert name(log, 3) in sentences(report)
        assert told in sentences(report)

    def test_whose_salt_gained_a_zero_byte_is_named_although_the_commitment_is_the_same(self, check, log):
        bundle = log.bundle()
        longer = changed(log.records[3], salt=log.records[3].salt + b"\0")
        assert longer.commitment == log.records[3].commitment
        bundle.records[3] = (3, longer)

        assert name(log, 3) in sentences(check(bundle))

    def test_that_is_gone_is_named(self, check, log):
        bundle = log.bundle()
        del bundle.records[3]

        assert sentences(check(bundle)) == (
            f"Record {name(log, 3)} was removed: its leaf is there, its content is not."
        )

    def test_without_a_leaf_at_its_number_is_named(self, check, log):
        bundle = log.bundle()
        bundle.records.append((9, log.waiting[0]))

        assert f"Record number 9 (id {log.waiting[0].id}): its content stands where it does not belong" in sentences(
            check(bundle)
        )

    def test_that_moved_is_told_as_moved_and_not_as_removed(self, check, log):
        bundle = log.bundle()
        bundle.records.append(bundle.records.pop(2))

        report = check(bundle)

        assert [one.what for one in report.findings] == ["record"]
        assert name(log, 2) in sentences(report)


class TestARecordWithoutALeaf:
    def test_that_does_not_wait_either_is_named(self, check, log):
        bundle = log.bundle()
        bundle.unsealed[0] = (STRAY, log.waiting[0], None)

        assert f"The record with the id {log.waiting[0].id} stands neither in the tree nor waits for it" in sentences(
            check(bundle)
        )

    @pytest.mark.parametrize("values", [{"body": b"{}"}, {"body": b""}, {"salt": b""}, {"salt": bytes(32)}])
    def test_that_was_changed_while_it_waited_is_named(self, check, log, values):
        bundle = log.bundle()
        waiting = log.waiting[1]
        bundle.unsealed[1] = (1, changed(waiting, **values), waiting.commitment)

        assert f"The record with the id {waiting.id} was changed or removed while it waited" in sentences(check(bundle))

    def test_that_waits_without_a_commitment_is_named(self, check, log):
        bundle = log.bundle()
        bundle.unsealed[1] = (1, log.waiting[1], None)

        assert str(log.waiting[1].id) in sentences(check(bundle))

    def test_that_waits_although_it_is_sealed_is_named(self, check, log):
        bundle = log.bundle()
        bundle.unsealed.append((1, log.records[2], log.records[2].commitment))

        assert sentences(check(bundle)) == (
            f"The record with the id {log.records[2].id} stands more than once: as number 2 and among the records "
            "without a leaf."
        )

    def test_in_an_unknown_standing_is_found(self, check, log):
        bundle = log.bundle()
        bundle.unsealed[0] = (7, log.waiting[0], log.waiting[0].commitment)

        assert check(bundle).result == "tampered"


class TestTheFirstRecord:
    @pytest.mark.parametrize(
        "content",
        [
            {"action": "log-closed"},
            {"subject": "log:00000000-0000-0000-0000-000000000000"},
            {"new": {}},
            {"new": {"iri": "https://elsewhere.example.org"}},
            {"format": "andante-audit/2"},
        ],
    )
    def test_that_opens_another_log_is_named_although_it_is_validly_sealed(self, check, content):
        log = SmallLog()
        opened = log.waiting.pop()
        body = {**json.loads(opened.body), **content}
        log.take(changed(opened, body=json.dumps(body).encode()))
        log.seal()

        report = check(log.bundle())

        assert [one.what for one in report.findings] == ["key"]
        assert name(log, 0) in sentences(report)

    @pytest.mark.parametrize("body", [b"", b"[]", b"null", b"[" * 100_000, b"\xff", b'{"new": {}, "new": {}}'])
    def test_that_cannot_be_read_is_named(self, check, body):
        log = SmallLog()
        log.take(changed(log.waiting.pop(), body=body))
        log.seal()

        assert [one.what for one in check(log.bundle()).findings] == ["key"]
