"""A discussion's dates: which contradict each other, and which state it is in at a moment."""

from datetime import timedelta

import pytest

from lti_app.discussion.discussions.rules import Calendar, State, state_at
from tests.cast import MONDAY
from tests.factories.readings import assigned

SECOND = timedelta(seconds=1)
NAMES = ("opens_at", "first_post_due", "replies_due", "closes_at")


def calendar(*days):
    return Calendar(*(None if day is None else MONDAY + timedelta(days=day) for day in days))


ORDERS = {
    "no dates": ((None, None, None, None), None),
    "one date": ((None, 3, None, None), None),
    "in order": ((0, 3, 6, 7), None),
    "all the same": ((3, 3, 3, 3), None),
    "opens after the first post": ((4, 3, 6, 7), ("opens_at", "first_post_due")),
    "first post after the replies": ((0, 6, 3, 7), ("first_post_due", "replies_due")),
    "replies after the end": ((0, 3, 8, 7), ("replies_due", "closes_at")),
    "closes before it opens": ((2, None, None, 1), ("opens_at", "closes_at")),
    "over a gap": ((None, 3, None, 2), ("first_post_due", "closes_at")),
    "two faults: the first is named": ((9, 3, 2, 1), ("opens_at", "first_post_due")),
}


@pytest.mark.parametrize(("days", "wrong"), ORDERS.values(), ids=ORDERS)
def test_out_of_order(days, wrong):
    assert calendar(*days).out_of_order() == wrong


@pytest.mark.parametrize(("earlier", "later"), [(n, m) for n in range(4) for m in range(n + 1, 4)])
def test_every_pair_of_dates_is_compared(earlier, later):
    days = [None] * 4
    days[earlier], days[later] = 2, 1
    assert calendar(*days).out_of_order() == (NAMES[earlier], NAMES[later])


DATED = calendar(0, None, None, 7)
STATES = {
    "long before": (DATED, -30, State.SCHEDULED),
    "a second before it opens": (DATED, -1 / 86_400, State.SCHEDULED),
    "when it opens": (DATED, 0, State.OPEN),
    "a second before it closes": (DATED, 7 - 1 / 86_400, State.OPEN),
    "when it closes": (DATED, 7, State.CLOSED),
    "long after": (DATED, 400, State.CLOSED),
    "never opens by itself, never closes": (calendar(None, 1, 2, None), 400, State.OPEN),
    "opens and closes at once": (calendar(3, None, None, 3), 3, State.CLOSED),
}


@pytest.mark.parametrize(("dates", "on", "state"), STATES.values(), ids=STATES)
def test_state_at(dates, on, state):
    now = MONDAY + timedelta(days=on)
    assert state_at(dates, prepared=True, now=now) is state
    assert state_at(dates, prepared=False, now=now) is State.UNPREPARED


AUTHORS = {
    "Kotter 1990": "Kotter",
    "Heifetz and Laurie 1997": "Heifetz and Laurie",
    "Bass et al. 2003": "Bass et al.",
    "Kotter 1990b": "Kotter",
    "Plato -380": "Plato",
    "1984 1949": "1984",
    "1984": "1984",
    "What Leaders Really Do": "What Leaders Really Do",
    "Bass et al.": "Bass et al.",
    "Kotter": "Kotter",
}


@pytest.mark.parametrize(("label", "author"), AUTHORS.items())
def test_the_author_is_the_label_without_its_year(label, author):
    assert assigned(1, label).author == author
