"""A key-value store for short-lived values: launch states, key sets, access tokens. In the database or in Redis."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast

from sqlalchemy import Executable, Index, and_, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lti_app.core.clock import Clock
from lti_app.core.db import Base, Database, insert_into
from lti_app.core.errors import ColloquyError
from lti_app.core.later import LaterModule
from lti_app.core.settings import Settings
from lti_app.core.statements import fetch_row

if TYPE_CHECKING:
    import redis
else:
    redis = LaterModule("redis")


PURGE_EVERY = timedelta(minutes=5)
PURGED_AT_ONCE = 1000
REDIS_SECONDS = 5.0
REDIS_PREFIX = "colloquy:"


class KeyValue(Base):
    """One value of the store, if there is no Redis."""

    __tablename__ = "key_value"
    __table_args__ = (Index(None, "expires_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    expires_at: Mapped[datetime]


_IS_CURRENT = and_(KeyValue.key == bindparam("named"), KeyValue.expires_at > bindparam("now"))
_CURRENT = select(KeyValue.value).where(_IS_CURRENT)
_TAKEN = delete(KeyValue).where(_IS_CURRENT).returning(KeyValue.value)


def _storing(session: Session) -> tuple[Executable, Executable]:
    """What puts a value in the place of another, and what adds one where there is none, or an old one."""
    row: dict[str, Any] = {"key": bindparam("named"), "value": bindparam("told"), "expires_at": bindparam("until")}
    insert = insert_into(session, KeyValue).values(row)
    new = {"value": insert.excluded.value, "expires_at": insert.excluded.expires_at}
    is_old = KeyValue.expires_at <= bindparam("now")
    put = insert.on_conflict_do_update(index_elements=[KeyValue.key], set_=new)
    add = insert.on_conflict_do_update(index_elements=[KeyValue.key], set_=new, where=is_old)
    return put.returning(KeyValue.key), add.returning(KeyValue.key)


class KeyValueUnavailable(ColloquyError):
    """The server of the key-value store does not answer, or refuses; it may work later (503)."""

    code = "key_value_unavailable"


class KeyValueStore(Protocol):
    """Values that expire, shared by all processes."""

    def put(self, key: str, value: str, ttl: timedelta) -> None:
        """Store a value for `ttl`, replacing any earlier one."""

    def get(self, key: str) -> str | None:
        """The value; None if there is none or it has expired."""

    def take(self, key: str) -> str | None:
        """Remove and return the value; of several simultaneous calls exactly one gets it."""

    def add(self, key: str, value: str, ttl: timedelta) -> bool:
        """Store a value unless the key has one; returns whether it was stored. One of several simultaneous calls gets
        True.
        """


class DatabaseStore:
    """The store in the table key_value. Each call is a short transaction of its own."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._purged_at: datetime | None = None
        self._statements: tuple[Executable, Executable] | None = None

    def put(self, key: str, value: str, ttl: timedelta) -> None:
        """Store a value for `ttl`, replacing any earlier one."""
        self._keep(key, value, ttl, only_if_absent=False)
        self._purge_now_and_then()

    def get(self, key: str) -> str | None:
        """The value; None if there is none or it has expired."""
        with self._database.glance() as session:
            row = fetch_row(session, _CURRENT, {"named": key, "now": self._clock()})
            return None if row is None else str(row.value)

    def take(self, key: str) -> str | None:
        """Remove and return the value."""
        with self._database.writing() as session:
            return session.connection().scalar(_TAKEN, {"named": key, "now": self._clock()})

    def add(self, key: str, value: str, ttl: timedelta) -> bool:
        """Store a value unless the key has one; returns whether it was stored."""
        return self._keep(key, value, ttl, only_if_absent=True)

    def _keep(self, key: str, value: str, ttl: timedelta, *, only_if_absent: bool) -> bool:
        now = self._clock()
        row = {"named": key, "told": value, "until": now + ttl}
        with self._database.writing() as session:
            put, add = self._statements = self._statements or _storing(session)
            stored = session.connection().execute(add if only_if_absent else put, {**row, "now": now})
            return stored.scalar() is not None

    def _purge_now_and_then(self) -> None:
        now = self._clock()
        if self._purged_at is not None and now - self._purged_at < PURGE_EVERY:
            return
        self._purged_at = now
        # Skipping what another process is purging at this moment keeps two purges from waiting for each other.
        over = (
            select(KeyValue.key)
            .where(KeyValue.expires_at <= now)
            .limit(PURGED_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        with self._database.writing() as session:
            session.execute(delete(KeyValue).where(KeyValue.key.in_(over)).execution_options(synchronize_session=False))


class RedisStore:
    """The store in Redis (6.2 or newer) or Valkey; each call may raise KeyValueUnavailable.

    As a context manager it closes its connections.
    """

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, decode_responses=True, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        )

    def __enter__(self) -> "RedisStore":
        return self

    def __exit__(self, *_error: object) -> None:
        self._redis.close()

    def put(self, key: str, value: str, ttl: timedelta) -> None:
        """Store a value for `ttl`, replacing any earlier one."""
        with _faults_named():
            self._redis.set(REDIS_PREFIX + key, value, px=ttl)

    def get(self, key: str) -> str | None:
        """The value; None if there is none or it has expired."""
        with _faults_named():
            return cast(str | None, self._redis.get(REDIS_PREFIX + key))

    def take(self, key: str) -> str | None:
        """Remove and return the value."""
        with _faults_named():
            return cast(str | None, self._redis.getdel(REDIS_PREFIX + key))

    def add(self, key: str, value: str, ttl: timedelta) -> bool:
        """Store a value unless the key has one; returns whether it was stored."""
        with _faults_named():
            return bool(self._redis.set(REDIS_PREFIX + key, value, px=ttl, nx=True))


@contextmanager
def _faults_named() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise KeyValueUnavailable from error


def make_store(settings: Settings, database: Database, clock: Clock) -> KeyValueStore:
    """The store of the settings: Redis if one is configured, otherwise the database."""
    return RedisStore(settings.redis_url) if settings.redis_url else DatabaseStore(database, clock)
