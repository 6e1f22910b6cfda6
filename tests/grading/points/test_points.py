"""Points for a gradebook column: scaled where something is excused, compared with what was sent."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.states import PassbackState, ReadBack, Shown
from lti_app.grading.points.rules import CountedPoints, PointsLine, SentPoints, counted_points, is_same_score
from lti_app.participation.requirements.base import Standing
from lti_app.participation.requirements.evaluation import Verdicts
from tests.cast import MONDAY
from tests.factories.requirements import evaluate
from tests.participation.requirements.test_own_terms import PAID
from tests.participation.requirements.test_participation import BEN, CHI, day, post

FIRST, ONE, TWO = post(1, (1, 20)), post(2, (1, 9), to=BEN), post(3, (2, 9), to=CHI)
HUNDREDTHS = st.integers(0, 2000).map(lambda number: Decimal(number) / 100)
MAXIMA = st.integers(1, 2000).map(lambda number: Decimal(number) / 100)


def report(points, possible=9, **changes):
    told = PassbackReport(
        state=PassbackState.SENT,
        read_back=ReadBack.UNCHECKED,
        given=Decimal(points),
        possible=Decimal(possible),
        shown=None,
        error_code=None,
        error_detail="",
        attempts=1,
        due_at=MONDAY,
        queued_at=MONDAY,
        sent_at=MONDAY,
        checked_at=None,
    )
    return replace(told, **changes)


def counted(points, possible=9, **changes):
    whole = Decimal(possible)
    return replace(CountedPoints(Decimal(points), whole, Decimal(points), whole, 1), **changes)


def sent(points, possible=9, **changes):
    return SentPoints(report(points, possible, **changes), Decimal(points), Decimal(possible), 1)


def with_excused(verdicts: Verdicts, kind: str) -> Verdicts:
    told = (each._replace(standing=Standing.EXCUSED) if each.kind == kind else each for each in verdicts.requirements)
    return replace(verdicts, requirements=tuple(told))


@pytest.mark.parametrize(
    ("posts", "given"), [([], "0"), ([FIRST], "6.00"), ([FIRST, ONE], "8.00"), ([FIRST, ONE, TWO], "9.00")]
)
def test_points_are_sent_as_they_are_counted(posts, given):
    points = counted_points(evaluate(PAID, posts, day(5)), PAID.points)
    assert (points.given, points.possible) == (Decimal(given), 9)
    assert (points.earned, points.countable, points.is_scaled) == (Decimal(given), 9, False)


def test_what_is_excused_is_left_out_and_the_score_has_the_same_share_of_the_same_maximum():
    verdicts = with_excused(evaluate(PAID, [FIRST], day(5)), "replies")
    points = counted_points(verdicts, PAID.points)
    assert points.countable < points.possible == 9
    assert points.given == (9 * points.earned / points.countable).quantize(Decimal("0.01"))
    assert points.is_scaled


def test_nothing_is_sent_where_everything_is_excused_or_nothing_has_points():
    verdicts = evaluate(PAID, [], day(5))
    for kind in {each.kind for each in verdicts.requirements}:
        verdicts = with_excused(verdicts, kind)
    assert counted_points(verdicts, PAID.points) is None
    assert counted_points(evaluate(PAID, [FIRST], day(5)), Decimal(0)) is None


def test_what_can_still_be_earned_is_told():
    assert counted_points(evaluate(PAID, [FIRST], day(4)), PAID.points).is_open
    assert not counted_points(evaluate(PAID, [FIRST, ONE, TWO], day(5)), PAID.points).is_open


@given(HUNDREDTHS, MAXIMA, MAXIMA)
def test_the_same_share_of_another_maximum_is_the_same_score(points, possible, other):
    share = min(points, possible) / possible
    before = report((share * possible).quantize(Decimal("0.01")), possible)
    now = counted((share * other).quantize(Decimal("0.01")), other)
    assert is_same_score(now, before)


@given(HUNDREDTHS, HUNDREDTHS)
def test_any_other_score_of_the_same_maximum_differs(one, other):
    assert is_same_score(counted(one, 20), report(other, 20)) == (one == other)


def test_another_share_of_another_maximum_differs():
    assert not is_same_score(counted(8, 10), report(3, 5))
    assert is_same_score(counted(8, 10), report(4, 5))
    assert not is_same_score(counted(8, 10), report(0, 0))


@pytest.mark.parametrize(
    ("line", "differs", "can_be_sent", "is_ready"),
    [
        (PointsLine(counted(4), None), False, True, True),
        (PointsLine(counted(4, is_open=True), None), False, True, False),
        (PointsLine(counted(4), sent(4)), False, False, False),
        (PointsLine(counted(4), sent(3)), True, True, False),
        (PointsLine(counted(4), sent(4, read_back=ReadBack.CHANGED)), False, True, False),
        (PointsLine(counted(4), sent(3), is_excused=True), True, False, False),
        (PointsLine(None, sent(3)), False, False, False),
        (PointsLine(None, None), False, False, False),
    ],
    ids=["unsent", "open", "sent", "differs", "changed-there", "excused", "nothing-now", "nothing"],
)
def test_what_can_be_sent(line, differs, can_be_sent, is_ready):
    assert (line.differs, line.can_be_sent, line.is_ready) == (differs, can_be_sent, is_ready)


def test_a_line_is_another_one_as_soon_as_anything_of_it_is():
    lines = [
        PointsLine(counted(4), None),
        PointsLine(counted(5), None),
        PointsLine(counted(4), None, is_excused=True),
        PointsLine(counted(4), sent(4)),
        PointsLine(counted(4), sent(3)),
        PointsLine(counted(4), sent(4, read_back=ReadBack.CHANGED, shown=Shown(Decimal(9), Decimal(9)))),
        PointsLine(None, None),
    ]
    assert len({line.fingerprint for line in lines[:4]}) == 4
    assert lines[3].fingerprint != lines[5].fingerprint
    later = replace(lines[3], sent=sent(4, sent_at=MONDAY + timedelta(hours=1)))
    assert later.fingerprint == lines[3].fingerprint
