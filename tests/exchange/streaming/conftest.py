"""A class whose activities are told."""

import pytest
from sqlalchemy.orm import Session

from lti_app.core.db import Database
from tests.cast import Cast, FrozenClock
from tests.factories.streams import Streaming


@pytest.fixture
def streaming(database: Database, session: Session, cast: Cast, clock: FrozenClock) -> Streaming:
    """Nothing is turned on yet."""
    return Streaming(database, session, cast, clock)
