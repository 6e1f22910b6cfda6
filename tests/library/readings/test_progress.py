"""How far students have got in a reading, and who sees it."""

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.library.readings.actions.progress import mark_read, record_opening, record_position
from lti_app.library.readings.models import ReadingState
from lti_app.library.readings.queries import get_reading, list_progress, list_readings
from lti_app.library.readings.rules import ReadingProgress
from tests.factories.discussions import set_up
from tests.factories.readings import add_readings
from tests.statements import count_statements


@pytest.fixture
def kotter(session, cast, clock):
    return add_readings(session, cast.ines, clock())[0]


def test_it_is_kept_when_one_opened_stopped_and_was_done(session, cast, clock, kotter):
    opened = clock()
    record_opening(session, cast.ana, kotter, opened)
    again = clock.move(hours=1)
    record_opening(session, cast.ana, kotter, again)
    stopped = clock.move(hours=1)
    record_position(session, cast.ana, kotter, stopped, page=" 107 ")
    read = clock.move(days=1)
    mark_read(session, cast.ana, kotter, read, read=True)
    assert get_reading(session, cast.ana, kotter).progress == ReadingProgress(opened, again, "107", "", stopped, read)
    mark_read(session, cast.ana, kotter, clock(), read=False)
    record_position(session, cast.ana, kotter, clock())
    assert get_reading(session, cast.ana, kotter).progress == ReadingProgress(opened, again)


def test_who_says_where_they_stopped_has_opened_it(session, cast, clock, kotter):
    record_position(session, cast.ana, kotter, clock(), paragraph="x" * 500)
    so_far = get_reading(session, cast.ana, kotter).progress
    assert (so_far.opened_at, so_far.paragraph) == (clock(), "x" * 20)


def test_each_sees_only_their_own(session, cast, clock, kotter):
    record_opening(session, cast.ana, kotter, clock())
    for actor in (cast.ben, cast.ines, cast.olga):
        assert get_reading(session, actor, kotter).progress == ReadingProgress()
    discussion = set_up(session, cast.ines, clock(), reading_ids=(kotter,))

    def shown(actor):
        return {
            get_discussion(session, actor, discussion.id, now=clock()).readings[0].progress,
            next(line.progress for line in list_readings(session, actor) if line.id == kotter),
        }

    assert shown(cast.ana) == {ReadingProgress(clock(), clock())}
    assert shown(cast.ben) == {ReadingProgress()}


def test_only_students_are_followed(session, cast, clock, kotter):
    for actor in (cast.ines, cast.tariq, cast.olga):
        record_opening(session, actor, kotter, clock())
        mark_read(session, actor, kotter, clock(), read=True)
    assert session.query(ReadingState).count() == 0


@pytest.mark.parametrize("record", [record_opening, record_position, lambda *args: mark_read(*args, read=True)])
def test_nothing_is_kept_of_readings_elsewhere(session, cast, clock, kotter, record):
    for reading_id in (kotter, 4711, 2**70):
        with pytest.raises(NotFound):
            record(session, cast.stranger, reading_id, clock())


def test_staff_see_the_class_in_one_statement(session, database, cast, clock, kotter):
    record_position(session, cast.ben, kotter, clock(), page="9")
    session.commit()
    with database.read() as reader, count_statements(database.engine) as statements:
        progress = list_progress(reader, cast.tariq, kotter)
    assert len(statements) == 1
    assert [(each.name, each.progress.page) for each in progress] == [
        ("Ana Brandt", ""),
        ("Ben Carter", "9"),
        ("Chi Nguyen", ""),
    ]
    for actor in (cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            list_progress(session, actor, kotter)
