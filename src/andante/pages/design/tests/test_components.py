import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from andante.pages.design import icons
from andante.pages.design.segments import Segment


def written(source, **context):
    return Template("{% load design %}" + source).render(Context(context))


class TestIcons:
    @pytest.mark.parametrize("name", icons.names())
    def test_are_hidden_from_those_who_listen(self, name):
        assert 'aria-hidden="true"' in icons.icon(name)

    @pytest.mark.parametrize("name", icons.names())
    def test_take_the_colour_of_the_text_and_carry_no_style_of_their_own(self, name):
        drawing = icons.icon(name)
        assert "#" not in drawing
        assert "style" not in drawing

    @pytest.mark.parametrize("name", ["no-such-icon", "../apps", ""])
    def test_that_do_not_exist_are_named_with_those_that_do(self, name):
        with pytest.raises(icons.IconMissing, match="arrow-right"):
            icons.icon(name)


class TestSegments:
    def test_say_each_step_and_its_state_in_words(self):
        page = written("{% segments steps %}", steps=[Segment("done", "Who may know"), Segment("now", "A call")])
        assert "Who may know: done" in page
        assert "A call: you are here" in page

    def test_mark_the_current_step_and_no_other(self):
        page = written("{% segments steps %}", steps=[Segment("done", "a"), Segment("now", "b"), Segment("todo", "c")])
        assert page.count('aria-current="step"') == 1

    def test_escape_what_an_author_wrote(self):
        assert "<b>" not in written("{% segments steps %}", steps=[Segment("todo", "<b>bold</b>")])


class TestTheme:
    def attribute(self, **cookies):
        request = RequestFactory().get("/")
        request.COOKIES.update(cookies)
        return written("{% theme_attribute %}", request=request)

    def test_follows_the_device_when_nothing_was_chosen(self):
        assert self.attribute() == ""

    def test_is_the_one_that_was_chosen(self):
        assert self.attribute(**{"andante-theme": "dark"}) == ' data-theme="dark"'

    def test_ignores_a_cookie_that_somebody_made_up(self):
        assert self.attribute(**{"andante-theme": '"><script>'}) == ""

    def test_does_not_need_a_request_as_the_page_for_a_broken_server_has_none(self):
        assert written("{% theme_attribute %}") == ""


class Details(forms.Form):
    name = forms.CharField(help_text="As your colleagues know you.")
    email = forms.EmailField(required=False)
    agree = forms.BooleanField()
    shift = forms.ChoiceField(choices=[("early", "Early"), ("late", "Late")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class TestForms:
    def test_tie_each_help_text_to_its_field(self):
        page = str(Details())
        assert 'id="id_name_helptext"' in page
        assert 'aria-describedby="id_name_helptext"' in page

    def test_tie_each_error_to_its_field_and_list_it_on_top(self):
        page = str(Details({"email": "nobody"}))
        assert 'id="id_email_error"' in page
        assert 'aria-describedby="id_email_error"' in page
        assert '<a href="#id_email">Email</a>' in page

    def test_count_what_needs_another_look(self):
        assert "4 things need another look" in str(Details({"email": "nobody"}))

    def test_show_an_error_that_belongs_to_no_field(self):
        form = Details({"name": "Maya", "agree": "on", "shift": "late"})
        form.add_error(None, "That did not fit together.")
        assert "That did not fit together." in str(form)

    def test_show_no_summary_before_anything_was_sent(self):
        assert "error-summary" not in str(Details())

    def test_group_radio_buttons_under_their_question(self):
        assert "<legend>Shift" in str(Details())

    def test_say_which_fields_may_stay_empty(self):
        assert str(Details()).count("(optional)") == 1

    def test_carry_hidden_fields_without_a_label(self):
        page = str(Details())
        assert 'type="hidden" name="token"' in page
        assert "Token" not in page
