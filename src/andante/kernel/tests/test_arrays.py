"""Ids as the text of an array."""

from uuid import UUID, uuid4

from andante.kernel.arrays import uuid_array


class TestUuidArray:
    def test_lists_the_ids_in_braces(self):
        ids = [uuid4(), uuid4()]

        assert [UUID(text) for text in uuid_array(ids)[1:-1].split(",")] == ids

    def test_of_nothing_is_an_empty_array(self):
        assert uuid_array([]) == "{}"
