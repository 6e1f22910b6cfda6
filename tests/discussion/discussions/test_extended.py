"""Later dates for some: which of several dates holds, and what moves along."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.discussions.rules import EXTENDABLE, Calendar
from tests.cast import MONDAY


def calendar(*days):
    return Calendar(*(None if day is None else MONDAY + timedelta(days=day) for day in days))


CLASS = calendar(0, 3, 6, 7)
# What somebody was given, and what then holds for them; the class has days 0, 3, 6 and 7.
CASES = {
    "nothing": (calendar(), CLASS),
    "a later first post": (calendar(None, 4), calendar(0, 4, 6, 7)),
    "an earlier date is none": (calendar(None, 2, 5, 6), CLASS),
    "the same date is none": (calendar(None, 3, 6, 7), CLASS),
    "only the end": (calendar(None, None, None, 9), calendar(0, 3, 6, 9)),
    "replies after the end move the end": (calendar(None, None, 8), calendar(0, 3, 8, 8)),
    "a first post after all else moves all": (calendar(None, 9), calendar(0, 9, 9, 9)),
    "all later": (calendar(None, 4, 8, 10), calendar(0, 4, 8, 10)),
    "one later, one earlier": (calendar(None, 5, 2), calendar(0, 5, 6, 7)),
    "opening is nobody's own": (calendar(2), CLASS),
}


@pytest.mark.parametrize(("given_dates", "holds"), CASES.values(), ids=CASES)
def test_the_later_date_holds(given_dates, holds):
    assert CLASS.extended(given_dates) == holds


def test_a_date_that_the_class_does_not_have_cannot_be_later():
    assert calendar(0, None, 6, None).extended(calendar(None, 4, 8, 9)) == calendar(0, None, 8, None)


DAYS = st.one_of(st.none(), st.integers(0, 30))
ORDERED = st.lists(st.integers(0, 30), min_size=4, max_size=4).map(sorted)


@given(ORDERED, st.lists(st.booleans(), min_size=4, max_size=4), st.tuples(DAYS, DAYS, DAYS, DAYS))
def test_own_dates_are_in_order_and_never_earlier(days, there, later):
    of_class = calendar(*(day if is_there else None for day, is_there in zip(days, there, strict=True)))
    own = of_class.extended(calendar(*later))
    assert own.out_of_order() is None
    assert own.opens_at == of_class.opens_at
    for name in EXTENDABLE:
        before, after = getattr(of_class, name), getattr(own, name)
        assert (before is None) == (after is None)
        assert before is None or after >= before
    assert own.extended(calendar(*later)) == own
