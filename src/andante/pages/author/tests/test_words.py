"""Figures in words, and tables that are safe to open."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andante.pages.author import words
from andante.pages.author.tables import as_csv

CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


class TestACell:
    @pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
    def test_that_begins_like_a_formula_is_text(self, begins):
        ((cell,),) = csv.reader(StringIO(as_csv([[f"{begins}1+1"]]), newline=""))
        assert cell == f"'{begins}1+1"

    def test_with_a_number_below_nothing_stays_a_number(self):
        assert as_csv([[-0.05, 3, None]]) == "-0.05,3,\r\n"

    @given(st.lists(CELLS, min_size=1, max_size=5))
    def test_is_never_a_formula_and_loses_nothing(self, row):
        (read,) = csv.reader(StringIO(as_csv([row]), newline=""))
        assert [cell.removeprefix("'") for cell in read] == [cell.removeprefix("'") for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in read)


class TestNumbers:
    @pytest.mark.parametrize(("share", "said"), [(0, "0 %"), (0.004, "under 1 %"), (0.414, "41 %"), (1, "100 %")])
    def test_of_a_share(self, share, said):
        assert words.percent(share) == said.replace(" ", "\u00a0").replace("under\u00a0", "under ")

    @pytest.mark.parametrize(("seconds", "said"), [(40, "40 s"), (89, "89 s"), (540, "9 min"), (100, "2 min")])
    def test_of_a_time(self, seconds, said):
        assert words.duration(seconds) == said.replace(" ", "\u00a0")

    @pytest.mark.parametrize(("number", "said"), [(19.2, "19"), (2.04, "2"), (2.46, "2.5"), (0, "0")])
    def test_of_days(self, number, said):
        assert words.days(number) == said

    @pytest.mark.parametrize(("number", "said"), [(0.2, "less than a day"), (1.02, "1 day"), (19.4, "19 days")])
    def test_of_days_with_their_unit(self, number, said):
        assert words.days_long(number) == said
