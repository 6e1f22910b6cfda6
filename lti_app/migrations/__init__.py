"""The database's history: one Alembic revision a change, and the way to run them from code."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from lti_app.core.db import make_engine
from lti_app.core.errors import ColloquyError
from lti_app.core.private_files import create_private_file

STOPPED = {"55P03": "locked", "57014": "slow"}
"""What PostgreSQL says when a limit of time ends a statement (lock_not_available, query_canceled)."""

UPGRADING = 0x636F6C6C6F717579
"""The number by which PostgreSQL knows that a database is being upgraded: "colloquy"."""
BESIDE = ".upgrading"
"""What the name of a SQLite database's file ends with, of the file by which others know the same."""
PAUSE = 0.2
"""Seconds between two looks at whether another upgrade has ended."""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


class UpgradeStopped(ColloquyError):
    """PostgreSQL ended a revision that waited or worked longer than its limit; the database is as it was before it.

    The code is `locked` or `slow`; `data["revision"]` is where the database stands.
    """


def upgrade(database_url: str, revision: str = "head", *, on_wait: Callable[[], None] = lambda: None) -> None:
    """Bring the database to `revision`, one transaction a revision; does nothing when it is already there.

    While another process upgrades the same database, it first calls `on_wait` and waits for that one's end. Raises
    UpgradeStopped when a limit of `limits` was reached; running it again goes on from there.
    """
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection, one_at_a_time(connection, on_wait):
            _leave_keys_unchecked(connection)
            with _limits_named(connection):
                command.upgrade(_config(connection), revision)
            connection.commit()
    finally:
        engine.dispose()


@contextmanager
def one_at_a_time(connection: Connection, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Keep other upgrades of the database waiting until the block ends, and with it the connection.

    Waiting is looking again and again: an open statement that waits would in turn hold up an index that the other
    upgrade creates while the database is in use.
    """
    if connection.dialect.name != "sqlite":
        _when(lambda: _locks_database(connection), on_wait)
        yield
    elif not (name := connection.engine.url.database) or name == ":memory:":
        yield
    else:
        create_private_file(lock := Path(f"{name}{BESIDE}"))
        with lock.open("w") as beside:
            _when(lambda: _locks_file(beside), on_wait)
            yield


def _when(is_free: Callable[[], bool], on_wait: Callable[[], None]) -> None:
    if is_free():
        return
    on_wait()
    while not is_free():
        time.sleep(PAUSE)


def _locks_database(connection: Connection) -> bool:
    """Whether the lock is this connection's now; it ends with the connection, however that ends."""
    locked = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": UPGRADING}))
    connection.commit()
    return locked


def _locks_file(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _limits_named(connection: Connection) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if code := STOPPED.get(getattr(error.orig, "sqlstate", None) or ""):
            connection.rollback()
            reached = MigrationContext.configure(connection).get_current_revision()
            raise UpgradeStopped(code, revision=reached) from error
        raise


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to an older revision (for tests and emergencies; data of dropped tables is lost)."""
    engine = make_engine(database_url)
    try:
        with engine.connect() as connection:
            _leave_keys_unchecked(connection)
            command.downgrade(_config(connection), revision)
            connection.commit()
    finally:
        engine.dispose()


def _leave_keys_unchecked(connection: Connection) -> None:
    """On SQLite, where batch changes copy a table: with foreign keys on, the old copy could not be dropped.

    Said to the driver itself, because SQLite does not listen inside a transaction, which SQLAlchemy would begin.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and driver is not None:
        driver.execute("PRAGMA foreign_keys=OFF")


def new_revision(database_url: str, message: str) -> None:
    """Write a new revision file from the difference between the models and the database (for developers)."""
    engine = make_engine(database_url)
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
    engine.dispose()


def check(connection: Connection) -> None:
    """Raise alembic's CommandError when the models and the database differ."""
    command.check(_config(connection))


def is_current(connection: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    head = ScriptDirectory(str(Path(__file__).parent)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head
