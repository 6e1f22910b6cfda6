"""A class of three students on every kind of database."""

from collections.abc import Iterator

import pytest

from lti_app.core.db import Database
from tests.domain.passbacks.passbacks import Class, MovableClock, RecordingGradebook


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database.at(database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def gradebook() -> RecordingGradebook:
    return RecordingGradebook()


@pytest.fixture
def school_class(database: Database) -> Class:
    return Class(database, students=3)
