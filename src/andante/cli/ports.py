"""The port that pages are served on: whether it is free, and whether somebody serves there."""

from __future__ import annotations

import errno
import http.client
import ipaddress
import socket

from andante.cli.problems import Problem
from andante.kernel.environment import Environment


def check_port_is_free(address: str, port: int) -> None:
    """
    Refuse a port that we could not listen on. Web servers share ports silently, so it must be asked first.

    :raises Problem: the port is in use, is reserved, or the address is not this machine's
    """
    family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        # Connections of an earlier run that still linger are no obstacle; a listener is.
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((address, port))
        except OSError as error:
            raise _in_words(error, address, port) from error


def _in_words(error: OSError, address: str, port: int) -> Problem:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < 65535 else 8000
        return Problem(
            f"Port {port} is in use by another program.",
            mend=f"Stop that program, or choose another port, such as ANDANTE_PORT={other}.",
        )
    if error.errno == errno.EACCES:
        return Problem(
            f"Port {port} is reserved for root.",
            mend="Set ANDANTE_PORT to a number from 1024 up, and put a proxy before it.",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return Problem(
            f"This machine does not have the address {address}.",
            mend="Set ANDANTE_BIND to one that it has; 127.0.0.1 always works.",
        )
    return Problem(
        f"Nobody can listen on {address}, port {port}: {error.strerror}.",
        mend="Set ANDANTE_BIND and ANDANTE_PORT to others.",
    )


def is_served(environment: Environment) -> bool:
    """Whether our web server answers there."""
    nearest = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(environment.bind, environment.bind)  # noqa: S104 (no bind)
    connection = http.client.HTTPConnection(nearest, environment.port, timeout=2)
    headers = {"Host": environment.base_host} | ({"X-Forwarded-Proto": "https"} if environment.secure else {})
    try:
        connection.request("GET", "/livez", headers=headers)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
