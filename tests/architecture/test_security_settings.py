"""What a deployment under https gets without anybody asking for it, and what every answer carries."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

HTTPS = {
    "ANDANTE_BASE_URL": "https://learn.example.org",
    "ANDANTE_CONTENT_URL": "https://content.example.org",
    "ANDANTE_SECRET_KEY": "a key for this test only, long enough and of many different characters 0123456789",
}
ASKED = (
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY",
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_COOKIE_HTTPONLY",
    "SECURE_HSTS_SECONDS",
    "ALLAUTH_TRUSTED_PROXY_COUNT",
    "DEBUG",
)
TELL = f"""
import json, django
from django.conf import settings
django.setup()
print(json.dumps({{name: getattr(settings, name) for name in {ASKED!r}}}))
"""


def python(*arguments, **changes):
    """Run Python as a process of its own starts, with this environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANDANTE_", "DATABASE_"))}
    environment = kept | {"DJANGO_SETTINGS_MODULE": "andante.config.settings"} | changes
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def settings_under(**changes):
    answer = python("-c", TELL, **changes)
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.slow
class TestUnderHttps:
    def test_django_s_own_check_of_a_deployment_warns_of_nothing(self, tmp_path):
        answer = python(
            "-m", "django", "check", "--deploy", "--fail-level", "WARNING", ANDANTE_DATA_DIR=str(tmp_path), **HTTPS
        )
        assert answer.returncode == 0, answer.stderr
        assert "0 silenced" in answer.stdout + answer.stderr

    def test_cookies_are_for_this_host_by_https_only(self, tmp_path):
        found = settings_under(ANDANTE_DATA_DIR=str(tmp_path), **HTTPS)
        assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
        assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
        assert found["SESSION_COOKIE_SECURE"]
        assert found["CSRF_COOKIE_SECURE"]
        assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
        assert found["ALLAUTH_TRUSTED_PROXY_COUNT"] == 1
        assert not found["DEBUG"]

    def test_cookies_stay_away_from_scripts_and_from_other_installations(self, tmp_path):
        here, there = (settings_under(ANDANTE_DATA_DIR=str(tmp_path / name)) for name in ("here", "there"))
        assert here["SESSION_COOKIE_HTTPONLY"]
        assert here["CSRF_COOKIE_HTTPONLY"]
        assert not here["SESSION_COOKIE_SECURE"]
        assert here["SESSION_COOKIE_NAME"] != there["SESSION_COOKIE_NAME"]
        assert here["CSRF_COOKIE_NAME"] != there["CSRF_COOKIE_NAME"]
        assert here["ALLAUTH_TRUSTED_PROXY_COUNT"] == 0


@pytest.mark.slow
class TestAStart:
    def test_is_refused_when_both_hosts_are_the_same(self, tmp_path):
        same = {"ANDANTE_BASE_URL": "http://localhost:8000", "ANDANTE_CONTENT_URL": "http://LOCALHOST:9000"}
        answer = python("-c", TELL, ANDANTE_DATA_DIR=str(tmp_path), **same)
        assert answer.returncode != 0
        assert "same host as ANDANTE_BASE_URL" in answer.stderr


@pytest.mark.django_db
class TestEveryAnswer:
    @pytest.fixture(params=["/sign-in/", "/account/", "/no-such-page/", "/livez"])
    def answer(self, request, client):
        return client.get(request.param)

    def test_lets_no_script_run_but_ours(self, answer):
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == policy["base-uri"] == policy["object-src"] == "'none'"
        assert policy["form-action"] == policy["connect-src"] == "'self'"
        assert policy["img-src"] == f"'self' {settings.ENVIRONMENT.content_url}"
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert "'self'" not in policy["script-src"]

    def test_tells_the_browser_to_keep_to_itself(self, answer):
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]

    def test_gives_each_page_a_nonce_of_its_own(self, client):
        nonces = {client.get("/sign-in/").content.decode().partition('nonce="')[2].partition('"')[0] for _ in range(2)}
        assert len(nonces) == 2
        assert "" not in nonces

    def test_holds_no_style_or_handler_within(self, client):
        page = client.get("/sign-in/").content.decode()
        assert " style=" not in page
        assert " onclick=" not in page
