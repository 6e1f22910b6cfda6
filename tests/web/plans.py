"""A database of many like courses, and the plans of the statements that are sent to it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Engine, Integer, Table, UniqueConstraint, event, text

from lti_app.core.db import Base, Id

STEP = 1_000_000
"""How far the keys of one copy are from those of the next."""
EXPLAINED = ("SELECT", "WITH", "UPDATE", "DELETE")


def multiply(connection: Connection, copies: int) -> None:
    """Copy every row so many times, with keys of its own: as many more courses, people and posts."""
    _stop_checking(connection)
    numbers = f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {copies})"
    for table in Base.metadata.sorted_tables:
        if not connection.scalar(table.select().with_only_columns(text("1")).limit(1)):
            continue
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(_copied(column) for column in table.columns)
        connection.execute(
            text(f'INSERT INTO "{table.name}" ({names}) {numbers} SELECT {values} FROM "{table.name}", copy')
        )
    _multiply_index(connection, numbers)
    connection.commit()
    connection.execute(text("ANALYZE"))
    connection.commit()


def _multiply_index(connection: Connection, numbers: str) -> None:
    """The same for the words that posts are found by, which triggers may have made room for."""
    if connection.dialect.name == "sqlite":
        found = f"{numbers} SELECT post_id + copy.n * {STEP} AS copied, * FROM post_search_words, copy"
        same = "words = found.words, joined = found.joined, version = found.version"
        connection.execute(
            text(
                f"UPDATE post_search_words SET {same} FROM ({found}) AS found WHERE post_search_words.post_id = copied"
            )
        )
        return
    shifted = ", ".join(f"{key} + copy.n * {STEP}" for key in ("post_id", "course_id"))
    found = f"{numbers} SELECT {shifted}, words, body, version FROM post_search, copy"
    columns = "post_id, course_id, words, body, version"
    connection.execute(text(f"DELETE FROM post_search WHERE post_id > {STEP}"))
    connection.execute(text(f"INSERT INTO post_search ({columns}) {found}"))


def _stop_checking(connection: Connection) -> None:
    """Until the commit, PostgreSQL runs no triggers, of foreign keys and of the search index, where the account may
    say so: copies of what was checked need no checking, which takes most of the time.
    """
    if connection.dialect.name == "postgresql":
        is_superuser = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        if connection.scalar(text(is_superuser)):
            connection.execute(text("SET LOCAL session_replication_role = replica"))


def _copied(column: Column[Any]) -> str:
    name = f'"{column.table.name}"."{column.name}"'
    if column.foreign_keys or (column.primary_key and column.name == "id"):
        return f"{name} + copy.n * {STEP}"
    if not _alone(column):
        return name
    return f"{name} + copy.n * {STEP}" if isinstance(column.type, Id | Integer) else f"{name} || '-' || copy.n"


def _alone(column: Column[Any]) -> bool:
    """Whether a value is unique without a key of another table beside it, so that a copy needs another."""
    table: Table = column.table
    uniques = [[*each.columns] for each in table.constraints if isinstance(each, UniqueConstraint)]
    return any(
        column in columns and not any(each.foreign_keys for each in columns)
        for columns in [[*table.primary_key], *uniques]
    ) and column.name not in ("issuer", "client_id")


def large_tables(connection: Connection, rows: int) -> set[str]:
    """The tables with at least so many rows."""
    counts = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in Base.metadata.tables}
    return {name for name, count in counts.items() if count and count >= rows}


@contextmanager
def statements_of(engine: Engine) -> Iterator[dict[str, Any]]:
    """What is sent while the block runs, each statement once, with the values it was sent with first."""
    sent: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith(EXPLAINED):
            sent.setdefault(statement, values[0] if many else values)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def whole_scans(connection: Connection, statement: str, values: Any) -> set[str]:
    """The tables that the database would read from end to end for this statement."""
    if connection.dialect.name == "sqlite":
        lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        found = (re.match(r"SCAN (\w+?)(_\d+)?( USING (COVERING )?INDEX \w+)?$", line[-1]) for line in lines)
        return {match[1] for match in found if match}
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar()
    return {node["Relation Name"] for node in _nodes(plan[0]["Plan"]) if node["Node Type"] == "Seq Scan"}


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)
