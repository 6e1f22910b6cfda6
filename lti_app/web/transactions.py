"""One database session and one moment a request; the only place of the web that commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

from flask import Flask, current_app, g
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lti_app.core.clock import Clock
from lti_app.core.db import Database
from lti_app.grading.passbacks.ports import Bell
from lti_app.library.readings.ports import ReferenceBell

DATABASE = "colloquy.database"
CLOCK = "colloquy.clock"
BELL = "colloquy.bell"


class WorkerBell(Bell, ReferenceBell, Protocol):
    """Wakes the worker for whatever a request has left it to do."""

    def ring_notices(self) -> None:
        """Signal that people may have something to be told of. Never raises."""


def init_transactions(app: Flask, database: Database, clock: Clock, bell: WorkerBell) -> None:
    """Give requests their sessions and close them at the end, rolling back what was not committed."""
    app.extensions[DATABASE] = database
    app.extensions[CLOCK] = clock
    app.extensions[BELL] = bell
    app.teardown_appcontext(_close)


def read_session() -> Session:
    """This request's session for reading. Inside `writing()` it is the writing one."""
    if "db" not in g:
        g.db = _database().read()
    session: Session = g.db
    return session


@contextmanager
def glancing() -> Iterator[Session]:
    """A session for one statement by itself, whose moment is no other statement's: no transaction is begun for it."""
    with _database().glance() as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """This request's writing transaction: commits at the end, rolls back on any error.

    What was read before lies in an ended transaction, so that a decision and the write it leads to see the same data.
    """
    _close()
    with _database().writing() as session:
        g.db = session
        try:
            yield session
        finally:
            g.pop("db", None)


def write_aside(work: Callable[[Session], None]) -> None:
    """A small write beside the request's own transaction, left out where the database does not take it."""
    with suppress(DBAPIError), _database().writing() as session:
        work(session)


def end_reading() -> None:
    """End the reading transaction before something slow; later reads begin a new one."""
    _close()


def now() -> datetime:
    """The moment of this request: the same for all that is decided in it."""
    if "now" not in g:
        g.now = current_app.extensions[CLOCK]()
    moment: datetime = g.now
    return moment


def ring() -> None:
    """Wake the worker to send scores, after they are committed."""
    _bell().ring()


def ring_check() -> None:
    """Wake the worker to read a gradebook back. After the commit, never before."""
    _bell().ring_check()


def ring_notices() -> None:
    """Wake the worker to tell people what is new, after it is committed."""
    _bell().ring_notices()


def ring_references() -> None:
    """Wake the worker to render references, after the new citation style is committed."""
    _bell().ring_references()


def _bell() -> WorkerBell:
    bell: WorkerBell = current_app.extensions[BELL]
    return bell


def _database() -> Database:
    database: Database = current_app.extensions[DATABASE]
    return database


def _close(_error: BaseException | None = None) -> None:
    session = g.pop("db", None)
    if session is not None:
        session.close()
