"""What the code of an earlier revision writes and reads, derived from the tables of that revision."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from itertools import cycle, pairwise
from math import isqrt
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from lti_app.core.db import make_engine

ON_SQLITE = "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
ON_POSTGRESQL = """
    SELECT table_name, concat_ws(' ', column_name, data_type, character_maximum_length, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0
    UNION ALL SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""
Upgrade = Callable[[str, str], None]
NOT_WRITTEN = ("alembic", "change_mark", "post_search")
"""Tables that the database writes by triggers, or that are not ours."""
EITHER_OR = {("extension", "person_id"), ("extension", "group_id")}
"""Columns of which a row has exactly one: a row of all columns has the first."""


class EarlierCode:
    """Writes rows as the code of one revision would: with the columns of that revision alone."""

    def __init__(self, connection: Connection, ids: dict[str, list[Any]]) -> None:
        self._metadata = MetaData()
        self._metadata.reflect(connection, only=lambda name, _: not name.startswith(NOT_WRITTEN))
        self._ids = ids
        """The keys of the rows that were written, by table."""

    def write_first(self, connection: Connection) -> list[str]:
        """Write to the tables that nothing was written to."""
        return self.write(connection, [name for name in self._metadata.tables if not self._ids[name]])

    def write(self, connection: Connection, names: Collection[str]) -> list[str]:
        """Insert, change, put and read rows in these tables; answers what the database refused."""
        tables = [table for table in self._metadata.sorted_tables if table.name in names]
        steps: list[Callable[[Connection, Table], None]] = [
            lambda connection, table: self._insert(connection, table, whole=True),
            lambda connection, table: self._insert(connection, table, whole=True),
            lambda connection, table: self._insert(connection, table, whole=False),
            self._update,
            self._put,
            lambda connection, table: connection.execute(table.select()).all() and None,
        ]
        refused = []
        for table in tables:
            for step in steps:
                try:
                    with connection.begin_nested():
                        step(connection, table)
                except DBAPIError as error:
                    refused.append(f"{table.name}: {str(error.orig).splitlines()[0]}")
        return refused

    def _insert(self, connection: Connection, table: Table, *, whole: bool) -> None:
        number = len(self._ids[table.name])
        values = self._values(table, number, whole=whole)
        result = connection.execute(table.insert().values(values))
        self._ids[table.name].append(result.inserted_primary_key[0])

    def _update(self, connection: Connection, table: Table) -> None:
        """Every column to the value it has, and those that may be empty to nothing."""
        number = len(self._ids[table.name]) - 3
        values = self._values(table, number, whole=True)
        key = {column: values.get(column.name, self._ids[table.name][number]) for column in table.primary_key}
        row = table.update().where(*(column == value for column, value in key.items()))
        connection.execute(row.values(values))
        empty = {column.name: None for column in table.columns if _may_be_empty(column)}
        if empty:
            connection.execute(row.values(empty))

    def _put(self, connection: Connection, table: Table) -> None:
        """Insert or change, by each key that rows are known by."""
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        values = self._values(table, len(self._ids[table.name]) - 2, whole=True)
        for columns in _keys(table, of_all_rows=True):
            if all(column.name in values for column in columns):
                put = dialect.insert(table).values(values)
                same = {columns[0].name: put.excluded[columns[0].name]}
                names = [column.name for column in columns]
                with connection.begin_nested() as attempt:
                    connection.execute(put.on_conflict_do_update(index_elements=names, set_=same))
                    attempt.rollback()

    def _values(self, table: Table, number: int, *, whole: bool) -> dict[str, Any]:
        """Values that differ from those of other rows only where the revision wants them to."""
        differ = {column for columns in _keys(table) for column in columns}
        alone = {columns[0] for columns in _keys(table) if len(columns) == 1}
        together = [column for column in table.columns if column in differ - alone and column.foreign_keys]
        numbers = dict.fromkeys(differ, number) | dict(zip(together, cycle(_pair(number)), strict=False))
        named = [column for column in table.columns if whole or not column.nullable or _is_either(column)]
        return {
            column.name: self._value(column, numbers.get(column, 0))
            for column in named
            if not _numbers_itself(column) and not (_is_either(column) and column.name == "group_id")
        }

    def _value(self, column: Column[Any], number: int) -> Any:
        for key in column.foreign_keys:
            others = self._ids[key.column.table.name]
            return others[min(number, len(others) - 1)] if others else None
        return _SAMPLES[_kind(column)](column.name, number)


def steps_refused(url: str, revisions: Sequence[str], upgrade: Upgrade) -> dict[str, list[str]]:
    """For each revision, what its tables refuse of what the code of the one before it does.

    All revisions are passed through, with rows in the tables; the walk ends where one cannot be reached.
    """
    engine = make_engine(url)
    try:
        return _walk(engine, url, revisions, upgrade)
    finally:
        engine.dispose()


def _walk(engine: Engine, url: str, revisions: Sequence[str], upgrade: Upgrade) -> dict[str, list[str]]:
    ids: dict[str, list[Any]] = defaultdict(list)
    refused = {}
    for earlier, later in pairwise(revisions):
        upgrade(url, earlier)
        with engine.connect() as connection:
            code = EarlierCode(connection, ids)
            before = _definitions(connection)
            assert not (wrong := code.write_first(connection)), f"{earlier} refuses what its own code writes: {wrong}"
            connection.commit()
        try:
            upgrade(url, later)
        except DBAPIError as error:
            return {**refused, later: [f"rows that are there already: {error.orig}"]}
        with engine.connect() as connection:
            after = _definitions(connection)
            if found := code.write(connection, [name for name in before if before[name] != after.get(name)]):
                refused[later] = found
            connection.commit()
    return refused


def _definitions(connection: Connection) -> dict[str, set[str]]:
    """All that decides what each table takes: columns, constraints, indexes, triggers."""
    parts = connection.execute(text(ON_SQLITE if connection.dialect.name == "sqlite" else ON_POSTGRESQL))
    found: dict[str, set[str]] = defaultdict(set)
    for table, part in parts:
        found[table].add(part)
    return found


def _keys(table: Table, *, of_all_rows: bool = False) -> list[list[Column[Any]]]:
    uniques = [list(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    unique = [index for index in table.indexes if index.unique]
    indexes = [list(index.columns) for index in unique if not (of_all_rows and _is_of_some_rows(index))]
    return [list(table.primary_key), *uniques, *indexes]


def _is_of_some_rows(index: Index) -> bool:
    return any(index.dialect_options[name].get("where") is not None for name in ("sqlite", "postgresql"))


def _pair(number: int) -> tuple[int, int]:
    """Two small numbers that differ from those of other numbers: so many rows need only few rows that they refer to."""
    most = isqrt(number)
    rest = number - most * most
    return (most, most - rest) if rest <= most else (rest - most - 1, most)


def _numbers_itself(column: Column[Any]) -> bool:
    return column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys


def _is_either(column: Column[Any]) -> bool:
    return (column.table.name, column.name) in EITHER_OR


def _may_be_empty(column: Column[Any]) -> bool:
    return bool(column.nullable) and not _is_either(column)


def _kind(column: Column[Any]) -> type:
    for kind in _SAMPLES:
        if isinstance(column.type, kind):
            return kind
    raise AssertionError(f"no sample for {column} of {column.type!r}")


_SAMPLES: dict[type, Callable[[str, int], Any]] = {
    Boolean: lambda _name, _number: True,
    Integer: lambda _name, number: 1 + number,
    DateTime: lambda _name, _number: datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    LargeBinary: lambda _name, _number: b"\x01",
    sqltypes.JSON: lambda _name, _number: [],
    sqltypes.String: lambda name, number: f"{name} {number}",
}
