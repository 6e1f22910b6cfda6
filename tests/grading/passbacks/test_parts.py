"""A grade in parts: what each column gets."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_app.grading.passbacks.rules.parts import GradePart, Share, divide, read_parts, shown_within, stored_parts
from lti_app.grading.passbacks.rules.results import Known
from lti_app.grading.passbacks.rules.states import InColumn, ReadBack, Shown

HUNDREDTHS = st.integers(0, 3000).map(lambda number: Decimal(number) / 100)


@st.composite
def shares(draw):
    maxima = draw(st.lists(HUNDREDTHS, min_size=1, max_size=6))
    points = [draw(st.integers(0, int(most * 100)).map(lambda number: Decimal(number) / 100)) for most in maxima]
    return [Share(str(n), f"Part {n}", *pair) for n, pair in enumerate(zip(points, maxima, strict=True))]


def share(points, maximum, key="p"):
    return Share(key, key, Decimal(points), Decimal(maximum))


@given(shares=shares(), given=HUNDREDTHS, possible=HUNDREDTHS)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_parts_come_to_the_whole_and_none_exceeds_its_maximum(shares, given, possible):
    parts = divide(given, possible, shares)
    if not any(each.maximum for each in shares):
        assert parts == ()
        return
    assert sum(part.possible for part in parts) == possible
    assert all(part.given >= 0 for part in parts)
    if possible:
        assert sum(part.given for part in parts) == given
    if given <= possible:
        assert all(part.given <= part.possible for part in parts)


@pytest.mark.parametrize(
    ("given", "possible", "shares", "parts"),
    [
        (15, 20, [share(9, 12), share(6, 8)], [("9.00", "12.00"), ("6.00", "8.00")]),
        (15, 20, [share(12, 12), share(3, 8)], [("12.00", "12.00"), ("3.00", "8.00")]),
        ("13.50", 20, [share(12, 12), share(3, 8)], [("10.80", "12.00"), ("2.70", "8.00")]),  # lowered by a tenth
        (16, 20, [share(12, 12), share(0, 8)], [("12.00", "12.00"), ("4.00", "8.00")]),  # raised: what is left open
        (20, 20, [share(5, 10), share(1, 10)], [("10.00", "10.00"), ("10.00", "10.00")]),  # complete or incomplete
        (22, 20, [share(10, 10), share(10, 10)], [("11.00", "10.00"), ("11.00", "10.00")]),  # extra credit
        (10, 10, [share(1, 1), share(1, 1), share(1, 1)], [("3.34", "3.34"), ("3.33", "3.33"), ("3.33", "3.33")]),
        (0, 20, [share(0, 12), share(0, 8)], [("0.00", "12.00"), ("0.00", "8.00")]),
    ],
)
def test_examples(given, possible, shares, parts):
    found = divide(Decimal(given), Decimal(possible), shares)
    assert [(str(part.given), str(part.possible)) for part in found] == parts


def test_a_share_without_points_has_no_column():
    assert [part.key for part in divide(Decimal(5), Decimal(10), [share(0, 0, "a"), share(1, 2, "b")])] == ["b"]


def test_parts_are_stored_and_read():
    parts = (GradePart("first_post", "First post", Decimal("3.34"), Decimal(12)),)
    assert read_parts(stored_parts(parts)) == parts
    assert stored_parts(()) is None
    assert read_parts(None) == ()


def test_what_was_sent_is_known_for_each_column():
    parts = (GradePart("a", "A", Decimal(9), Decimal(12)), GradePart("b", "B", Decimal(6), Decimal(8)))
    whole = Known(Shown(Decimal(15), Decimal(20)), ReadBack.CONFIRMED, None, 0)
    in_parts = replace(whole, parts=parts, columns=(InColumn("1/a", "A", ReadBack.CHANGED, None, "a"),))
    assert shown_within(parts, "b", whole.sent) == Shown(Decimal(6), Decimal(8))
    assert in_parts.within("1/a", "a").sent == Shown(Decimal(9), Decimal(12))
    assert in_parts.within("1/a", "a").read_back is ReadBack.CHANGED
    assert in_parts.within("1/b", "b").read_back is ReadBack.UNCHECKED
    assert whole.within("1").sent == whole.sent
