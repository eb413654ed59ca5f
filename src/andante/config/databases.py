"""From database addresses to Django's settings: one alias for each role."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

# Threads of one web process; the pool has a connection for each, so that a request never waits for one.
WEB_THREADS = 4
# Seconds that a request waits for a connection while the database is out of reach, before it says so.
POOL_PATIENCE = 5
# Seconds in which the pool tries by itself to replace a lost connection, at ever longer intervals. Kept short, so that
# after a long outage the next request connects at once, and does not wait for an interval of minutes to end.
POOL_RECONNECTS = 5

# After how many times the server keeps a statement of `ledger.prepared_cursor`; other statements are never kept.
PREPARE_AFTER = 2


def database(url: str | None, *, pooled: bool = False) -> dict[str, Any]:
    """
    Django's entry for one address; without an address, one that names the mend when somebody connects.

    Serialisable plain values only: the embedded server's address goes through `host` as a socket folder.
    """
    parts = conninfo_to_dict(url) if url else {"dbname": "andante", "host": "/DATABASE_URL-is-not-set"}
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {name: str(parts.pop(key)) for key, name in known.items() if key in parts}
    options: dict[str, Any] = {"connect_timeout": 5, "prepare_threshold": PREPARE_AFTER, **parts}
    if pooled:
        options["pool"] = {
            "min_size": 1,
            "max_size": WEB_THREADS + 1,
            "timeout": POOL_PATIENCE,
            "reconnect_timeout": POOL_RECONNECTS,
        }
    return {
        "ENGINE": "andante.config.postgresql",
        **entry,
        "OPTIONS": options,
        # A restarted server, or a firewall, leaves broken connections behind: they are told before a request gets one.
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "TEST": {"MIRROR": None},
    }
