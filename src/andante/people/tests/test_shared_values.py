"""What all web processes share for a while."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection

from andante.people import shared_values


@pytest.mark.django_db
class TestSharedValues:
    def test_are_kept_and_deleted(self):
        cache.set("tries", [1.5, 2.5], timeout=60)

        assert cache.get("tries") == [1.5, 2.5]
        assert cache.delete("tries")
        assert cache.get("tries", "none") == "none"

    def test_may_be_text(self):
        cache.set("word", "allegro")

        assert cache.get("word") == "allegro"

    def test_end_when_their_time_is_over_and_are_removed_by_the_worker(self):
        cache.set("tries", 3, timeout=0)

        assert cache.get("tries") is None
        assert shared_values.remove_expired() == 1

    def test_that_are_over_can_be_added_again(self):
        assert cache.add("code", True, timeout=0)
        assert cache.add("code", True, timeout=60)
        assert not cache.add("code", True, timeout=60)

    def test_never_hold_what_is_not_json(self):
        with pytest.raises(TypeError):
            cache.set("object", object())


class TestAddingFromManySides:
    def test_tells_exactly_one_that_it_did(self, own_database):
        def add(_: int) -> bool:
            try:
                return cache.add("lock", True, timeout=60)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(add, range(40))) == 1
