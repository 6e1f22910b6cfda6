"""The application with every statement noted that SQLite is asked for, whoever asks: pages, the queue, the worker.

SQLite itself tells of each statement, so nothing can be missed by looking at one library's events. A line of the file
that TRACED_STATEMENTS names is the name of the thread and the statement.
"""

import os
import sqlite3
import threading
from importlib import import_module
from typing import Any

_lines = os.open(os.environ["TRACED_STATEMENTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_connect = sqlite3.connect


def _note(statement: str) -> None:
    if not statement.startswith("--"):  # what a trigger does for a statement
        words = " ".join(statement.split())[:300]
        os.write(_lines, f"{threading.current_thread().name}\t{words}\n".encode())


def _listening(*arguments: Any, **options: Any) -> sqlite3.Connection:
    connection = _connect(*arguments, **options)
    connection.set_trace_callback(_note)
    return connection


sqlite3.connect = sqlite3.dbapi2.connect = _listening  # type: ignore[assignment]
application = import_module("lti_app.wsgi").application  # now, when its connections are listened to
