"""Engine, sessions and column types of the database."""

import enum
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Index,
    Integer,
    MetaData,
    Text,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, aliased, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from lti_app.core.connections import ask_when_in_doubt
from lti_app.core.later import LaterModule
from lti_app.core.private_files import create_private_file

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite
else:  # a process talks to one of them: the other would take 3 MB
    postgresql = LaterModule("sqlalchemy.dialects.postgresql")
    sqlite = LaterModule("sqlalchemy.dialects.sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SortPath = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by bytes on both databases, independent of the server's locale."""

WRITES, ALONE = "colloquy_writes", "colloquy_alone"

Row = TypeVar("Row", bound=DeclarativeBase)


class Id(TypeDecorator[int]):
    """The type of primary and foreign keys: INTEGER on SQLite, which numbers rows only for that type, and BIGINT
    elsewhere.

    A number that is too large for a key, which an address may contain, finds nothing; without this, the drivers would
    raise their own errors.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """INTEGER on SQLite, BIGINT elsewhere."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, _dialect: Dialect) -> int | None:
        """NULL, which equals nothing, for a number of more than 64 bits."""
        return value if value is not None and -(2**63) <= value < 2**63 else None


def alias_of(model: type[Row]) -> type[Row]:
    """A table under a second name, for statements that need it twice; safe to share between threads.

    SQLAlchemy creates each column of an alias on first use. If two threads do this at the same time, they may get
    different columns, and every later statement with that alias fails. So all columns are created here, while one
    thread imports the module.
    """
    named = aliased(model)
    for name in inspect(model).columns.keys():  # noqa: SIM118 -- iterating over it would give the columns
        getattr(named, name).__clause_element__()
    return named


class is_listed(FunctionElement[bool]):  # noqa: N801 -- named as a statement reads, like func.count
    """Whether a number is in a list that is passed as text: is_listed(column, "3,14,15").

    The statement is the same for any number of values, so that the database does not have to plan it again each time.
    """

    type = Boolean()
    inherit_cache = True


@compiles(is_listed)
def _is_listed(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    number, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    if compiler.dialect.name == "sqlite":
        return f"{number} IN (SELECT value FROM json_each('[' || {numbers} || ']'))"  # noqa: S608 -- of compiled parts
    # As a set, that is taken apart once: a plan for any values would take an array apart again for each row.
    return f"{number} IN (SELECT unnest(string_to_array({numbers}, ',')::bigint[]))"


class not_by_index(FunctionElement[Any]):  # noqa: N801 -- as above
    """A column in a condition by which SQLite does not look for rows: they are found by another one.

    Where the statistics make it look promising, SQLite would go through all posts of a discussion, or of all courses,
    for those of a few threads.
    """

    inherit_cache = True


@compiles(not_by_index)
def _not_by_index(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"+{column}" if compiler.dialect.name == "sqlite" else column


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes, also on SQLite, which does not store the zone. Refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; raises ValueError for a naive value."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], datetime | None]:
        """The stored time, as an aware UTC datetime. It takes the place of what SQLAlchemy would put together of two
        functions: a class list reads thousands of moments.
        """
        return _moment_of_text if dialect.name == "sqlite" else _moment_in_utc


def _moment_of_text(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored + "+00:00")


def _moment_in_utc(stored: datetime | None) -> datetime | None:
    return stored if stored is None or stored.tzinfo is UTC else stored.astimezone(UTC)


class latest_of(FunctionElement[datetime]):  # noqa: N801 -- named as a statement reads
    """The latest of several moments of which none is NULL."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(latest_of)
def _latest_of(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    name = "max" if compiler.dialect.name == "sqlite" else "greatest"
    return f"{name}({compiler.process(element.clauses, **options)})"


class Points(TypeDecorator[Decimal]):
    """Marks and grades: exact decimals with two places, stored as hundredths so that no database rounds them."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> int | None:
        """Hundredths of a point; raises ValueError for more than two decimal places."""
        if value is None:
            return None
        hundredths = Decimal(value) * 100
        if hundredths != int(hundredths):
            raise ValueError("points have at most two decimal places")
        return int(hundredths)

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[Any], Decimal | None]:
        """The points, with two decimal places."""
        return _points


@lru_cache(maxsize=8192)
def _points(hundredths: int | None) -> Decimal | None:
    """A class has few different grades, and its list reads thousands."""
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


def sees_one_moment(session: Session) -> bool:
    """Whether all statements of the session see what was committed before its first one, and nothing later."""
    options = session.connection().get_execution_options()
    if session.get_bind().dialect.name == "sqlite":
        return not options.get(ALONE)
    return options.get("isolation_level") == "REPEATABLE READ"


def insert_into(session: Session, table: type["Base"]) -> "sqlite.Insert":
    """An INSERT that supports ON CONFLICT, in the dialect of the session; the methods are the same on PostgreSQL."""
    if session.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table)
    return cast("sqlite.Insert", postgresql.insert(table))


def stored_enum(kind: type[enum.Enum], *, length: int = 32) -> Enum:
    """An enum stored by value as varchar, so that adding a member needs no change of type."""
    return Enum(kind, native_enum=False, length=length, values_callable=lambda members: [m.value for m in members])


def index_where_filled(column: str) -> Index:
    """A partial index of the rows that have a value in this column, for foreign keys that are mostly empty."""
    condition = text(f"{column} IS NOT NULL")
    return Index(None, column, postgresql_where=condition, sqlite_where=condition)


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        Decimal: Points,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


def make_engine(url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys, BEGIN IMMEDIATE for writers) or PostgreSQL (psycopg 3)."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(engine, "do_connect", _before_sqlite_connects)
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
        return engine
    engine = create_engine(url, pool_size=5, max_overflow=10)
    event.listen(engine, "do_connect", _before_psycopg_connects)
    ask_when_in_doubt(engine)
    return engine


class _Reader(Session):
    """A session for reading that ends its transaction with a commit: after a rollback, psycopg would drop all prepared
    statements on the server, and every page would be planned again.

    Its connection is found once for each transaction: the session would take several steps for every statement.
    """

    _found: tuple[SessionTransaction, Connection] | None = None

    def connection(self, *values: Any, **named: Any) -> Connection:
        """The connection of the transaction, which begins with it."""
        if values or named:
            return super().connection(*values, **named)
        if self._found is None or self._found[0] is not self.get_transaction():
            connection = super().connection()
            self._found = (cast(SessionTransaction, self.get_transaction()), connection)
        return self._found[1]

    def close(self) -> None:
        """Release the objects and the connection."""
        self._found = None
        self.expunge_all()  # nothing is left that a commit could write
        # A connection that broke has told whoever was reading.
        with suppress(DBAPIError, InvalidRequestError):
            if self.in_transaction():
                self.commit()
        super().close()


class Database:
    """One database, with sessions for reading and sessions for writing."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # A page is read by several statements: all of them are to see one moment, which SQLite gives by itself.
        one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        reading = engine if engine.dialect.name == "sqlite" else engine.execution_options(**one_moment)
        self._readers = sessionmaker(reading, class_=_Reader, expire_on_commit=False, autoflush=False)
        by_itself = {ALONE: True} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        alone = engine.execution_options(**by_itself)
        self._glances = sessionmaker(alone, class_=_Reader, expire_on_commit=False, autoflush=False)
        self._writers = sessionmaker(engine.execution_options(**{WRITES: True}), expire_on_commit=False)

    @classmethod
    def at(cls, url: str) -> "Database":
        """The database at this SQLAlchemy URL."""
        return cls(make_engine(url))

    def read(self) -> Session:
        """A session for reading, which must be closed. PostgreSQL refuses writes in it."""
        return self._readers()

    def glance(self) -> Session:
        """A session for reading by a single statement, which must be closed. The database is asked nothing else: no
        transaction is begun or ended. What the next statement sees is of another moment."""
        return self._glances()

    def write(self) -> Session:
        """A session for writing, which does not commit by itself.

        On SQLite its transactions begin IMMEDIATE: a transaction that reads first and writes later would fail or, in
        the driver's default mode, overwrite what another one has written in between.
        """
        return self._writers()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A writing session that commits at the end and rolls back on any error."""
        with self._writers.begin() as session:
            yield session


def _before_sqlite_connects(_dialect: Dialect, _record: Any, arguments: Any, options: Mapping[str, Any]) -> None:
    """Create a new database as a private file; SQLite gives the files beside it (-wal, -shm) the same mode."""
    name = arguments[0]
    if name != ":memory:" and not options.get("uri"):
        create_private_file(Path(name))


def _before_psycopg_connects(_dialect: Dialect, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
    """Later, since a process of SQLite needs no psycopg."""
    options["cursor_factory"] = LaterModule("lti_app.core.quick_cursor").QuickCursor


def _on_sqlite_connect(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-1000",  # 1 MB a connection: the system keeps the file in memory, and 4 MB made no page faster
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(ALONE):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")
