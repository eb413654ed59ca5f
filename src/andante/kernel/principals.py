"""Who acts: the account, the operating-system user at the command line, or a part of the system itself."""

import os
import pwd
from typing import NewType
from uuid import UUID

Principal = NewType("Principal", str)


def account_principal(account: UUID) -> Principal:
    return Principal(f"account:{account}")


def cli_principal() -> Principal:
    """
    The operating-system user who runs the command, as `cli:NAME`; as `cli:NUMBER` for one without a name.

    Asked of the system, never of the environment: LOGNAME says whatever the user wants it to.
    """
    user = os.getuid()
    try:
        return Principal(f"cli:{pwd.getpwuid(user).pw_name}")
    except KeyError:
        return Principal(f"cli:{user}")


def system_principal(part: str) -> Principal:
    """A part of the system that acts on its own, such as `system:sealer`."""
    return Principal(f"system:{part}")
