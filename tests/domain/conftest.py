"""A course with its people and an open discussion, on every kind of database."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from lti_app.discussions.queries import DiscussionView
from tests.cast import Cast, FrozenClock, gather_cast
from tests.factories.discussions import set_up


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One writing session; what a test leaves uncommitted is given up."""
    with database.write() as session:
        yield session


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def cast(session: Session, clock: FrozenClock) -> Cast:
    return gather_cast(session, clock())


@pytest.fixture
def discussion(session: Session, cast: Cast, clock: FrozenClock) -> DiscussionView:
    """Open, with a post-first rule, no readings and the default rubric."""
    return set_up(session, cast.ines, clock())
