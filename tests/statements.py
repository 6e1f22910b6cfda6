"""What a piece of work asks of the database: how many statements, and which columns they name."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from sqlalchemy import Column, Engine, event
from sqlalchemy.sql import visitors

from lti_app.core import statements

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


def columns_read(engine: Engine, work: Callable[[], object]) -> dict[str, Column[Any]]:
    """The columns of tables that the statements of this work name, by "table.column"."""
    found: set[Column[Any]] = set()

    def note(_connection: Any, statement: Any, *_others: Any) -> None:
        for part in visitors.iterate(statement):
            found.update(base for base in getattr(part, "base_columns", ()) if isinstance(base, Column))

    event.listen(engine, "before_execute", note)
    try:
        with patch.object(statements, "_prepared", return_value=None):  # those would only be a text
            work()
    finally:
        event.remove(engine, "before_execute", note)
    return {f"{column.table.name}.{column.name}": column for column in found}
