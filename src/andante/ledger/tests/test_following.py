"""Following: every sealed fact once, in order, and never half a batch."""

import pytest
from django.db import transaction

from andante.ledger import operations, queries
from andante.ledger.operations import Follower, follow
from andante.ledger.tests.test_append import completed


def append(count: int) -> list:
    facts = [completed() for _ in range(count)]
    with transaction.atomic():
        operations.append(facts)
    return [fact.id for fact in facts]


@pytest.fixture
def told():
    return []


@pytest.fixture
def listener(told):
    return Follower("listener", lambda batch: told.extend(stored.fact.id for stored in batch))


@pytest.mark.django_db
class TestFollowing:
    def test_tells_sealed_facts_in_leaf_order_and_once(self, seal, listener, told):
        first = append(3)
        seal()
        follow(listener)
        second = append(2)
        seal()
        follow(listener)
        follow(listener)

        assert told[-5:] == first + second
        assert len(told) == len(set(told))

    def test_does_not_tell_what_is_not_sealed(self, seal, listener, told):
        seal()
        follow(listener)
        told.clear()
        append(1)

        assert follow(listener) == 0
        assert told == []

    def test_goes_on_after_each_batch(self, seal, listener, told):
        ids = append(5)
        seal()

        while follow(listener, limit=2):
            assert len(told) <= 6

        assert told[-5:] == ids

    def test_that_fails_repeats_the_batch_and_keeps_nothing_of_it(self, seal, listener, told):
        append(2)
        seal()

        def fail(batch):
            operations.append([completed()])
            raise RuntimeError("a full disk, say")

        with pytest.raises(RuntimeError):
            follow(Follower("listener", fail))

        assert queries.sealing_lag().waiting == 0
        follow(listener)
        assert len(told) == 3  # with the record that opened the log

    def test_of_two_followers_goes_on_apart(self, seal, listener, told):
        append(1)
        seal()
        follow(listener)
        other: list = []

        follow(Follower("other", other.extend))

        assert len(other) == len(told) == 2


@pytest.mark.django_db
class TestFollowingLag:
    def test_counts_the_sealed_facts_that_wait_for_each_follower(self, seal, listener):
        append(1)
        seal()
        follow(listener)
        append(3)
        seal()

        lag = queries.following_lag()["listener"]

        assert lag.waiting == 3
        assert 0 <= lag.seconds < 60

    def test_is_nothing_for_one_that_has_seen_all(self, seal, listener):
        append(1)
        seal()
        follow(listener)

        assert queries.following_lag() == {"listener": queries.Lag(seconds=0, waiting=0)}
