"""A score that the LMS has accepted says when: rows without the moment get one, and no more can come to be."""

from collections import defaultdict

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lti_app import migrations
from lti_app.core.db import make_engine
from tests.migrations.earlier_code import EarlierCode

WITHOUT_MOMENT = text("UPDATE passback SET state = :state, sent_at = NULL")


@pytest.fixture
def connection(empty_database_url):
    """The release before, which can hold a score that was sent at no time."""
    migrations.upgrade(empty_database_url, "0017")
    engine = make_engine(empty_database_url)
    with engine.connect() as connection:
        EarlierCode(connection, defaultdict(list)).write_first(connection)
        connection.execute(WITHOUT_MOMENT, {"state": "sent"})
        connection.commit()
    migrations.upgrade(empty_database_url, "0018")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_scores_that_were_sent_at_no_time_get_the_time_of_their_newest_try(connection):
    rows = connection.execute(text("SELECT sent_at, coalesce(score_timestamp, queued_at) FROM passback")).all()
    assert rows
    assert all(sent_at == tried_at for sent_at, tried_at in rows)


def test_no_score_is_sent_without_the_time(connection):
    with pytest.raises(IntegrityError, match="sent_at_when_sent"):
        connection.execute(WITHOUT_MOMENT, {"state": "sent"})
    connection.rollback()
    connection.execute(WITHOUT_MOMENT, {"state": "pending"})
