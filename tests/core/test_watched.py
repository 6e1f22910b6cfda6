"""How long a decision is the same that was made by comparing a moment."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.core.watched import WatchedMoment
from tests.cast import MONDAY

minutes = st.integers(-8, 8).map(lambda number: MONDAY + timedelta(minutes=number))


def decide(now, dates):
    """Every comparison from both sides, one after the other until one is true."""
    for nth, each in enumerate(dates):
        if [now > each, each > now, now >= each, each >= now][nth % 4]:
            return nth
    return [now < each or each <= now or now == each or now <= each or each < now for each in dates]


@given(minutes, st.lists(minutes, max_size=5), minutes)
def test_a_decision_is_the_same_for_as_long_as_it_says(now, dates, later):
    watched = WatchedMoment.of(now)
    decided = decide(watched, dates)
    assert decided == decide(now, dates)
    assert watched.holds_at(now)
    if watched.holds_at(later):
        assert decide(later, dates) == decided


def test_it_remembers_the_nearest_dates():
    watched = WatchedMoment.of(MONDAY)
    assert watched.holds_at(MONDAY + timedelta(days=4711))
    dates = [MONDAY + timedelta(hours=hours) for hours in (-5, 3, -2, 7, 2)]
    assert sorted([*dates, watched]).index(watched) == 2
    assert [date > watched for date in dates] == [False, True, False, True, True]
    assert (watched.after, watched.before) == (dates[2], dates[4])
    assert [watched.holds_at(MONDAY + timedelta(hours=hours)) for hours in (-2, -1, 0, 1, 2)] == [
        False,
        *[True] * 3,
        False,
    ]


def test_a_comparison_with_the_moment_itself_is_for_that_moment_alone():
    watched = WatchedMoment.of(MONDAY)
    assert watched <= MONDAY
    assert watched.holds_at(MONDAY)
    assert not watched.holds_at(MONDAY + timedelta(microseconds=1))


@pytest.mark.parametrize(
    "question",
    [
        lambda now: now - timedelta(hours=1),
        lambda now: MONDAY - now,
        lambda now: now + timedelta(hours=1),
        lambda now: now.date(),
        lambda now: now.astimezone(),
        lambda now: now.timestamp(),
        lambda now: now.replace(hour=1),
        lambda now: now > date(2026, 3, 2),
    ],
    ids=["minus", "minus it", "plus", "date", "zone", "timestamp", "replace", "day"],
)
def test_nothing_else_can_be_asked(question):
    with pytest.raises(TypeError):
        question(WatchedMoment.of(MONDAY))


def test_it_is_the_same_moment():
    watched = WatchedMoment.of(MONDAY)
    assert (watched.hour, watched.tzinfo, watched.isoformat()) == (9, MONDAY.tzinfo, MONDAY.isoformat())
    assert watched == MONDAY
    assert hash(watched) == hash(MONDAY)
    assert watched != "09:00"
