"""A class of three students on every kind of database."""

import pytest

from lti_app.core.db import Database
from tests.grading.passbacks.passbacks import Class, MovableClock, RecordingGradebook


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def gradebook() -> RecordingGradebook:
    return RecordingGradebook()


@pytest.fixture
def school_class(database: Database) -> Class:
    return Class(database, students=3)
