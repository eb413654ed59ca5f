"""
What every test has: the real PostgreSQL, signed in as the application.

A template database is migrated once for each state of the migrations; each test process works in a clone of
it. A test runs in a transaction that is rolled back. A test that must commit asks for `own_database`: a clone
of its own.
"""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

for _name in [name for name in os.environ if name.startswith(("ANDANTE_", "DATABASE_"))]:
    # A test never meets the settings, and so the data, of whoever runs it.
    del os.environ[_name]

from andante.cli.embedded_postgres import EmbeddedServer
from tests.servers import chosen_server, folder_for_tests

TEST_DATA = folder_for_tests(f"{os.environ.get('TEST_SERVER', 'embedded')}-settings")
TEST_DATA.mkdir(parents=True, exist_ok=True)
os.environ["ANDANTE_DATA_DIR"] = str(TEST_DATA)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "andante.config.settings")

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

# A slow machine is no fault of the code's. `make check` tries fewer examples than `make test`.
ordinary = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("ordinary", ordinary)
hypothesis.settings.register_profile("quick", ordinary, max_examples=15)
hypothesis.settings.load_profile("ordinary")

LOG_IRI = "https://learn.example.org/log"
_SOURCES = Path(__file__).parent / "src" / "andante"


def pytest_configure(config: pytest.Config) -> None:
    """Django, and what needs it, only now: the settings above must stand before anything reads them."""
    import django

    django.setup()
    for package in ("people", "learning", "obligations", "engagement"):
        config.pluginmanager.import_plugin(f"andante.{package}.tests.fixtures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what works in a database: too much for the minute of `make check`."""
    for item in items:
        if {"db", "own_database"} & set(getattr(item, "fixturenames", ())) or item.get_closest_marker("django_db"):
            item.add_marker("database")


def _template_name() -> str:
    """Named by everything that makes the schema, so that a changed migration makes a new template."""
    digest = hashlib.sha256((Path(__file__).parent / "requirements/app.txt").read_bytes())
    for pattern in ("*/migrations/*.py", "*/sql/*.sql", "ledger/*.py", "people/models.py", "*/models.py"):
        for path in sorted(_SOURCES.glob(pattern)):
            digest.update(path.read_bytes())
    return f"andante_template_{digest.hexdigest()[:12]}"


def _point_at(alias: str, url: str, *, role: str | None = None) -> None:
    from django.db import connections

    from andante.config.databases import database

    connections[alias].close()
    entry = database(url)
    if role:
        entry["OPTIONS"]["options"] = f"-c role={role}"
    connections.settings[alias].clear()
    connections.settings[alias].update(connections.configure_settings({"default": entry})["default"])


def _in(url: str, name: str) -> str:
    return make_conninfo(url, dbname=name)


def _drop(owner: psycopg.Connection, name: str) -> None:
    query = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        # Without FORCE, PostgreSQL itself sends away an autovacuum worker; with it, only a superuser may.
        owner.execute(query)
    except psycopg.errors.ObjectInUse:
        owner.execute(query + sql.SQL(" WITH (FORCE)"))


class Databases:
    """The template, and clones of it."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.urls = server.start()
        self.template = _template_name()
        self.key_file = TEST_DATA / f"{self.template}.pem"

    def make_template(self) -> None:
        from andante.ledger.operations import install

        with (TEST_DATA / "template.lock").open("w") as lock, self.owner() as owner:
            fcntl.flock(lock, fcntl.LOCK_EX)
            names = {name for (name,) in owner.execute("SELECT datname FROM pg_database")}
            if self.template in names:
                return
            building = f"{self.template}_building"
            for name in names:
                if name.startswith("andante_template_"):
                    owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            for path in TEST_DATA.glob("andante_template_*.pem"):
                path.unlink()
            _point_at("owner", _in(self.urls.owner, building))
            _point_at("default", _in(self.urls.owner, building))
            install(iri=LOG_IRI, key_file=self.key_file)
            self._close()
            owner.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(self.template)
                )
            )

    def clone(self, name: str) -> None:
        with self.owner() as owner:
            _drop(owner, name)
            owner.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self.template))
            )

    def remove_left_over(self) -> None:
        """Databases of test processes that were killed. Others may be running on this server just now."""
        with self.owner() as owner:
            for (name,) in owner.execute(
                "SELECT datname FROM pg_database WHERE datname ~ '^andante_(test|own)_'"
            ).fetchall():
                if not Path(f"/proc/{name.rpartition('_')[2]}").exists():
                    _drop(owner, name)

    def drop(self, name: str) -> None:
        with self.owner() as owner:
            _drop(owner, name)

    def use(self, name: str) -> None:
        """Let Django work in this database: as the application, as the sealer, as the owner."""
        self._close()
        assert self.urls.tester
        _point_at("default", _in(self.urls.tester, name), role="andante_application")
        _point_at("sealer", _in(self.urls.tester, name), role="andante_sealer")
        _point_at("owner", _in(self.urls.owner, name))

    def owner(self) -> psycopg.Connection:
        return psycopg.connect(self.urls.owner, autocommit=True)

    @staticmethod
    def _close() -> None:
        from django.db import connections

        connections.close_all()


@pytest.fixture(scope="session")
def databases() -> Databases:
    return Databases(chosen_server())


@pytest.fixture(scope="session")
def django_db_setup(databases, django_db_blocker) -> Iterator[None]:
    """Instead of pytest-django's own: a clone of the template for this test process."""
    name = f"andante_test_{os.getpid()}"
    with django_db_blocker.unblock():
        databases.remove_left_over()
        databases.make_template()
        databases.clone(name)
        databases.use(name)
        yield
        databases.use(name)
        databases._close()
        databases.drop(name)


@pytest.fixture
def own_database(databases, django_db_setup, django_db_blocker) -> Iterator[str]:
    """A database of its own for a test that commits; Django's connections lead there. Its name."""
    from django.db import connections

    name = f"andante_own_{os.getpid()}"
    before = connections.settings["default"]["NAME"]
    with django_db_blocker.unblock():
        databases.clone(name)
        databases.use(name)
        yield name
        databases.use(before)
        databases.drop(name)


@pytest.fixture
def owner_connection(databases) -> Iterator[psycopg.Connection]:
    """As the owner of the tables, in the database that Django works in: for forgers."""
    from django.db import connections

    url = _in(databases.urls.owner, connections.settings["default"]["NAME"])
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def sealer(databases):
    """The sealer of this log, with its real key."""
    from andante.ledger.keys import KeyFiles
    from andante.ledger.queries import current_log
    from andante.ledger.sealing import Sealer

    return Sealer(current_log(), KeyFiles(databases.key_file))


@pytest.fixture
def seal(sealer) -> Callable[[], int]:
    """Seal what waits, on the test's own connection: in the test's transaction, as the sealer."""

    def _seal() -> int:
        from django.db import connection, transaction

        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE andante_sealer")
            sealed = sealer.seal(cursor)
            cursor.execute("SET LOCAL ROLE andante_application")
        return sealed

    return _seal


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process may remember for ever, because it never changes, is another test's when that one rolled back."""
    from andante.content import queries

    queries.version.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _plain_static_files() -> Iterator[None]:
    """Static files under their plain names: the built manifest belongs to a start, not to a test."""
    from django.test import override_settings

    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    built = TEST_DATA / "static"
    built.mkdir(exist_ok=True)
    with override_settings(
        STORAGES=storages, STATIC_ROOT=built, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"
    ):
        yield
