"""Statements that select columns and no objects, for what every page reads: their rows as named tuples or plain ones.

A statement that is made once, as those of most pages are, becomes once the text that the driver takes. To let
SQLAlchemy find what it has kept of it, and take its values and rows through a session, costs several times what it
takes to run it.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Self, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Executable, SelectBase
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Readers = tuple[tuple[int, Convert], ...]
"""What converts which column."""
Values = Mapping[str, object]


def fetch_rows(session: Session, statement: Executable, values: Values) -> list[Any]:
    """The rows of a statement as named tuples. What is pending in the session is written first."""
    connection = _ready(session)
    if prepared := _prepared(statement, connection):
        return prepared.run(connection, values).read_all()
    result = connection.execute(statement, values)
    return list(map(row_type(tuple(result.keys()))._make, result.all()))


def fetch_row(session: Session, statement: Executable, values: Values) -> Any:
    """The first row as a named tuple; None if there is none."""
    return next(iter(fetch_rows(session, statement, values)), None)


def fetch_tuples(session: Session, statement: Executable, values: Values) -> Sequence[Any]:
    """The rows as tuples, for thousands that are taken apart by position."""
    connection = _ready(session)
    if prepared := _prepared(statement, connection):
        return prepared.run(connection, values).tuples()
    return connection.execute(statement, values).all()


def fetch_stored(session: Session, statement: Executable, values: Values) -> "StoredRows":
    """The rows of a statement like those of `fetch_rows`, for whoever has kept most of what they become: to see that a
    row is the same costs a tenth of reading it.
    """
    connection = _ready(session)
    if prepared := _prepared(statement, connection):
        return prepared.run(connection, values)
    result = connection.execute(statement, values)
    cursor: Any = result.cursor
    described = _columns_of(cursor, _types_of(statement, connection.dialect), connection.dialect)
    stored = StoredRows(cursor.fetchall(), *described)
    result.close()
    return stored


@dataclass(frozen=True)
class StoredRows:
    """Rows as the driver gives them, without any conversion to the types of their columns."""

    raw: Sequence[tuple[Any, ...]]
    names: tuple[str, ...]
    """Of the columns."""
    readers: Readers

    def read(self, row: tuple[Any, ...]) -> Any:
        """One of these rows as `fetch_rows` answers it. Of equal rows the results are equal."""
        return row_type(self.names)._make(self.values(row))

    def values(self, row: tuple[Any, ...]) -> list[Any]:
        """The same to be taken apart by position."""
        values = list(row)
        for nth, reader in self.readers:
            values[nth] = reader(values[nth])
        return values

    def column(self, name: str) -> list[Any]:
        """The values of one column, in the order of the rows."""
        nth = self.names.index(name)
        reader = dict(self.readers).get(nth)
        return [row[nth] for row in self.raw] if reader is None else [reader(row[nth]) for row in self.raw]

    def read_all(self) -> list[Any]:
        """All of them as `fetch_rows` answers them."""
        return list(map(row_type(self.names)._make, self.tuples()))

    def tuples(self) -> Sequence[tuple[Any, ...]]:
        """All of them as `fetch_tuples` answers them."""
        if not (self.readers and self.raw):
            return self.raw
        columns: list[Iterable[Any]] = list(zip(*self.raw, strict=True))
        for nth, reader in self.readers:
            columns[nth] = map(reader, columns[nth])
        return list(zip(*columns, strict=True))


def _ready(session: Session) -> Connection:
    if session.autoflush:
        session.flush()
    return session.connection()


class _Prepared:
    """A statement as the text that the driver takes, with what converts its values and its columns."""

    def __init__(self, statement: Executable, compiled: SQLCompiler, dialect: Dialect) -> None:
        asked = {name: bind.key for name, bind in compiled.binds.items() if bind.required}
        state = compiled.construct_expanded_state(dict.fromkeys(asked.values()))
        self._sql, self._types, self._dialect = state.statement, _types_of(statement, dialect), dialect
        self._order = None if state.positiontup is None else tuple(state.positiontup)
        converts = {
            part: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for name, bind in compiled.binds.items()
            for part in state.parameter_expansion.get(name, [name])
        }
        self._fixed = {
            name: convert(value) if (convert := converts[name]) else value
            for name, value in state.parameters.items()
            if name not in asked
        }
        self._asked = [(name, key, converts[name]) for name, key in asked.items()]
        """The name in the text, that among the values, and what converts the value."""
        self._columns: tuple[tuple[str, ...], Readers] | None = None

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect) -> Self | None:
        """None for a statement whose text depends on its values, such as a list of any length, and for one without
        values, which drivers take differently.
        """
        compiled = cast(SelectBase, statement).compile(dialect=dialect)
        late = compiled.post_compile_params | compiled.literal_execute_params
        depends = compiled.escaped_bind_names or any(bind.required for bind in late)
        optional = any(not (bind.required or bind.unique) for bind in compiled.binds.values())
        return None if depends or optional or not compiled.binds else cls(statement, compiled, dialect)

    def run(self, connection: Connection, values: Values) -> StoredRows:
        """Its rows. Raises KeyError where a value is missing, and what SQLAlchemy makes of the driver's errors."""
        named = dict(self._fixed)
        for name, key, convert in self._asked:
            named[name] = convert(values[key]) if convert else values[key]
        bound = named if self._order is None else tuple([named[name] for name in self._order])
        cursor = connection.connection.cursor()
        try:
            cursor.execute(self._sql, bound)
            rows = cursor.fetchall()
        except self._dialect.loaded_dbapi.Error as error:
            # The only place that knows which errors end a connection; it asks for no context.
            connection._handle_dbapi_exception(error, self._sql, bound, cursor, None)
        if self._columns is None:
            self._columns = _columns_of(cursor, self._types, self._dialect)
        cursor.close()
        return StoredRows(rows, *self._columns)


