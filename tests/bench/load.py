"""Requests over connections that stay open, one after the other or many at once."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Request:
    """One request of somebody who is signed in. `form` makes it a POST."""

    port: int
    path: str
    cookie: str
    form: tuple[tuple[str, str], ...] = ()


_local = threading.local()


def send(request: Request) -> int:
    """
    Send it over this thread's connection; the status.

    :raises AssertionError: the server refused it or failed: a bench of refusals would say nothing
    """
    connection = getattr(_local, "connection", None)
    if connection is None:
        connection = _local.connection = http.client.HTTPConnection("localhost", request.port, timeout=30)
    headers = {"Cookie": request.cookie, "Accept": "text/html"}
    if request.form:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{request.port}"}
        connection.request("POST", request.path, urlencode(request.form), headers)
    else:
        connection.request("GET", request.path, headers=headers)
    reply = connection.getresponse()
    reply.read()
    location = reply.getheader("Location", "")
    assert reply.status in {200, 302} and "/sign-in/" not in location, (request.path, reply.status, location)
    return reply.status


def requests_a_second(make: Callable[[int], Request], *, connections: int, seconds: float) -> float:
    """How many requests are answered a second; each connection is another learner."""
    counts = [0] * connections
    errors: list[BaseException] = []
    end = time.monotonic() + seconds

    def work(who: int) -> None:
        try:
            while time.monotonic() < end:
                send(make(who))
                counts[who] += 1
        except BaseException as error:  # noqa: BLE001 - handed to the main thread
            errors.append(error)

    started = time.monotonic()
    threads = [threading.Thread(target=work, args=(who,)) for who in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(counts) / (time.monotonic() - started)
