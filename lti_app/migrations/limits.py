"""How long a change of the database may hold others up on PostgreSQL, and changes that hold nobody up."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy import TextClause, text

LOCK_LIMIT = "4s"
"""How long a revision waits for a lock before it gives up: while it waits, the pages that need the table wait too."""
STATEMENT_LIMIT = "10min"
"""How long one statement of a revision may take. Rows of a large table are changed in parts, not in one statement."""


def create_index(
    name: str,
    table: str,
    columns: Sequence[str | TextClause],
    *,
    where: str | None = None,
    using: str | None = None,
    unique: bool = False,
) -> None:
    """Create an index while others write to the table; on SQLite, where one writes at a time, at once.

    PostgreSQL waits for the transactions that are open already, and holds nobody up meanwhile, so that no limit of
    time applies. What an attempt that was broken off has left behind is removed first.
    """
    condition = None if where is None else text(where)
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(name, table, columns, unique=unique, sqlite_where=condition)
        return
    of_postgresql = {"postgresql_where": condition} if using is None else {"postgresql_using": using}
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.execute("SET statement_timeout = 0")
        op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
        op.create_index(name, table, columns, unique=unique, postgresql_concurrently=True, **of_postgresql)
        op.execute(f"SET lock_timeout = '{LOCK_LIMIT}'")
        op.execute(f"SET statement_timeout = '{STATEMENT_LIMIT}'")


def drop_index(name: str, table: str) -> None:
    """Drop an index while others use the table."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index(name, table)
        return
    with op.get_context().autocommit_block():
        op.drop_index(name, table, postgresql_concurrently=True, if_exists=True)
