"""What a form says of a field that is wrong."""

import html
import re

import pytest
from django import forms

from andante.pages.design.forms import faults


class Order(forms.Form):
    name = forms.CharField(label="Your name", max_length=5)
    size = forms.ChoiceField(label="Size", choices=[("s", "S")])
    how = forms.ChoiceField(label="How", choices=[("x", "X")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(label="Days", choices=[("1", "1")], widget=forms.CheckboxSelectMultiple)
    paper = forms.FileField(label="Paper")
    why = forms.CharField(label="Why", error_messages={"required": "Say why: the reason goes on record."})
    sure = forms.BooleanField(label="I am sure")


class TestAnEmptyField:
    @pytest.mark.parametrize(
        ("field", "said"),
        [
            ("name", "“Your name” is empty. Fill it in."),
            ("size", "Nothing is chosen for “Size”. Choose one."),
            ("how", "Nothing is chosen for “How”. Choose one."),
            ("days", "Nothing is ticked for “Days”. Tick at least one."),
            ("paper", "No file is chosen for “Paper”. Choose one."),
            ("sure", "“I am sure” is not ticked. Tick it to go on."),
        ],
    )
    def test_is_named_with_what_to_do(self, field, said):
        (fault,) = faults(Order({})[field])

        assert (fault.text, fault.names_the_field) == (said, True)

    def test_stands_beside_the_field_and_on_top_as_a_way_to_it(self):
        page = html.unescape(Order({}).render())

        assert page.count("“Your name” is empty. Fill it in.") == 2
        assert '<a href="#id_name">“Your name” is empty. Fill it in.</a>' in page
        assert "This field is required" not in page


class TestAnythingElse:
    def test_is_said_in_the_words_of_the_field_where_it_has_some(self):
        (fault,) = faults(Order({})["why"])

        assert (fault.text, fault.names_the_field) == ("Say why: the reason goes on record.", False)

    def test_is_said_behind_the_name_of_the_field(self):
        page = html.unescape(re.sub(r"\s+", " ", Order({"name": "Amara Okafor"}).render()))

        assert '<a href="#id_name">Your name</a>: Ensure this value has at most 5 characters' in page
