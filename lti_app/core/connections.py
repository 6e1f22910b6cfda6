"""Connections of a pool that may have broken while nobody used them.

To ask the server before each use would cost a request several round trips. A server that ends a connection says so, and
what it said waits at the socket; only where nothing was heard for long, a line may have broken without a word.
"""

import select
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

QUIET_SECONDS = 30.0
"""How long a connection may lie unused before the server is asked: shorter than firewalls forget."""
_USED = "colloquy_used"


def ask_when_in_doubt(engine: Engine) -> None:
    """Replace connections that turn out to be broken before they are used; for drivers with sockets, such as
    psycopg's."""

    def on_checkin(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_USED] = time.monotonic()

    def on_checkout(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if not _is_in_doubt(connection, record.info.get(_USED)):
            return
        with suppress(engine.dialect.loaded_dbapi.Error, OSError):
            engine.dialect.do_ping(connection)
            return
        raise InvalidatePoolError  # the others are as old: SQLAlchemy opens new ones

    event.listen(engine, "checkin", on_checkin)
    event.listen(engine, "checkout", on_checkout)


def _is_in_doubt(connection: Any, used: float | None) -> bool:
    if used is None:  # it has just been made
        return False
    return connection.closed or time.monotonic() - used > QUIET_SECONDS or _has_something_to_say(connection)


def _has_something_to_say(connection: Any) -> bool:
    """Whether something has come that nobody has read: of a connection in a pool, mostly its end."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
