"""A change of key: endorsed by the old one, on record, and whatever happens in between."""

from __future__ import annotations

import base64
import shutil
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import connections, transaction

from andante.kernel import clock
from andante.kernel.ids import new_id
from andante.kernel.principals import cli_principal, system_principal
from andante.ledger import operations, queries
from andante.ledger.chain import KEY_ROTATED, change_text
from andante.ledger.encoding import encode_key, key_id, signed_note, split_note
from andante.ledger.keys import KeyFiles, KeyMissing, SigningKey
from andante.ledger.log import current_log
from andante.ledger.rotation import ChangeRefused, rotate_key
from andante.ledger.sealing import Sealer
from andante.ledger.statements import Fact, audit
from andante.ledger.tests.test_append import completed
from andante.ledger.tests.test_sealing import append, run
from andante.ledger.verification import verify


@pytest.fixture
def files(tmp_path, databases) -> KeyFiles:
    """The log's key in a folder of this test's own."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    shutil.copy(databases.key_file, folder / "sealer-ed25519.pem")
    return KeyFiles(folder / "sealer-ed25519.pem")


@pytest.fixture
def sealer(own_database, files) -> Sealer:
    """A sealer that has sealed the first record."""
    ours = Sealer(current_log(), files)
    append(2)
    run(ours)
    return ours


def rotate(files: KeyFiles) -> UUID:
    return rotate_key(files=files, by=cli_principal(), at=clock.now(), why="A year is over").record


def change(files: KeyFiles) -> SigningKey:
    """Change the key; the new one."""
    record = rotate(files)
    return files.successors()[record]


def seal_one(sealer: Sealer) -> bytes:
    """Seal one more record; the id of the key that signed."""
    append(1)
    run(sealer)
    newest = queries.newest_checkpoint()
    assert newest is not None
    return split_note(newest.note)[2]


def id_of(key: SigningKey) -> bytes:
    return key_id(current_log().origin, key.public_key)


def retire(sealer: Sealer) -> int:
    with transaction.atomic(using="sealer"), connections["sealer"].cursor() as cursor:
        return sealer.retire_keys(cursor)


def told() -> list[str]:
    """The keys that the log tells of."""
    known = queries.keys()
    return [one.key for one in known]


def names(files: KeyFiles) -> list[str]:
    return sorted(path.name for path in files.path.parent.iterdir())


class TestAChangeOfKey:
    def test_is_sealed_by_the_old_key_which_the_new_one_then_follows(self, sealer, files):
        old = files.current()
        record = rotate(files)
        new = files.successors()[record]

        assert seal_one(sealer) == id_of(old)
        assert seal_one(sealer) == id_of(new)
        assert seal_one(sealer) == id_of(new)
        assert verify(()).findings == []

    def test_is_told_by_the_log_with_the_keys_before_it(self, sealer, files):
        record = rotate(files)
        assert told() == [current_log().key], "until it is sealed"
        seal_one(sealer)

        first, second = queries.keys()

        assert (first.number, first.key) == (0, current_log().key)
        assert (second.number, second.record) == (3, record)
        assert second.key == encode_key(current_log().origin, files.successors()[record].public_key)
        assert second.fingerprint == queries.key_fingerprint(second.key)
        fact = queries.fact(record)
        assert fact is not None
        assert (fact.fact.body["by"], fact.fact.body["why"]) == (cli_principal(), "A year is over")
        assert second.since == fact.stored

    def test_removes_the_old_private_key_once_the_new_one_has_signed(self, sealer, files):
        record = rotate(files)
        new = files.successors()[record]
        seal_one(sealer)
        assert retire(sealer) == 0, "the new one has signed nothing yet"
        seal_one(sealer)

        assert retire(sealer) == 1
        assert names(files) == ["sealer-ed25519.pem"]
        assert id_of(files.current()) == id_of(new) == seal_one(sealer)
        assert retire(sealer) == 0

    def test_can_follow_another_before_the_first_has_signed(self, sealer, files):
        for _ in range(3):
            rotate(files)
            seal_one(sealer)
        last = files.successors()[queries.keys()[-1].record]
        assert seal_one(sealer) == id_of(last)

        assert retire(sealer) == 3
        assert id_of(files.current()) == id_of(last) == seal_one(sealer)
        assert len(queries.keys()) == 4
        assert verify(()).findings == []

    def test_is_refused_while_the_one_before_waits_to_be_sealed(self, sealer, files):
        rotate(files)

        with pytest.raises(ChangeRefused, match="not sealed yet"):
            rotate(files)
        assert len(files.successors()) == 1

    def test_is_refused_without_a_reason(self, sealer, files):
        with pytest.raises(ChangeRefused, match="why"):
            rotate_key(files=files, by=cli_principal(), at=clock.now(), why=" ")

    def test_is_refused_before_anything_is_sealed(self, own_database, files):
        with pytest.raises(ChangeRefused, match="Nothing is sealed"):
            rotate(files)
        assert names(files) == ["sealer-ed25519.pem"]

    def test_counts_for_two_sealers_that_take_turns(self, sealer, files):
        other = Sealer(sealer.log, KeyFiles(files.path))
        seal_one(other)
        new = change(files)
        seal_one(other)
        assert seal_one(sealer) == id_of(new)
        retire(sealer)

        assert seal_one(other) == id_of(new)

    def test_stands_alone_between_two_checkpoints(self, sealer, files):
        """Two that wait at once come about by tampering alone: the command refuses the second."""
        first, second = two_changes_at_once(files)

        run(sealer)
        assert [key.record for key in queries.keys()[1:]] == [first]
        run(sealer)
        assert [key.record for key in queries.keys()[1:]] == [first, second]
        seal_one(sealer)
        assert verify(()).findings == []


class TestAProcessThatDies:
    def test_between_key_and_record_leaves_a_key_that_never_signs_and_goes_with_the_next_change(self, sealer, files):
        orphan = new_id()
        files.make_successor(orphan)
        old = files.current()

        assert seal_one(sealer) == id_of(old)
        rotate(files)
        assert orphan not in files.successors()

    def test_while_it_writes_a_key_leaves_nothing_that_is_read(self, sealer, files):
        (files.path.parent / "unfinished-key").write_bytes(b"-----BEGIN PRIV")

        seal_one(sealer)
        rotate(files)
        assert len(files.successors()) == 1
        assert "unfinished-key" not in names(files)

    def test_anywhere_after_the_record_is_no_loss_because_nothing_is_remembered(self, sealer, files):
        new = change(files)
        fresh = [Sealer(current_log(), KeyFiles(files.path)) for _ in range(4)]

        assert seal_one(fresh[0]) != id_of(new)
        assert seal_one(fresh[1]) == id_of(new)
        assert retire(fresh[2]) == 1
        assert seal_one(fresh[3]) == id_of(new)

    def test_between_two_promotions_leaves_the_rest_to_the_next(self, sealer, files):
        records = []
        for _ in range(2):
            records.append(rotate(files))
            seal_one(sealer)
        last = files.successors()[records[1]]
        seal_one(sealer)
        files.promote(records[0])

        assert seal_one(sealer) == id_of(last)
        assert retire(sealer) == 1
        assert id_of(files.current()) == id_of(last)


class TestKeyFilesOfAnotherTime:
    def test_seal_nothing(self, sealer, files, databases):
        """As from a backup of before the change: a retired key never signs by accident."""
        rotate(files)
        seal_one(sealer)
        seal_one(sealer)
        retire(sealer)
        shutil.copy(databases.key_file, files.path)
        append(1)

        with pytest.raises(KeyMissing, match="fingerprint"):
            run(sealer)
        with pytest.raises(KeyMissing, match="does not hold the key in force"):
            rotate(files)

    def test_seal_nothing_in_a_log_that_has_no_checkpoint_either(self, own_database, tmp_path):
        from andante.ledger.keys import make_key

        make_key(tmp_path / "other.pem")

        with pytest.raises(KeyMissing):
            run(Sealer(current_log(), KeyFiles(tmp_path / "other.pem")))


@dataclass(frozen=True)
class Forgery:
    """A claim to change the key, from whoever can append audit events."""

    name: str
    told: str

    def fact(self, old: SigningKey, new: SigningKey) -> Fact:
        log, record = current_log(), new_id()
        before, after = (encode_key(log.origin, key.public_key) for key in (old, new))
        text = change_text(origin=log.origin, old=before, new=after, record=record)
        values = {"key": after, "endorsement": signed(old, text), "possession": signed(new, text)}
        subject = f"log:{log.id}"
        match self.name:
            case "endorsed by itself":
                values["endorsement"] = signed(new, text)
            case "possession of nobody":
                values["possession"] = signed(old, text)
            case "not endorsed":
                del values["endorsement"]
            case "of another record":
                values["endorsement"] = signed(old, text.replace(str(record).encode(), str(new_id()).encode()))
            case "old key not in force":
                before, text = after, change_text(origin=log.origin, old=after, new=after, record=record)
                values |= {"endorsement": signed(new, text), "possession": signed(new, text)}
            case "another log":
                subject = f"log:{new_id()}"
            case "no key at all":
                values["key"] = "something"
            case "spelt otherwise":
                values["endorsement"] = values["endorsement"].rstrip("=")
        return audit(
            id=record,
            by=system_principal("tests"),
            action=KEY_ROTATED,
            subject=subject,
            at=clock.now(),
            old={"key": before},
            new=values,
        )


FORGERIES = [
    Forgery("endorsed by itself", "the old key did not endorse the new one"),
    Forgery("possession of nobody", "the new key did not sign it"),
    Forgery("not endorsed", "missing or cannot be read"),
    Forgery("of another record", "the old key did not endorse the new one"),
    Forgery("old key not in force", "the key it replaces was not the one in force"),
    Forgery("another log", "it is about another log"),
    Forgery("no key at all", "the old key did not endorse the new one"),
    Forgery("spelt otherwise", "missing or cannot be read"),
]


@pytest.mark.slow
class TestVerify:
    @pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
    def test_finds_a_forged_change_which_changes_nothing(self, sealer, files, tmp_path, forgery):
        other = KeyFiles(tmp_path / "other.pem").make_successor(new_id())
        with transaction.atomic():
            operations.append([forgery.fact(files.current(), other)])

        waiting = [finding.what for finding in verify(()).findings]
        seal_one(sealer)
        assert seal_one(sealer) == id_of(files.current())

        (finding,) = verify(()).findings
        assert finding.what == waiting[0]
        assert finding.what.startswith("is a forged change of key: ")
        assert forgery.told in finding.what
        assert len(queries.keys()) == 1

    @pytest.mark.parametrize("which", ["the first", "the second"])
    def test_finds_a_checkpoint_signed_with_the_wrong_one_of_two_keys(self, sealer, files, owner_connection, which):
        old = files.current()
        new = change(files)
        seal_one(sealer)
        seal_one(sealer)
        size, wrong = (5, new) if which == "the first" else (6, old)

        resign(owner_connection, size, wrong)

        assert [str(finding) for finding in verify(()).findings] == [
            f"checkpoint {size}: is signed with a key of the log that was not the one in force"
        ]

    def test_finds_two_changes_under_one_checkpoint(self, sealer, files):
        two_changes_at_once(files)
        run(Sealer(current_log(), Careless(files.path)))

        assert [str(finding) for finding in verify(()).findings] == ["checkpoint 6: covers more than one change of key"]

    def test_finds_a_checkpoint_that_names_another_before_it(self, sealer, owner_connection):
        seal_one(sealer)
        owner_connection.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
        owner_connection.execute("UPDATE ledger_checkpoint SET previous = 2 WHERE size = 4")

        assert "names 2 as the size before it, but that was 3" in str(verify(()).findings[0])


class Careless(KeyFiles):
    """Keeps from the sealer that the key changes."""

    def successors(self) -> dict[UUID, SigningKey]:
        return {}


def signed(key: SigningKey, text: bytes) -> str:
    return base64.b64encode(key.sign(text)).decode()


def two_changes_at_once(files: KeyFiles) -> tuple[UUID, UUID]:
    """Two genuine changes, the second of which follows on the first before that is sealed."""
    first = rotate(files)
    middle = files.successors()[first]
    log, second = current_log(), new_id()
    last = files.make_successor(second)
    before, after = (encode_key(log.origin, key.public_key) for key in (middle, last))
    text = change_text(origin=log.origin, old=before, new=after, record=second)
    fact = audit(
        id=second,
        by=cli_principal(),
        action=KEY_ROTATED,
        subject=f"log:{log.id}",
        at=clock.now(),
        old={"key": before},
        new={"key": after, "endorsement": signed(middle, text), "possession": signed(last, text)},
    )
    with transaction.atomic():
        operations.append([fact, completed()])
    return first, second


def resign(owner_connection, size: int, key: SigningKey) -> None:
    """As somebody would who has the database and a key of another time."""
    owner_connection.execute("ALTER TABLE ledger_checkpoint DISABLE TRIGGER USER")
    (note,) = owner_connection.execute("SELECT note FROM ledger_checkpoint WHERE size = %s", [size]).fetchone()
    text, name, _, _ = split_note(note)
    forged = signed_note(text=text, name=name, public_key=key.public_key, signature=key.sign(text.encode()))
    assert owner_connection.execute("UPDATE ledger_checkpoint SET note = %s WHERE size = %s", [forged, size]).rowcount
