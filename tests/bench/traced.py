"""The application with every statement noted that is sent to SQLite, whoever sends it: pages, the queue, the worker.

A line of the file that TRACED_STATEMENTS names is the name of the thread and the statement, with places for its values
as it was sent. What triggers do is not sent by anybody; SQLite's own trace would tell of it under the name of the
statement that set them off.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable
from importlib import import_module
from typing import Any

_connect = sqlite3.connect


def _note(statement: str) -> None:
    words = " ".join(statement.split())[:300]
    os.write(_lines, f"{threading.current_thread().name}\t{words}\n".encode())


class _NotingCursor(sqlite3.Cursor):
    """Notes what is sent by it."""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        _note(statement)
        return super().execute(statement, *values)

    def executemany(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        every = list(rows)
        for _ in every:
            _note(statement)
        return super().executemany(statement, every)

    def executescript(self, script: str) -> sqlite3.Cursor:
        for statement in script.split(";"):
            _note(statement)
        return super().executescript(script)


class NotingConnection(sqlite3.Connection):
    """Notes what is sent over it, and the ends of its transactions."""

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _NotingCursor)

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        return self.cursor().execute(statement, *values)

    def executemany(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        return self.cursor().executemany(statement, rows)

    def executescript(self, script: str) -> sqlite3.Cursor:
        return self.cursor().executescript(script)

    def commit(self) -> None:
        if self.in_transaction:
            _note("COMMIT")
        super().commit()

    def rollback(self) -> None:
        if self.in_transaction:
            _note("ROLLBACK")
        super().rollback()


def _noting(*arguments: Any, **options: Any) -> sqlite3.Connection:
    return _connect(*arguments, **{"factory": NotingConnection, **options})


if "TRACED_STATEMENTS" in os.environ:
    _lines = os.open(os.environ["TRACED_STATEMENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    sqlite3.connect = sqlite3.dbapi2.connect = _noting  # type: ignore[assignment]
    application = import_module("lti_app.wsgi").application  # now, when what its connections send is noted
