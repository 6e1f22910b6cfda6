"""The level of a criterion that the points of requirements suggest."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lti_app.grading.assessments.rules import suggested_level
from lti_app.grading.rubrics.rules.criteria import CriterionView, Evidence, LevelView
from lti_app.participation.requirements.points import PointsUse
from tests.factories.requirements import evaluate
from tests.participation.requirements.test_own_terms import PAID
from tests.participation.requirements.test_participation import BEN, CHI, day, post

LEVELS = tuple(LevelView(number, Decimal(points), "", "") for number, points in enumerate((4, 3, 2, 0), 1))
CRITERION = CriterionView(1, "Participation", "", Evidence.NONE, LEVELS, key=7)
FILLING = replace(PAID, use=PointsUse(7))
FIRST, ONE, TWO = post(1, (1, 20)), post(2, (1, 9), to=BEN), post(3, (1.1, 9), to=CHI)


@pytest.mark.parametrize(
    ("posts", "on", "points"),
    [
        ([], 7, 0),
        ([FIRST], 7, 2),  # 6 of 9 points, one of them for an optional day
        ([FIRST, ONE], 7, 3),
        ([FIRST, ONE, TWO], 7, 4),
        ([ONE], 7, 0),
        ([FIRST], 4, None),  # the replies are not due yet
        ([FIRST, ONE, TWO], 2, 4),
    ],
)
def test_the_share_of_the_points_suggests_a_level(posts, on, points):
    level = suggested_level(CRITERION, evaluate(FILLING, posts, day(on)))
    assert (level and level.points) == points


def test_no_other_criterion_is_suggested_by_points():
    verdicts = evaluate(FILLING, [FIRST], day(7))
    assert suggested_level(replace(CRITERION, key=8), verdicts) is None
    assert suggested_level(CRITERION, evaluate(PAID, [FIRST], day(7))) is None
    assert suggested_level(replace(CRITERION, levels=()), verdicts) is None
