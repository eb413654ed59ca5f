"""What is counted."""

import pytest

from andante.kernel.counting import counted


class TestCounted:
    @pytest.mark.parametrize(("number", "said"), [(0, "0 records"), (1, "1 record"), (2, "2 records")])
    def test_says_one_and_many(self, number, said):
        assert counted(number, "record") == said

    def test_knows_plurals_of_their_own(self):
        assert [counted(n, "person", "people") for n in (1, 3)] == ["1 person", "3 people"]
