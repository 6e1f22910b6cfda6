"""Platforms share the lanes of the sender: neither slow ones nor large classes keep a small one waiting for long."""

import threading
from datetime import timedelta

import pytest

from lti_app.core.places import Places, current_stay
from lti_app.grading.passbacks.ports import PassbackDelayed, Score
from lti_app.jobs.passbacks import BATCH, LANES, PassbackSender
from tests.grading.passbacks.passbacks import Class, MovableClock, RecordingGradebook
from tests.jobs.conftest import place

PATIENCE = 60.0
SLOW = 0.2


def school_on(sender: PassbackSender, number: int, students: int) -> Class:
    """A class on a platform of its own."""
    issuer = f"https://lms{number}.example"
    school = Class(sender.database, students, issuer=issuer)
    place(school, issuer)
    return school


@pytest.fixture
def sender(database, gradebook: RecordingGradebook, clock: MovableClock) -> PassbackSender:
    made = PassbackSender(database, gradebook, clock)
    made._places = Places(LANES, SLOW)
    return made


def test_platforms_that_hang_keep_half_of_the_lanes_free(sender, gradebook, clock):
    """Each waits for as long as it may; of all of them together, half may for long."""
    hanging = [school_on(sender, number, students=1) for number in range(3 * LANES)]
    other = school_on(sender, 99, students=1)
    over, arrived, waited_long = threading.Event(), threading.Event(), set[int]()

    def hang(score: Score) -> None:
        stay = current_stay()
        assert stay is not None
        if score.discussion_id == other.discussion_id:
            arrived.set()
            return
        while not over.wait(SLOW / 4) and stay.may_go_on():
            if stay.is_slow:
                waited_long.add(score.discussion_id)
        stay.has_hung = True
        raise PassbackDelayed("timeout")

    gradebook.before = hang
    for each in hanging:
        each.release(each.students[0], 10, clock())
    other.release(other.students[0], 10, clock() + timedelta(milliseconds=1))
    clock.advance(1)
    sending = threading.Thread(target=sender.send_due)
    sending.start()
    assert arrived.wait(PATIENCE)
    assert len(waited_long) <= LANES // 2
    over.set()
    sending.join(PATIENCE)
    assert gradebook.tries == len(hanging) + 1


def test_large_classes_leave_turns_for_a_small_one(sender, gradebook, clock):
    large = [school_on(sender, number, students=2 * BATCH) for number in range(LANES)]
    small = school_on(sender, 99, students=1)
    for each in large:
        for student in each.students:
            each.release(student, 10, clock())
    clock.advance(1)
    small.release(small.students[0], 10, clock())
    came: list[int] = []
    gradebook.after = lambda score: came.append(score.discussion_id)
    sender.send_due()
    assert len(came) == LANES * 2 * BATCH + 1
    assert came.index(small.discussion_id) <= (LANES + 1) * BATCH
