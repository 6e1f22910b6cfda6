"""With Redis, launches need no table of the database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from lti_app.core.db import Database
from lti_app.core.key_value import KeyValue, RedisStore
from tests.lti.fake_lms import Browser


@pytest.fixture
def store_of_edge(redis_url: str) -> Iterator[RedisStore]:
    with RedisStore(redis_url) as store:
        yield store


def test_a_launch_and_its_replay(visitor: Browser):
    begun = visitor.login()
    token = visitor.lms.sign(visitor.lms.claims(begun.nonce))
    assert visitor.post(token, begun.state).status_code == 303
    assert visitor.post(token, begun.state).status_code == 400


def test_keeps_nothing_in_the_database(visitor: Browser, database: Database):
    visitor.login()
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(KeyValue)) == 0
