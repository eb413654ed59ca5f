import re

import pytest
from django.template.loader import get_template
from django.test import RequestFactory

from andante.pages.design import samples, views

ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html", "503.html"]


def opened(view, **arguments):
    return view(RequestFactory().get("/style/"), **arguments).content.decode()


@pytest.fixture(scope="module")
def every_page():
    pages = {"style": opened(views.style)}
    return pages | {s.slug: opened(views.style_screen, screen=s.slug) for s in samples.SCREENS}


class TestTheStylePage:
    def test_shows_every_state_of_a_choice(self, every_page):
        for state in ("is-right", "is-wrong", "is-missed"):
            assert f"choice {state}" in every_page["style"]

    def test_leads_to_every_screen(self, every_page):
        for screen in samples.SCREENS:
            assert f"/style/screens/{screen.slug}/" in every_page["style"]


class TestEveryPage:
    def test_has_one_title_of_the_first_rank(self, every_page):
        assert {name: page.count("<h1") for name, page in every_page.items()} == dict.fromkeys(every_page, 1)

    def test_has_one_primary_action_at_most(self, every_page):
        screens = {name: page for name, page in every_page.items() if name != "style"}
        assert {name for name, page in screens.items() if page.count("is-primary") > 1} == set()

    def test_obeys_the_content_security_policy(self, every_page):
        for name, page in every_page.items():
            assert not re.search(r"<[^>]+\s(style|on\w+)=", page), name

    def test_uses_each_id_once(self, every_page):
        for name, page in every_page.items():
            ids = re.findall(r'\sid="([^"]+)"', page)
            assert len(ids) == len(set(ids)), name


@pytest.mark.parametrize("template", ERRORS)
class TestErrorPages:
    def test_can_be_written_when_there_is_not_even_a_request(self, template):
        assert "<h1>" in get_template(template).render()

    def test_say_what_to_do_next(self, template):
        assert 'href="/"' in get_template(template).render()
