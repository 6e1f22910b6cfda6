"""A few scores at once for each platform, and all lanes of a platform that asks to wait do wait."""

import threading
from datetime import timedelta

import pytest

from lti_app.grading.passbacks.ports import PassbackDelayed, Score
from lti_app.grading.passbacks.rules.states import GradebookStanding, PassbackState
from lti_app.jobs.passbacks import AT_ONCE, PassbackSender
from tests.factories.passbacks import count_passbacks, passback_states
from tests.grading.passbacks.passbacks import Class, MovableClock, RecordingGradebook
from tests.jobs.conftest import place
from tests.jobs.reading import OVERWRITTEN

PATIENCE = 60.0
HOUR = 3600


def release_all(school: Class, clock: MovableClock, given: int = 15) -> None:
    for student in school.students:
        school.release(student, given, clock())


class Meeting:
    """Scores behind the first wait for one another, until as many as may be sent at once are under way."""

    def __init__(self, gradebook: RecordingGradebook, together: int) -> None:
        self.alone = 0
        self._gradebook, self._barrier = gradebook, threading.Barrier(together, timeout=PATIENCE)
        gradebook.before = self.before

    def before(self, _score: Score) -> None:
        if self._gradebook.tries == 1:
            self.alone = self._gradebook.under_way.total()
            return
        self._barrier.wait()


def test_first_score_goes_alone_and_then_four_at_once(database, gradebook, clock):
    school = Class(database, students=1 + 3 * AT_ONCE)
    place(school, "https://lms.example")
    meeting = Meeting(gradebook, AT_ONCE)
    release_all(school, clock)
    PassbackSender(database, gradebook, clock).send_due()
    assert (meeting.alone, gradebook.most_under_way, gradebook.tries) == (1, AT_ONCE, 1 + 3 * AT_ONCE)
    gradebook.check_order()


@pytest.mark.parametrize("at_once", [1, 2])
def test_how_many_is_a_setting(database, gradebook, clock, at_once):
    school = Class(database, students=1 + 4 * at_once)
    place(school, "https://lms.example")
    Meeting(gradebook, at_once)
    release_all(school, clock)
    PassbackSender(database, gradebook, clock, at_once=at_once).send_due()
    assert gradebook.most_under_way == at_once


def test_more_than_a_batch_is_sent_without_a_break(database, gradebook, clock):
    """No lane waits for the last score of a batch: there are always four under way."""
    school = Class(database, students=1 + 15 * AT_ONCE)
    place(school, "https://lms.example")
    Meeting(gradebook, AT_ONCE)
    release_all(school, clock)
    PassbackSender(database, gradebook, clock).send_due()
    assert gradebook.tries == 1 + 15 * AT_ONCE


@pytest.fixture
def throttled(placed, school_class, sender, gradebook, clock):
    """The LMS asks to wait for 15 minutes while three other scores are under way, and they arrive after that."""
    release_all(school_class, clock)
    told, barrier = threading.Event(), threading.Barrier(AT_ONCE, timeout=PATIENCE)

    def ask_to_wait(_score: Score) -> None:
        if gradebook.tries == 1:
            return
        if barrier.wait() == 0:
            told.set()
            raise PassbackDelayed("throttled", "HTTP 429", 900)
        told.wait(PATIENCE)
        while sender.pauses.until(placed) is None:
            pass

    gradebook.before = ask_to_wait
    sender.send_due()
    gradebook.before = lambda _score: None
    return gradebook.tries


def test_all_lanes_wait_for_as_long_as_the_lms_asks(throttled, school_class, sender, gradebook, clock):
    assert throttled == 1 + AT_ONCE
    with school_class.database.read() as session:
        found = passback_states(session, school_class.discussion_id).values()
    waiting = [report for report in found if report.state is PassbackState.PENDING]
    assert len(waiting) == len(school_class.students) - AT_ONCE
    assert min(report.due_at for report in waiting) >= clock() + timedelta(seconds=900)
    clock.advance(899)
    sender.send_due()
    assert gradebook.tries == throttled
    clock.advance(6)
    sender.send_due()
    with school_class.database.read() as session:
        assert count_passbacks(session) == {PassbackState.SENT: len(school_class.students)}


def test_new_grade_waits_with_the_others(throttled, school_class, sender, gradebook, clock):
    school_class.release(school_class.students[0], 18, clock())
    sender.send_due()
    assert gradebook.tries == throttled
    assert sender.seconds_to_next() is None


def test_other_processes_wait_too(throttled, school_class, gradebook, clock):
    PassbackSender(school_class.database, gradebook, clock).send_due()
    assert gradebook.tries == throttled


def test_columns_are_not_read_while_the_lms_asks_to_wait(reading):
    reading.release(reading.ana)
    platform_id = reading.platform_id
    reading.reader.pauses = reading.sender.pauses
    reading.sender.pauses.begin(platform_id, retry_after=HOUR)
    reading.read()
    assert not reading.gradebook.readings
    reading.read(HOUR + 60)
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED}


def test_reader_that_is_asked_to_wait_tells_the_sender(reading):
    reading.release(reading.ana)
    reading.reader.pauses = reading.sender.pauses
    reading.gradebook.not_readable = PassbackDelayed("throttled", "HTTP 429", HOUR)
    reading.read()
    reading.release(reading.ben)
    assert reading.ben not in reading.gradebook.scores


def test_each_grade_is_looked_at_before_it_is_replaced_though_four_go_at_once(database, gradebook, clock):
    school = Class(database, students=3 * 20)
    place(school, "https://lms.example")
    sender = PassbackSender(database, gradebook, clock)
    release_all(school, clock)
    sender.send_due()
    changed = school.students[::7]
    gradebook.changed = dict.fromkeys(changed, OVERWRITTEN)
    release_all(school, clock, given=18)
    sender.send_due()
    assert {person for person, score in gradebook.scores.items() if score.given == 15} == {*changed}
    with database.read() as session:
        assert count_passbacks(session)[PassbackState.HELD] == len(changed)
    looked = [people for _discussion, people, _whole in gradebook.readings]
    assert len(looked) <= 6
    assert set().union(*looked) == {*school.students}


def test_two_workers_at_one_platform_send_nothing_twice(school_class, placed, gradebook, clock):
    release_all(school_class, clock)
    senders = [PassbackSender(school_class.database, gradebook, clock) for _ in range(2)]
    threads = [threading.Thread(target=each.send_due) for each in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert gradebook.tries == len(school_class.students)
    gradebook.check_order()
