"""How a class stands and how it moved."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import Calendar, State
from lti_app.discussion.stances.rules import AnswerCount, is_asked_again, shift_of
from tests.cast import MONDAY

PLACES = st.integers(1, 7)


def test_before_after_and_who_moved_which_way():
    shift = shift_of([AnswerCount(1, 3, 2), AnswerCount(3, 3, 1), AnswerCount(7, 2, 1), AnswerCount(4, None, 5)])
    assert shift.before == (2, 0, 1, 5, 0, 0, 1)
    assert shift.after == (0, 1, 3, 0, 0, 0, 0)
    assert (shift.to_low, shift.to_high, shift.stayed) == (1, 2, 1)
    assert (shift.people, shift.again, shift.most) == (9, 4, 5)


@given(st.lists(st.builds(AnswerCount, PLACES, st.one_of(st.none(), PLACES), st.integers(1, 9))))
def test_nobody_is_lost(answers):
    shift = shift_of(answers)
    assert shift.people == sum(answer.people for answer in answers)
    assert shift.again == sum(answer.people for answer in answers if answer.after)
    assert shift.to_low + shift.to_high + shift.stayed == shift.again


DUE = MONDAY + timedelta(days=3)
ASKED = [
    (Calendar(replies_due=DUE), State.OPEN, -1, False),
    (Calendar(replies_due=DUE), State.OPEN, 1, True),
    (Calendar(first_post_due=DUE), State.OPEN, 1, True),
    (Calendar(first_post_due=DUE, replies_due=DUE + timedelta(days=2)), State.OPEN, 1, False),
    (Calendar(first_post_due=DUE, closes_at=DUE + timedelta(days=2)), State.OPEN, 1, False),
    (Calendar(first_post_due=DUE, closes_at=DUE + timedelta(days=2)), State.OPEN, 23, False),
    (Calendar(first_post_due=DUE, closes_at=DUE + timedelta(days=2)), State.OPEN, 24, True),
    (Calendar(replies_due=DUE, closes_at=DUE + timedelta(days=1)), State.OPEN, -1, False),
    (Calendar(), State.OPEN, 1, False),
    (Calendar(), State.CLOSED, 1, True),
]


@pytest.mark.parametrize(("calendar", "state", "hours", "asked"), ASKED)
def test_it_is_asked_again_at_the_end(calendar, state, hours, asked):
    assert is_asked_again(calendar, state, DUE + timedelta(hours=hours)) is asked
