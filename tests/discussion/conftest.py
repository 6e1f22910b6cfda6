"""What tests of discussions share."""

import pytest

from tests.races import at_once


@pytest.fixture
def together(database, session):
    """Runs works at the same moment, each in a writing session of its own that is committed at its end."""

    def in_session(work):
        def run():
            with database.writing() as own:
                return work(own)

        return run

    def run_all(*works):
        session.commit()  # others see what was prepared, and nobody waits for this session
        return at_once([in_session(work) for work in works])

    return run_all
