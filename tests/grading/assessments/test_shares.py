"""What each column of the gradebook gets, where parts of a grade have their own."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lti_app.grading.adjustments.rules.late import LateLine, LatePart, LateUnit, WorkPart
from lti_app.grading.assessments.rules import shares_of
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns
from lti_app.grading.rubrics.rules.criteria import CriterionMark
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan

NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEVELS = (LevelPlan(Decimal(10)), LevelPlan(Decimal(4)), LevelPlan(Decimal(0)))
RUBRIC = RubricPlan(
    (
        CriterionPlan("Argument", LEVELS, key=11, weight=Decimal("1.5")),
        CriterionPlan("Feedback only", LEVELS, key=12, counts=False),
        CriterionPlan("Replies", LEVELS, key=13),
    )
).numbered()
MARKS = {1: CriterionMark(101, Decimal(10)), 2: CriterionMark(201, Decimal(10)), 3: CriterionMark(302, Decimal(4))}
STAGES = ColumnPlan(GradeColumns.STAGES, frozenset({13}), ("First post", "Replies"))


def late(*amounts, is_waived=False):
    parts = [LatePart(part, NOW, NOW, 1, Decimal(1), Decimal(1), Decimal(amount), ()) for part, amount in amounts]
    return LateLine(LateUnit.POINTS, tuple(parts), is_waived)


def points(plan, marks=MARKS, line=None):
    return {share.key: (share.points, share.maximum) for share in shares_of(RUBRIC, marks, plan, line)}


def test_one_column_has_no_shares():
    assert points(ColumnPlan()) == {}


def test_each_criterion_that_counts_with_its_weight():
    assert points(ColumnPlan(GradeColumns.CRITERIA)) == {"criterion-11": (15, 15), "criterion-13": (4, 10)}


def test_stages():
    assert points(STAGES) == {"first_post": (15, 15), "replies": (4, 10)}


def test_what_is_not_marked_has_no_points():
    assert points(STAGES, {}) == {"first_post": (0, 15), "replies": (0, 10)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (late((WorkPart.REPLIES, 3)), (15, 1)),
        (late((WorkPart.FIRST_POST, 2), (WorkPart.REPLIES, 9)), (13, 0)),
        (late((WorkPart.REPLIES, 3), is_waived=True), (15, 4)),
        (late((WorkPart.WORK, 3)), (15, 4)),  # taken off both, as the whole grade is lower
    ],
)
def test_lateness_of_one_part_is_taken_off_its_own_column(line, expected):
    assert tuple(each[0] for each in points(STAGES, line=line).values()) == expected
