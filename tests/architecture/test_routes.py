"""Every address says who it is for, and keeps to it."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from andante.people import policy

PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "demo_sign_in",
    "livez",
    "mfa_authenticate",
    "readyz",
    "verify",
    "verify_code",
}
"""What is open to everybody on the application's host: short, and on purpose. Adding to it is a decision."""

EXAMPLES = {
    "course": "no-such-course",
    "card": "no-such-card",
    "position": 1,
    "screen": "home",
    "table": "questions",
    "uidb36": "abc",
    "key": "set-password",
    "record": "00000000-0000-5000-8000-000000000000",
    "rule": "no-such-rule",
    "certificate": "00000000-0000-5000-8000-000000000000",
    "person": "00000000-0000-7000-8000-000000000000",
    "code": "ACDE-FGHJ-KMNP-QRTV-WXY3",
}
"""Values for the parts of an address that vary."""


def routes(urlconf):
    """All addresses of a root URLconf, below includes too."""

    def below(patterns):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from below(pattern.url_patterns)
            else:
                yield pattern

    return list(below(get_resolver(urlconf).url_patterns))


APPLICATION = routes(settings.ROOT_URLCONF)
CONTENT = routes(settings.CONTENT_URLCONF)


def address(route: URLPattern) -> str:
    """An address that the route answers to."""
    arguments = {name: EXAMPLES[name] for name in route.pattern.converters or route.pattern.regex.groupindex}
    return reverse(route.name, kwargs=arguments)


def names(route):
    return route.name or str(route.pattern)


def is_style(route):
    """The living style page: components without data."""
    return route.name.startswith("style")


class TestEveryRoute:
    @pytest.mark.parametrize("route", APPLICATION + CONTENT, ids=names)
    def test_declares_who_it_is_for(self, route):
        assert policy.declared(route.callback), f"{route.pattern} declares no policy: see andante.people.policy"

    @pytest.mark.parametrize("route", APPLICATION, ids=names)
    def test_has_a_name(self, route):
        assert route.name

    def test_has_a_name_of_its_own(self):
        found = [route.name for route in APPLICATION]
        assert sorted(found) == sorted(set(found))

    def test_that_is_open_to_everybody_is_so_on_purpose(self):
        found = {
            route.name
            for route in APPLICATION
            if policy.declared(route.callback).audience is policy.Audience.PUBLIC and not is_style(route)
        }
        assert found == PUBLIC

    @pytest.mark.django_db
    @pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
    @pytest.mark.parametrize(
        "route", [route for route in APPLICATION if route.name not in PUBLIC and not is_style(route)], ids=names
    )
    def test_sends_nobody_away_to_sign_in(self, route, method):
        answer = getattr(Client(), method)(address(route))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/?next=")


class TestTheMiddleware:
    def test_that_refuses_what_is_not_declared_is_in_place(self):
        assert settings.MIDDLEWARE[-1] == "andante.people.policy.PolicyMiddleware"


class TestTheHosts:
    """The content host on one side, the application's on the other."""

    @pytest.fixture
    def content(self):
        return Client(headers={"Host": settings.ENVIRONMENT.content_host})

    @pytest.mark.django_db
    @pytest.mark.parametrize("route", APPLICATION, ids=names)
    def test_never_answer_for_the_application_on_the_content_host(self, route, content):
        url = address(route)
        answer = content.get(url)
        if url == "/":
            assert answer["Location"] == f"{settings.ENVIRONMENT.base_url}/"
        else:
            assert answer.status_code == 404

    @pytest.mark.django_db
    def test_take_and_give_no_cookie_on_the_content_host(self, content, amara, browser_of):
        browser = browser_of(amara)
        content.cookies.update(browser.cookies)
        answer = content.get("/account/")
        assert answer.status_code == 404
        assert not answer.cookies
        assert "Amara" not in answer.content.decode()
        assert not content.get("/").cookies

    @pytest.mark.django_db
    @pytest.mark.parametrize("url", ["/media/20260101/signature/name.svg", "/media/"])
    def test_never_answer_for_the_content_host_on_the_application_s(self, url):
        assert resolve("/media/20260101/signature/name.svg", settings.CONTENT_URLCONF).route.startswith("media/")
        assert Client().get(url).status_code == 404

    @pytest.mark.django_db
    def test_answer_to_no_other_name(self):
        assert Client(headers={"Host": "evil.example"}).get("/sign-in/").status_code == 400

    @pytest.mark.django_db
    @pytest.mark.parametrize("written", [str.upper, "{}.".format, "{}.:8000".format])
    def test_keep_to_the_content_host_however_its_name_is_written(self, written):
        client = Client(headers={"Host": written(settings.ENVIRONMENT.content_host)})
        assert client.get("/sign-in/").status_code == 404