class _Met(Enum):
    """What is known of a statement that is not prepared."""

    ONCE = auto()
    """It has run a single time: it may have been made for this once."""
    UNFIT = auto()
    """It cannot be prepared."""


_Kept = WeakKeyDictionary[Executable, _Prepared | _Met]
_kept: WeakKeyDictionary[Dialect, _Kept] = WeakKeyDictionary()
"""As long as the statements live."""


def _prepared(statement: Executable, connection: Connection) -> _Prepared | None:
    """None as well where somebody listens to what SQLAlchemy sends, who would not hear of it."""
    if connection.engine.dispatch.before_cursor_execute:
        return None
    dialect = connection.dialect
    shelf = _kept.get(dialect)
    if shelf is None:
        shelf = _kept[dialect] = WeakKeyDictionary()
    found = shelf.get(statement)
    if found is None:
        shelf[statement] = _Met.ONCE
    elif found is _Met.ONCE:
        found = shelf[statement] = _Prepared.of(statement, dialect) or _Met.UNFIT
    return found if isinstance(found, _Prepared) else None


def _types_of(statement: Executable, dialect: Dialect) -> tuple[TypeEngine[Any], ...]:
    return tuple(column.type.dialect_impl(dialect) for column in cast(SelectBase, statement).selected_columns)


def _columns_of(cursor: Any, types: tuple[TypeEngine[Any], ...], dialect: Dialect) -> tuple[tuple[str, ...], Readers]:
    """The names of the columns, and what converts which of them."""
    described = [column[:2] for column in cursor.description]
    found = [kind.result_processor(dialect, code) for kind, (_name, code) in zip(types, described, strict=True)]
    readers = tuple((nth, reader) for nth, reader in enumerate(found) if reader is not None)
    return tuple(name for name, _code in described), readers


@lru_cache(maxsize=512)
def row_type(names: tuple[str, ...]) -> Any:
    """A named tuple for rows with these columns: its attributes are found several times faster than those of
    SQLAlchemy's rows.
    """
    return namedtuple("Fetched", names)
