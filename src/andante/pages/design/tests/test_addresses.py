"""`{% url %}` says what Django's says, and looks an address up once."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse

from andante.pages.design.templatetags import addresses


def written(text: str, *, autoescape: bool = True, **values: object) -> str:
    return Template(text).render(Context(values, autoescape=autoescape))


class TestUrl:
    def test_writes_the_address(self):
        text = '{% url "card" course card %}'
        found = written(text, course="night-call", card="the-station")
        assert found == reverse("card", args=["night-call", "the-station"])

    def test_writes_another_one_for_other_arguments(self):
        text = '{% for each in courses %}{% url "course" each %} {% endfor %}'
        found = written(text, courses=["a", "b", "a"]).split()
        assert found == [reverse("course", args=[each]) for each in ("a", "b", "a")]

    def test_looks_it_up_once(self, monkeypatch):
        addresses._address.cache_clear()
        times: list[str] = []
        monkeypatch.setattr(addresses, "reverse", lambda name, **of: (times.append(name), reverse(name, **of))[1])
        for _ in range(3):
            written('{% url "home" %}')
        assert times == ["home"]

    def test_keeps_it_under_a_name(self):
        assert written('{% url "home" as there %}[{{ there }}]') == f"[{reverse('home')}]"

    def test_keeps_nothing_under_a_name_where_there_is_no_such_address(self):
        assert written('{% url "no-such" as there %}[{{ there }}]') == "[]"

    def test_says_what_is_missing(self):
        with pytest.raises(NoReverseMatch, match="no-such"):
            written('{% url "no-such" %}')

    def test_takes_keywords(self):
        assert written('{% url "course" course="a" %}') == reverse("course", args=["a"])

    def test_escapes_as_the_template_does(self):
        code = "a&b"
        plain = reverse("verify_code", args=[code])
        assert "&" in plain
        assert written('{% url "verify_code" code %}', code=code) == plain.replace("&", "&amp;")
        assert written('{% url "verify_code" code %}', autoescape=False, code=code) == plain
