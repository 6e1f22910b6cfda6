"""One SQLite file that holds everything the practice LMS must remember."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
)

metadata = MetaData()

settings = Table("setting", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))
placements = Table(
    "placement",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", Text),
    Column("custom", JSON, nullable=False),
)
line_items = Table(
    "line_item",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("score_maximum", Float, nullable=False),
    Column("resource_link_id", Text, index=True),
    Column("resource_id", Text),
    Column("tag", Text),
    Column("start_date_time", Text),
    Column("end_date_time", Text),
    Column("grades_released", Boolean),
    Column("submission_review", JSON(none_as_null=True)),
    sqlite_autoincrement=True,  # the address of a deleted line item must never come back for another one
)
scores = Table(
    "score",
    metadata,
    Column("line_item_id", ForeignKey("line_item.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("score_given", Float),
    Column("score_maximum", Float),
    Column("comment", Text, nullable=False),
    Column("activity_progress", Text, nullable=False),
    Column("grading_progress", Text, nullable=False),
    Column("timestamp", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("started_at", Text),
    Column("submitted_at", Text),
    Column("scoring_user_id", Text),
)
overrides = Table(
    "override",
    metadata,
    Column("line_item_id", ForeignKey("line_item.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Text, primary_key=True),
    Column("points", Float, nullable=False),
)
access_tokens = Table(
    "access_token",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("scopes", JSON, nullable=False),
    Column("expires_at", Float, nullable=False),
)
used_ids = Table(
    "used_id",
    metadata,
    Column("value", Text, primary_key=True),
    Column("expires_at", Float, nullable=False, index=True),
)
log_entries = Table(
    "log_entry",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("status", Integer),
    Column("parts", JSON, nullable=False),
    sqlite_autoincrement=True,
)
mails = Table(
    "mail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)


def _prepare_connection(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them DEFERRED, and of two writers that both read
    # first, one would then lose its update or fail with "database is locked".
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Store:
    """The database; ``reading()`` and ``writing()`` each return a connection in one transaction."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # so that nobody else reads it, whatever the umask; SQLite's files beside it follow
        path.chmod(0o600)  # also where an earlier version has made it
        self._engine: Engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _prepare_connection)
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(writes=True)
        with self.writing() as connection:
            metadata.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection that sees one state of the database."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that holds the only write transaction until the block ends."""
        with self._writer.begin() as connection:
            yield connection

    def setting(self, name: str, make: Callable[[], str]) -> str:
        """Return the stored value of ``name``; make and store one first when there is none."""
        with self.writing() as connection:
            value = connection.scalar(select(settings.c.value).where(settings.c.name == name))
            if value is None:
                value = make()
                connection.execute(insert(settings).values(name=name, value=value))
            return str(value)

    def change_setting(self, name: str, value: str) -> None:
        """Store another value of ``name``."""
        with self.writing() as connection:
            connection.execute(delete(settings).where(settings.c.name == name))
            connection.execute(insert(settings).values(name=name, value=value))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
