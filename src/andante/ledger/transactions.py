"""One use case, one transaction: tried anew where PostgreSQL broke it off because of another one."""

import functools
import logging
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction
from psycopg import errors

PAUSES = (0.05, 0.1, 0.2)
"""Seconds before each further try, at most: half of it at least, by chance, so that two losers do not meet again."""

_LOST_RACES = (errors.DeadlockDetected, errors.SerializationFailure)
_P = ParamSpec("_P")
_T = TypeVar("_T")

log = logging.getLogger(__name__)


def transact(operation: Callable[_P, _T]) -> Callable[_P, _T]:
    """
    Run an operation in one transaction; after a deadlock or a serialisation failure once more, three times at most.

    PostgreSQL has then undone all of it, so that it begins from the start and is done once. Within another transaction
    it is a part of that one: more than its own was undone, so the outermost operation is the one that is repeated. An
    operation that reaches beyond the database, such as one that sends mail itself, must not be repeated: there it is
    `transaction.atomic` alone.

    :raises OperationalError: it lost every race, or the database is out of reach
    """

    @functools.wraps(operation)
    def transacted(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        pauses = iter(() if connection.in_atomic_block else PAUSES)
        while True:
            try:
                with transaction.atomic():
                    return operation(*args, **kwargs)
            except OperationalError as error:
                pause = next(pauses, None) if isinstance(error.__cause__, _LOST_RACES) else None
                if pause is None:
                    raise
                log.info("transaction-repeated", extra={"operation": operation.__qualname__, "error": str(error)})
                time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret

    return transacted
