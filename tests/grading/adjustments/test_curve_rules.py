"""Curves as tables, and the order in which lateness, the gradebook's points and a curve count."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lti_app.grading.adjustments.rules.curves import Curve, CurveInvalid, CurveKind, distribution, fitted
from lti_app.grading.adjustments.rules.given import GradeBasis, given_grade
from lti_app.grading.adjustments.rules.late import LateRule, LateUnit
from lti_app.grading.adjustments.rules.stored import lines_from_stored, lines_to_stored
from lti_app.grading.rubrics.rules.criteria import CriterionView, Evidence, LevelView, RubricView, Scoring
from lti_app.participation.requirements.facts import PostFacts, VersionFacts
from tests.cast import MONDAY
from tests.factories.requirements import ask_for, evaluate

GRADES = [Decimal(each) for each in ("0", "5", "12.8", "16")]
# rule, number | the four grades of 20 after it
CURVES = {
    "add": (CurveKind.ADD, "2", ["2", "7", "14.8", "18"]),
    "add less": (CurveKind.ADD, "-6", ["0", "0", "6.8", "10"]),
    "add beyond full marks": (CurveKind.ADD, "10", ["10", "15", "20", "20"]),
    "multiply": (CurveKind.MULTIPLY, "1.1", ["0", "5.5", "14.08", "17.6"]),
    "halves are rounded up": (CurveKind.MULTIPLY, "0.33", ["0", "1.65", "4.22", "5.28"]),
    "highest": (CurveKind.HIGHEST, None, ["0", "6.25", "16", "20"]),
    "square root": (CurveKind.SQUARE_ROOT, None, ["0", "10", "16", "17.89"]),
    "mean": (CurveKind.MEAN, "10", ["1.55", "6.55", "14.35", "17.55"]),
    "minimum": (CurveKind.MINIMUM, "10", ["10", "10", "12.8", "16"]),
}


@pytest.mark.parametrize(("kind", "value", "after"), CURVES.values(), ids=CURVES)
def test_what_a_curve_makes_of_grades(kind, value, after):
    curve = fitted(kind, value and Decimal(value), GRADES, is_capped=True, possible=Decimal(20))
    assert [curve.applied(each, possible=Decimal(20)) for each in GRADES] == [Decimal(each) for each in after]
    assert Curve.from_stored(curve.to_stored()) == curve


def test_without_a_cap_a_grade_may_be_more_than_full_marks():
    curve = fitted(CurveKind.ADD, Decimal(10), GRADES, is_capped=False, possible=Decimal(20))
    assert curve.applied(Decimal(16), possible=Decimal(20)) == 26


@pytest.mark.parametrize(
    ("kind", "value", "grades"),
    [
        (CurveKind.ADD, None, GRADES),
        (CurveKind.MULTIPLY, "-1", GRADES),
        (CurveKind.MINIMUM, "100001", GRADES),
        (CurveKind.HIGHEST, None, GRADES[:1]),
        (CurveKind.HIGHEST, None, []),
        (CurveKind.MEAN, "10", []),
    ],
)
def test_what_cannot_be_fitted_is_refused(kind, value, grades):
    with pytest.raises(CurveInvalid):
        fitted(kind, value and Decimal(value), grades, is_capped=True, possible=Decimal(20))


@pytest.mark.parametrize("stored", [{}, {"kind": "add", "value": "x", "by": "1", "is_capped": True}])
def test_what_no_curve_wrote_is_refused(stored):
    with pytest.raises(CurveInvalid):
        Curve.from_stored(stored)


def test_how_grades_are_spread():
    found = distribution(GRADES, possible=Decimal(20))
    assert (found.mean, found.median, found.lowest, found.highest) == (Decimal("8.45"), Decimal("8.90"), 0, 16)
    assert found.bands == (1, 0, 1, 0, 0, 0, 1, 0, 1, 0)
    assert distribution([Decimal(20), Decimal(25)], possible=Decimal(20)).bands[-1] == 2
    assert distribution([], possible=Decimal(20)) is None


TEN = LateRule(LateUnit.OF_EARNED, Decimal(10))
ADD_3 = fitted(CurveKind.ADD, Decimal(3), GRADES, is_capped=True, possible=Decimal(50))
RUBRIC = RubricView((CriterionView(1, "Work", "", Evidence.NONE, (LevelView(1, Decimal(20), "", ""),)),))
DUE = MONDAY + timedelta(days=3)
ASKED = ask_for(first_post_words=5, first_post_due=DUE)
LATE = evaluate(ASKED, [PostFacts(1, "1", (VersionFacts(DUE + timedelta(hours=3), 9, frozenset()),))], DUE)


def given(basis, rubric=RUBRIC, rule=TEN):
    return given_grade(basis, rubric, LATE, possible=Decimal(50), late_rule=rule, zone=ZoneInfo("UTC"))


def test_lateness_counts_before_the_gradebook_and_a_curve_after_it():
    grade = given(GradeBasis(None, Decimal(18), curve=ADD_3))
    assert (grade.total, grade.late.amount, grade.after_late) == (18, Decimal("1.80"), Decimal("16.20"))
    assert (grade.curve.amount, grade.given) == (3, Decimal("43.50"))  # 16.2 of 20 are 40.5 of 50
    assert lines_from_stored(lines_to_stored(grade)) == (grade.late, grade.curve)


def test_a_kept_rule_applies_instead_of_that_of_the_discussion():
    basis = GradeBasis(None, Decimal(18))
    assert given(basis.by_rule(None)).given == 45
    assert given(basis.by_rule(TEN), rule=None).given == Decimal("40.50")


def test_complete_or_incomplete_compares_what_is_left_and_takes_no_curve():
    rubric = RubricView(RUBRIC.criteria, scoring=Scoring.COMPLETE, pass_mark=Decimal(17))
    assert (given(GradeBasis(None, Decimal(18)), rubric).given, given(GradeBasis(None, Decimal(20)), rubric).given) == (
        0,
        50,
    )
    curved = given(GradeBasis(None, Decimal(18), curve=ADD_3, is_waived=True), rubric)
    assert (curved.given, curved.curve) == (50, None)


def test_the_curve_shows_what_a_cap_left_of_it():
    grade = given(GradeBasis(None, Decimal("19.5"), is_waived=True, curve=ADD_3))
    assert (grade.curve.amount, grade.given) == (Decimal("1.25"), 50)
