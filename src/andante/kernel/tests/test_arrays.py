"""Ids as the text of an array, and as a set that is such a text."""

from uuid import UUID, uuid4

from andante.kernel.arrays import IdSet, uuid_array


class TestUuidArray:
    def test_lists_the_ids_in_braces(self):
        ids = [uuid4(), uuid4()]

        assert [UUID(text) for text in uuid_array(ids)[1:-1].split(",")] == ids

    def test_of_nothing_is_an_empty_array(self):
        assert uuid_array([]) == "{}"


class TestIdSet:
    def test_is_the_set_of_the_ids_that_the_text_names(self):
        ids = {uuid4(), uuid4()}
        found = as_the_database_writes(ids)

        assert (found, len(found), set(found)) == (ids, 2, ids)
        assert found != {*ids, uuid4()}
        assert {*ids, (other := uuid4())} - found == {other}

    def test_holds_those_and_no_others(self):
        ids = [uuid4(), uuid4()]
        found = as_the_database_writes(ids)

        assert ids[1] in found
        assert found.issuperset(ids)
        assert found.issuperset([])
        assert uuid4() not in found
        assert not found.issuperset([*ids, uuid4()])
        assert str(ids[0]) not in found
        assert ids[0].hex not in found

    def test_goes_into_a_statement_as_it_came(self):
        found = as_the_database_writes([uuid4(), uuid4()])

        assert uuid_array(found) is found.array

    def test_of_nobody_is_empty(self):
        nobody = IdSet("{}", 0)

        assert not nobody
        assert list(nobody) == []
        assert uuid4() not in nobody


def as_the_database_writes(ids) -> IdSet:
    return IdSet(f"{{{','.join(str(id) for id in ids)}}}", len(ids))
