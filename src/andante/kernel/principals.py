"""Who acts: the account, the operating-system user at the command line, or a part of the system itself."""

import getpass
from typing import NewType
from uuid import UUID

Principal = NewType("Principal", str)


def account_principal(account: UUID) -> Principal:
    return Principal(f"account:{account}")


def cli_principal() -> Principal:
    """The operating-system user who runs the command, as `cli:NAME`."""
    return Principal(f"cli:{getpass.getuser()}")


def system_principal(part: str) -> Principal:
    """A part of the system that acts on its own, such as `system:sealer`."""
    return Principal(f"system:{part}")
