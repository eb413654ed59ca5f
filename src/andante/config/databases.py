"""From database addresses to Django's settings: one alias for each role."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

# Threads of one web process; the pool has a connection for each, so that a request never waits for one.
WEB_THREADS = 4


def database(url: str | None, *, pooled: bool = False) -> dict[str, Any]:
    """
    Django's entry for one address; without an address, one that names the mend when somebody connects.

    Serialisable plain values only: the embedded server's address goes through `host` as a socket folder.
    """
    parts = conninfo_to_dict(url) if url else {"dbname": "andante", "host": "/DATABASE_URL-is-not-set"}
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {name: str(parts.pop(key)) for key, name in known.items() if key in parts}
    options: dict[str, Any] = {"connect_timeout": 5, **parts}
    if pooled:
        options["pool"] = {"min_size": 1, "max_size": WEB_THREADS + 1, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **entry,
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": not pooled,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "TEST": {"MIRROR": None},
    }
