"""What several reviews say together, and what the weights come to: by hand, and for any marks."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.discussion.reviewing.rules.plans import ReviewWeights
from lti_app.grading.reviews.rules.spread import PeerReview, deviations, hundredths, spread_of
from lti_app.grading.reviews.rules.weighting import Voice, weighted_total
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, Evidence, LevelView, RubricView

LEVELS = tuple(LevelView(10 - n, Decimal(n), f"{n}", "", 10 - n) for n in (4, 3, 2, 1, 0))
RUBRIC = RubricView((CriterionView(1, "Argument", "", Evidence.NONE, LEVELS, key=1),))
ANA, BEN, CHI, DEE, EVA = range(1, 6)


def given_by(reviewer, points, *, author=EVA, counts=True):
    mark = CriterionMark(10 - points, Decimal(points))
    return PeerReview(reviewer, reviewer, author, {1: mark}, Fraction(points, 4), counts=counts)


def test_mean_and_spread_are_exact():
    spread = spread_of(RUBRIC, EVA, [given_by(ANA, 4), given_by(BEN, 3), given_by(CHI, 3)])
    assert spread.mean == Fraction(10, 12)
    (criterion,) = spread.criteria
    assert (criterion.mean, criterion.low, criterion.high) == (Decimal("3.33"), 3, 4)
    assert criterion.by_level == (1, 2, 0, 0, 0)


def test_excluded_reviews_and_those_of_others_change_nothing():
    reviews = [given_by(ANA, 4), given_by(BEN, 0, counts=False), given_by(CHI, 0, author=DEE), given_by(EVA, 1)]
    spread = spread_of(RUBRIC, EVA, reviews)
    assert spread.mean == 1
    assert [review.id for review in spread.reviews] == [ANA, BEN]
    assert spread.own.share == Fraction(1, 4)


@pytest.mark.parametrize(
    ("points", "unlike"),
    [
        ([4, 4, 1], {CHI}),
        ([4, 4, 3], {CHI}),  # one level is not much, a quarter of all points is
        ([4, 1], set()),  # two cannot tell which of them
        ([2, 2, 2, 2], set()),
        ([4, 3, 2], {ANA, CHI}),
    ],
)
def test_a_review_is_unlike_the_others_from_three_on(points, unlike):
    reviews = [given_by(reviewer, each) for reviewer, each in zip((ANA, BEN, CHI, DEE), points, strict=False)]
    assert spread_of(RUBRIC, EVA, reviews).unlike == unlike


def test_a_reviewer_is_compared_with_the_others_of_the_same_students():
    reviews = [given_by(ANA, 4), given_by(BEN, 2), given_by(CHI, 2), given_by(ANA, 4, author=DEE)]
    found = deviations(reviews)
    assert found[ANA] == Fraction(1, 2)  # nobody else has reviewed Dee
    assert found[BEN] == Fraction(-1, 4)


def weigh(weights, *reviews, instructor=None):
    spread = spread_of(RUBRIC, EVA, reviews)
    return weighted_total(
        ReviewWeights(*map(Decimal, weights)), instructor=instructor, spread=spread, maximum=Decimal(4)
    )


def test_weights_are_applied_exactly():
    told = weigh((60, 30, 10), given_by(ANA, 4), given_by(BEN, 2), given_by(EVA, 1), instructor=Fraction(1, 2))
    assert told.total == Decimal("2.20")  # 60 % of 2, 30 % of 3, 10 % of 1
    assert [(part.voice, part.points) for part in told.parts] == [
        (Voice.INSTRUCTOR, 2),
        (Voice.PEERS, 3),
        (Voice.OWN, 1),
    ]
    assert not told.is_reweighted


def test_what_is_missing_is_left_out_and_told():
    told = weigh((60, 30, 10), given_by(ANA, 4), given_by(EVA, 0))
    assert told.total == Decimal("3.00")  # 30 and 10 of 40
    assert told.is_reweighted
    assert told.parts[0].points is None


def test_nothing_is_suggested_where_only_the_instructor_counts_or_nobody_has_said_anything():
    assert weigh((100, 0, 0), given_by(ANA, 4), instructor=Fraction(1)) is None
    assert weigh((50, 50, 0)) is None


shares = st.integers(0, 4)


@given(st.lists(shares, min_size=1, max_size=4), shares, shares, st.integers(0, 100), st.integers(0, 100))
def test_a_weighted_total_lies_between_what_it_is_made_of(peers, own, instructor, first, second):
    low, high = sorted((first, second))
    weights = (low, high - low, 100 - high)
    reviews = [given_by(n, points) for n, points in zip((ANA, BEN, CHI, DEE), peers, strict=False)]
    told = weigh(weights, *reviews, given_by(EVA, own), instructor=Fraction(instructor, 4))
    if told is None:
        assert weights == (100, 0, 0)
        return
    points = [part.points for part in told.parts]
    assert min(points) <= told.total <= max(points)


@given(st.fractions(0, 100))
def test_hundredths_round_halves_up(exact):
    rounded = Fraction(hundredths(exact))
    assert -Fraction(1, 200) < rounded - exact <= Fraction(1, 200)
