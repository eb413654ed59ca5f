from uuid import UUID

from andante.kernel.ids import derived_id, new_id

ATTEMPT = UUID("0192f0c1-7a6b-7c5d-8e9f-0a1b2c3d4e5f")


class TestNewId:
    def test_is_a_version_7_uuid_of_the_right_variant(self):
        assert (new_id().version, new_id().variant) == (7, "specified in RFC 4122")

    def test_sorts_by_the_millisecond_in_which_it_was_made(self):
        ids = [new_id() for _ in range(2_000)]
        milliseconds = [id.int >> 80 for id in ids]
        assert milliseconds == sorted(milliseconds)
        assert len(set(ids)) == len(ids)


class TestDerivedId:
    def test_is_frozen_because_resubmitted_answers_depend_on_it(self):
        assert derived_id(ATTEMPT, "k7f3", "1") == UUID("415f3063-a62b-5183-98d9-65de3c6044a0")

    def test_differs_with_every_part(self):
        assert len({derived_id(ATTEMPT, "k7f3", str(number)) for number in range(100)}) == 100
