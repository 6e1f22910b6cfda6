"""Counts what a piece of work asks of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

BOOKKEEPING = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")


@contextmanager
def count_statements(engine: Engine) -> Iterator[list[str]]:
    """The statements sent while the block runs, in order; beginnings and ends of transactions are left out.

    `with count_statements(database.engine) as statements: ...`, then `assert len(statements) == 4`. Everything that
    any thread sends through this engine is counted.
    """
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if not statement.lstrip().upper().startswith(BOOKKEEPING):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
