"""The application with every statement noted that SQLite is asked for, whoever asks: pages, the queue, the worker.

SQLite itself tells of each statement, so nothing can be missed by looking at one library's events. A line of the file
that TRACED_STATEMENTS names is the name of the thread and the statement.
"""

import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

_LINES = Path(os.environ["TRACED_STATEMENTS"]).open("a", buffering=1, encoding="utf-8")  # noqa: SIM115 -- until the end


def _note(statement: str) -> None:
    if not statement.startswith("--"):  # what a trigger does for a statement
        words = " ".join(statement.split())[:300]
        _LINES.write(f"{threading.current_thread().name}\t{words}\n")


_connect = sqlite3.connect


def _listening(*arguments: Any, **options: Any) -> sqlite3.Connection:
    connection = _connect(*arguments, **options)
    connection.set_trace_callback(_note)
    return connection


sqlite3.connect = sqlite3.dbapi2.connect = _listening  # type: ignore[assignment]

from lti_app.wsgi import application  # noqa: E402 -- its connections are to be listened to

__all__ = ["application"]
