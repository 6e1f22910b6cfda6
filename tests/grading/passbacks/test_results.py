"""What an LMS shows, compared with what it was sent: pure rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.grading.passbacks.rules.results import (
    CHECK_AFTER,
    MOST_RESENDS,
    ColumnFacts,
    Known,
    ReadBackVerdict,
    checks_so_far,
    column_facts,
    is_same,
    judge,
    may_be_ours,
    next_check,
)
from lti_app.grading.passbacks.rules.states import ReadBack, Shown

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FILLED = ColumnFacts(decimals=2, is_empty=False, was_filled=True)
EMPTIED = ColumnFacts(decimals=0, is_empty=True, was_filled=True)
NEVER_FILLED = ColumnFacts(decimals=0, is_empty=True, was_filled=False)


def points(given: str | int, possible: str | int = 20) -> Shown:
    return Shown(Decimal(given), Decimal(possible))


def known(sent: Shown, read_back: ReadBack = ReadBack.UNCHECKED, shown: Shown | None = None, resends: int = 0) -> Known:
    return Known(sent, read_back, shown, resends)


@pytest.mark.parametrize(
    ("sent", "shown", "decimals"),
    [
        (points(18), points(18), 0),
        (points(18), points(72, 80), 0),
        (points("15.25"), points("15.3"), 1),
        (points("15.25"), points("15.2"), 1),
        (points("15.25"), points(15), 0),
        (points(1, 3), points("33.33", 100), 2),
        (points(22), points(20), 0),
        (points(22), points(22), 0),
        (points(0), points(0), 0),
        (points(5), points(5, 0), 0),
    ],
    ids=["same", "rescaled", "rounded", "cut off", "whole points", "thirds", "cut", "extra", "nothing", "no maximum"],
)
def test_shown_as_it_was_sent(sent, shown, decimals):
    assert is_same(sent, shown, decimals=decimals)


@pytest.mark.parametrize(
    ("sent", "shown", "decimals"),
    [
        (points(18), points("15.5"), 1),
        (points("15.25"), points(15), 2),
        (points(18), points(18, 50), 0),
        (points(18), points(20), 0),
        (points(18), points(17), 0),
        (points(18), points(0), 0),
    ],
    ids=["other", "others have decimals", "not rescaled", "full points", "one less", "zero"],
)
def test_shown_otherwise(sent, shown, decimals):
    assert not is_same(sent, shown, decimals=decimals)


@given(
    st.decimals(0, 100, places=2),
    st.sampled_from([1, 10, 20, 33, 50, 80, 100, 1000]),
    st.integers(0, 2),
)
def test_any_rescaled_and_rounded_score_is_the_same(given_points, maximum, places):
    sent = Shown(given_points, Decimal(100))
    rescaled = (given_points * maximum / 100).quantize(Decimal(1).scaleb(-places))
    assert is_same(sent, Shown(rescaled, Decimal(maximum)), decimals=places)


SENT = points(18)
OTHER = points("15.5")


@pytest.mark.parametrize(
    ("before", "shown", "column", "verdict"),
    [
        (known(SENT), SENT, FILLED, ReadBackVerdict(ReadBack.CONFIRMED)),
        (known(SENT), OTHER, FILLED, ReadBackVerdict(ReadBack.DIFFERENT)),
        (known(SENT, ReadBack.CONFIRMED, SENT), OTHER, FILLED, ReadBackVerdict(ReadBack.CHANGED)),
        (known(SENT, ReadBack.CHANGED, OTHER), OTHER, FILLED, ReadBackVerdict(ReadBack.CHANGED)),
        (known(SENT, ReadBack.CHANGED, OTHER), SENT, FILLED, ReadBackVerdict(ReadBack.CONFIRMED)),
        (known(SENT, ReadBack.KEPT, OTHER), OTHER, FILLED, ReadBackVerdict(ReadBack.KEPT)),
        (known(SENT, ReadBack.KEPT, OTHER), points(16), FILLED, ReadBackVerdict(ReadBack.CHANGED)),
        (known(SENT, ReadBack.UNREADABLE), SENT, FILLED, ReadBackVerdict(ReadBack.CONFIRMED)),
        (known(SENT), None, FILLED, ReadBackVerdict(ReadBack.MISSING)),
        (known(SENT), None, NEVER_FILLED, ReadBackVerdict(ReadBack.NO_POINTS)),
        (known(SENT, ReadBack.CONFIRMED, SENT), None, EMPTIED, ReadBackVerdict(ReadBack.NO_POINTS, send_again=True)),
        (known(SENT, ReadBack.CONFIRMED, SENT, MOST_RESENDS), None, EMPTIED, ReadBackVerdict(ReadBack.NO_POINTS)),
        (
            known(SENT, ReadBack.CONFIRMED, SENT),
            points(18, 50),
            FILLED,
            ReadBackVerdict(ReadBack.CHANGED, send_again=True),
        ),
        (known(SENT, ReadBack.CONFIRMED, SENT), points(45, 50), FILLED, ReadBackVerdict(ReadBack.CONFIRMED)),
        (known(SENT, ReadBack.CONFIRMED, SENT), points(30, 50), FILLED, ReadBackVerdict(ReadBack.CHANGED)),
    ],
)
def test_verdict(before, shown, column, verdict):
    assert judge(before, shown, column) == verdict


def facts(*scores: tuple[Shown, Shown | None], read_back: ReadBack = ReadBack.UNCHECKED) -> ColumnFacts:
    """The facts of a column that shows these scores so; `read_back` is what was known of them before."""
    return column_facts([(known(sent, read_back, sent), shown) for sent, shown in scores])


def test_facts_of_a_column():
    shows_two = facts((SENT, points("15.5")), (SENT, points(18)), (SENT, None))
    assert shows_two == ColumnFacts(decimals=1, is_empty=False, was_filled=False)
    assert facts((SENT, None), read_back=ReadBack.CONFIRMED) == EMPTIED
    assert facts((SENT, None)).is_empty
    assert not facts().is_empty


FULL, NOTHING = points(20), points(0)


@pytest.mark.parametrize(
    ("scores", "is_pass_fail"),
    [
        ([(points(15), FULL), (points(12), FULL)], True),
        ([(points(15), FULL), (points(12), FULL), (NOTHING, NOTHING), (FULL, FULL), (points(9), None)], True),
        ([(points(15), points(1, 1)), (points("0.5"), points(1, 1))], True),
        ([(points(15), FULL), (points(15), FULL)], False),
        ([(points(15), FULL)], False),
        ([(FULL, FULL), (NOTHING, NOTHING)], False),
        ([(points(15), FULL), (points(12), FULL), (NOTHING, FULL)], False),
        ([(points(15), FULL), (points(12), points(12))], False),
        ([(points(15), NOTHING), (points(12), NOTHING)], False),
        ([(points(15), points(0, 0)), (points(12), points(0, 0))], False),
    ],
    ids=["two", "a class", "of one point", "alike", "one", "all or none", "zero", "in part", "emptied", "no maximum"],
)
def test_column_of_complete_and_incomplete(scores, is_pass_fail):
    """Canvas: any score above zero is full points (pass_fail)."""
    column = facts(*scores)
    assert column.is_pass_fail is is_pass_fail
    if is_pass_fail:
        told = {judge(known(sent), shown, column).read_back for sent, shown in scores if shown}
        assert told == {ReadBack.CONFIRMED}
        assert judge(known(points(7)), NOTHING, column).read_back is ReadBack.DIFFERENT


def test_column_that_has_shown_points_is_not_of_complete_and_incomplete():
    scores = [(known(sent, ReadBack.CONFIRMED, sent), FULL) for sent in (points(15), points(12))]
    assert not column_facts(scores).is_pass_fail


def test_column_without_points_keeps_none():
    """Canvas: 0 points possible."""
    column = facts((SENT, points(0, 0)), (points(3), points(0, 0)))
    assert judge(known(SENT), points(0, 0), column) == ReadBackVerdict(ReadBack.NO_POINTS)


@pytest.mark.parametrize(
    ("given_points", "shown", "is_ours"),
    [(0, 1, True), (3, 1, True), (10, 2, True), (20, 4, True), (0, 2, False), (18, 1, False)],
)
def test_scale_of_four_words(given_points, shown, is_ours):
    """Moodle: the words are numbered from 1."""
    assert is_same(points(given_points), points(shown, 4), decimals=0) is is_ours


@pytest.mark.parametrize(
    ("shown", "may"),
    [(None, True), (SENT, True), (points(12), True), (OTHER, False)],
    ids=["nothing", "our earlier one", "already this one", "somebody's"],
)
def test_newer_score_replaces_only_ours(shown, may):
    assert may_be_ours(known(SENT), shown, points(12)) is may


@pytest.mark.parametrize(
    ("before", "others", "may"),
    [
        (known(SENT), [], True),
        (known(SENT), [FULL, NOTHING], True),
        (known(SENT), [points(7)], False),
        (known(SENT, ReadBack.UNCHECKED, points(15)), [], False),
        (known(SENT, ReadBack.CONFIRMED, SENT), [], False),
        (known(NOTHING), [], False),
    ],
    ids=["alone", "complete or incomplete", "others have points", "had points", "was confirmed", "of nothing"],
)
def test_full_points_may_be_ours_until_they_were_read(before, others, may):
    """A column of complete or incomplete shows every grade above zero so."""
    assert may_be_ours(before, FULL, points(12), others=others) is may


def test_what_was_told_before_may_be_replaced_after_it_was_confirmed_so():
    """A rounded score that was confirmed is ours, however it is shown."""
    assert may_be_ours(known(points("15.25"), ReadBack.CONFIRMED, points(15)), points(15), points(12))


def test_readings_end():
    moments, checks, now = [], 0, NOW
    while (at := next_check(checks, ReadBack.MISSING, now)) is not None:
        moments.append(at)
        checks, now = checks_so_far(checks, ReadBack.MISSING), at
    assert len(moments) == len(CHECK_AFTER)


def test_confirmed_score_is_read_again_after_a_day_and_not_for_ever():
    checks = checks_so_far(0, ReadBack.CONFIRMED)
    assert next_check(checks, ReadBack.CONFIRMED, NOW) == NOW + timedelta(days=1)
    for _ in range(10):
        checks = checks_so_far(checks, ReadBack.CONFIRMED)
    assert next_check(checks, ReadBack.CONFIRMED, NOW) is None


def test_what_cannot_be_read_is_not_read_again():
    assert next_check(0, ReadBack.UNREADABLE, NOW) is None
