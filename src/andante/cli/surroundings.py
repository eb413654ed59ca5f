"""
What a command stands on: checked settings, the data folder, the database, Django.

Settings reach Django, and the processes that we start, through the environment; so what is worked out here
(where the data are, how to reach the embedded server) is written there.
"""

from __future__ import annotations

import atexit
import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from andante.cli.embedded_postgres import EmbeddedServer, Urls, prepare_roles
from andante.cli.installation import installation
from andante.cli.problems import Problem
from andante.kernel.environment import Environment

URL_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_SEALER_URL")
PRIVATE_FOLDERS = ("logs", "outbox")


def use_data_folder() -> Path:
    """
    Settle where the data are, create the folder, and keep what we write there to ourselves.

    :raises SettingInvalid: a setting cannot work
    :raises Problem: the folder cannot be created
    """
    chosen = Environment.read().data_dir or installation().data_dir
    os.environ["ANDANTE_DATA_DIR"] = str(chosen)
    os.umask(0o077)
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        for name in PRIVATE_FOLDERS:
            (chosen / name).mkdir(exist_ok=True)
    except OSError as error:
        raise Problem(
            f"The data folder {chosen} cannot be written: {error.strerror}.",
            mend="Make room or mend its permissions, or set ANDANTE_DATA_DIR to another folder.",
        ) from error
    return chosen


@contextlib.contextmanager
def database() -> Iterator[EmbeddedServer | None]:
    """
    Keep a database within reach for the length of a block: the one of the settings, else the embedded one.

    :return: the embedded server, where it is that
    :raises Problem: the embedded server cannot start, or a setting is missing
    """
    data_dir = use_data_folder()
    environment = Environment.read()
    if environment.database_url is not None:
        yield None
        return
    server = EmbeddedServer(data_dir)
    with server.in_use() as urls:
        os.environ["DATABASE_URL"] = urls.application
        os.environ["DATABASE_OWNER_URL"] = urls.owner
        os.environ["DATABASE_SEALER_URL"] = urls.sealer
        yield server


def prepare_database_roles() -> None:
    """
    Create the logins and groups that the settings name, where they are missing.

    :raises Problem: an address is missing, or the owner may not create roles
    """
    require(*URL_NAMES)
    prepare_roles(
        Urls(
            owner=os.environ["DATABASE_OWNER_URL"],
            application=os.environ["DATABASE_URL"],
            sealer=os.environ["DATABASE_SEALER_URL"],
        )
    )


def require(*names: str) -> None:
    """
    Refuse to go on without these settings.

    :raises Problem: names those that are missing
    """
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise Problem(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
            mend="With a database server of your own, set all three: DATABASE_URL, DATABASE_OWNER_URL and"
            " DATABASE_SEALER_URL name the same database, with a login of its own for each.",
        )


def for_process(*roles: str) -> Mapping[str, str]:
    """
    The environment of a process that we start: ours, but without the passwords of roles that are not its own.

    :param roles: names out of `URL_NAMES`
    :raises Problem: one is not set
    """
    require(*roles)
    kept = {name: value for name, value in os.environ.items() if name not in URL_NAMES}
    return kept | {name: os.environ[name] for name in roles}


def leave_database() -> None:
    """Close Django's connections and their pool, which would otherwise knock at a server that stops."""
    from django.conf import settings

    if not settings.configured:
        return
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def set_django_up() -> None:
    """Import Django and all models; only now, because it takes half a second that `--help` does not need."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante.config.settings")
    django.setup()
    from django.db import connection

    # Its threads are not to be waited for at the end: Python 3.13 would, for twenty seconds.
    atexit.register(connection.close_pool)  # type: ignore[attr-defined]  # the stubs leave it out
