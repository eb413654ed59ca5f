"""Records are values: alike where their fields are, and usable as keys."""

from dataclasses import field

from andante.kernel.records import record


@record
class Seat:
    """In a hall."""

    row: str
    number: int
    note: str = field(default="", compare=False)


class TestRecord:
    def test_is_the_same_as_another_with_the_same_fields(self):
        assert Seat("A", 1) == Seat("A", 1, note="by the aisle") != Seat("A", 2)

    def test_is_a_key(self):
        assert {Seat("A", 1): "Ada"}[Seat("A", 1)] == "Ada"
