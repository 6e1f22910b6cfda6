"""Both stores keep the same promises."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lti_app.core.db import Database
from lti_app.core.key_value import PURGE_EVERY, DatabaseStore, KeyValue, KeyValueStore, RedisStore, make_store
from lti_app.core.settings import load_settings
from tests.lti.fake_lms import BASE_URL, TestClock

MINUTE = timedelta(minutes=1)


@pytest.fixture(params=["database", "redis"])
def store(request: pytest.FixtureRequest, database: Database, clock: TestClock) -> Iterator[KeyValueStore]:
    if request.param == "database":
        yield DatabaseStore(database, clock)
    else:
        with RedisStore(request.getfixturevalue("redis_url")) as store:
            yield store


def test_put_and_get(store: KeyValueStore):
    store.put("a", "first", MINUTE)
    store.put("a", "second ü \U0001f600", MINUTE)
    assert store.get("a") == store.get("a") == "second ü \U0001f600"
    assert store.get("b") is None


def test_take_only_once(store: KeyValueStore):
    store.put("a", "1", MINUTE)
    assert store.take("a") == "1"
    assert store.take("a") is None
    assert store.get("a") is None


def test_add_only_once(store: KeyValueStore):
    assert store.add("a", "1", MINUTE)
    assert not store.add("a", "2", MINUTE)
    assert store.get("a") == "1"
    store.take("a")
    assert store.add("a", "3", MINUTE)


@pytest.mark.parametrize(("name", "winner"), [("take", "1"), ("add", True)])
def test_one_winner(name: str, winner: object, store: KeyValueStore):
    if name == "take":
        store.put("a", "1", MINUTE)
    contend: Callable[[int], object] = {
        "take": lambda _n: store.take("a"),
        "add": lambda n: store.add("a", str(n), MINUTE),
    }[name]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(contend, range(16))).count(winner) == 1


def test_expiry_in_the_database(database: Database, clock: TestClock):
    store = DatabaseStore(database, clock)
    store.put("a", "1", MINUTE)
    clock.advance(MINUTE)
    assert store.get("a") is None
    assert store.take("a") is None
    assert store.add("a", "2", MINUTE)


def test_expiry_in_redis(redis_url: str):
    with RedisStore(redis_url) as store:
        store.put("a", "1", timedelta(milliseconds=1))
        while store.get("a") is not None:
            pass
        assert store.add("a", "2", MINUTE)


def test_expired_rows_are_cleared_away(database: Database, clock: TestClock):
    store = DatabaseStore(database, clock)
    for number in range(5):
        store.put(str(number), "x", MINUTE)
    clock.advance(PURGE_EVERY)
    store.put("last", "x", MINUTE)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(KeyValue)) == 1


@pytest.mark.parametrize("named", [True, False])
def test_the_settings_choose(named: bool, database: Database, clock: TestClock, redis_url: str):
    environ = {"COLLOQUY_SECRET_KEY": "for tests only " * 3, "COLLOQUY_BASE_URL": BASE_URL}
    settings = load_settings(environ | ({"COLLOQUY_REDIS_URL": redis_url} if named else {}))
    assert isinstance(make_store(settings, database, clock), RedisStore if named else DatabaseStore)
