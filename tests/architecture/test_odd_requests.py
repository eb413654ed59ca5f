"""Whatever a request looks like, it is answered, and never by an error of ours."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client

from andante.config.requests import Handler, Request


def environ(content_type, body=b"", query=""):
    """A request as the web server hands it on."""
    return {
        "REQUEST_METHOD": "POST" if body else "GET",
        "PATH_INFO": "/sign-in/",
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": settings.ENVIRONMENT.base_host,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
    }


ODD_TYPES = [
    "text/plain; charset=hex",
    "text/plain; charset=utf-16",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=unicode_escape",
    "multipart/form-data; boundary=x; charset=rot13",
    "text/plain; name*=nobody-knows''x",
]


@pytest.mark.django_db
class TestARequest:
    @pytest.mark.parametrize("content_type", ODD_TYPES)
    @pytest.mark.parametrize("body", [b"", b"login=a&password=b"])
    def test_is_answered_whatever_encoding_it_claims(self, content_type, body):
        told = []
        Handler()(environ(content_type, body, query="next=/%ff"), lambda status, _headers: told.append(status))
        assert told == ["403 Forbidden" if body else "200 OK"]

    @pytest.mark.parametrize("content_type", ODD_TYPES[2:4])
    def test_is_read_as_utf_8(self, content_type):
        body = urlencode({"name": "Tomás \\ud800"}).encode()
        assert Request(environ(content_type, body)).POST["name"] == "Tomás \\ud800"

    @pytest.mark.parametrize("host", ["evil.example", "x" * 5000, "evil.example\x1b[2J", "", "[::1"])
    def test_to_another_host_is_refused_in_one_line_of_the_log(self, host, caplog):
        told = []
        Handler()({**environ(""), "HTTP_HOST": host}, lambda status, _headers: told.append(status))
        (record,) = caplog.records
        assert told == ["400 Bad Request"]
        assert (record.levelname, record.getMessage()) == ("WARNING", "refused: another host")
        assert record.exc_info is None
        assert not hasattr(record, "request")
        assert record.host == ascii(host)[:100]

    @pytest.mark.parametrize("key", [r'"\000aaaaaaaaaaaaaaaa"', "a" * 5000, r'"\355\240\200aaaaaaaaaa"', "'--", ""])
    def test_is_one_of_nobody_with_a_session_that_cannot_be(self, key):
        answer = Client(headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"}).get("/account/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
