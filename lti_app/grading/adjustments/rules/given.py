"""The grade that is given: the one place that computes it.

The order is: rubric total, late reduction (in points of the rubric), points of the gradebook, curve (in points of the
gradebook). Each step is rounded to hundredths, halves up, so that the lines add up to what is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lti_app.grading.adjustments.rules.curves import Curve, CurveLine
from lti_app.grading.adjustments.rules.late import LateLine, LateRule, late_line
from lti_app.grading.rubrics.rules.criteria import RubricView, Scoring
from lti_app.participation.requirements.evaluation import Verdicts


@dataclass(frozen=True)
class GradeBasis:
    """What is stored of one student's grade that the given points depend on."""

    rubric_id: int | None
    """The version of the rubric; None for the one in use."""
    total: Decimal
    """The sum of the marks, in points of the rubric."""
    is_waived: bool = False
    """Whether the late reduction is waived."""
    curve: Curve | None = None
    kept_rule: LateRule | None = None
    """The late rule by which it was graded, where `keeps_rule` says that it stays."""
    keeps_rule: bool = False
    """Whether a late rule of before applies, or none of before, instead of that of the discussion."""

    def rule(self, of_discussion: LateRule | None) -> LateRule | None:
        """The late rule that applies."""
        return self.kept_rule if self.keeps_rule else of_discussion

    def curved_by(self, curve: Curve | None) -> "GradeBasis":
        """The same with this curve, or without one."""
        return replace(self, curve=curve)

    def by_rule(self, rule: LateRule | None) -> "GradeBasis":
        """The same by this late rule, whatever that of the discussion is."""
        return replace(self, kept_rule=rule, keeps_rule=True)


@dataclass(frozen=True)
class GivenGrade:
    """A grade with the lines between the rubric total and the points of the gradebook."""

    total: Decimal
    late: LateLine | None
    curve: CurveLine | None
    given: Decimal
    possible: Decimal

    @property
    def after_late(self) -> Decimal:
        """The points of the rubric that are left."""
        return self.total - (self.late.amount if self.late else Decimal(0))

    @property
    def is_adjusted(self) -> bool:
        """Whether anything stands between the rubric total and the grade."""
        return self.late is not None or self.curve is not None


def given_grade(
    basis: GradeBasis,
    rubric: RubricView,
    verdicts: Verdicts | None,
    *,
    possible: Decimal,
    late_rule: LateRule | None,
    zone: ZoneInfo,
) -> GivenGrade:
    """The grade of a student by the rubric they are graded by; `verdicts` are needed where a late rule applies.

    A rubric that is complete or incomplete compares its pass mark with what lateness has left, and takes no curve.
    """
    rule, late = basis.rule(late_rule), None
    if rule and verdicts:
        late = late_line(
            rule, verdicts, total=basis.total, maximum=rubric.maximum, zone=zone, is_waived=basis.is_waived
        )
    left = basis.total - (late.amount if late else Decimal(0))
    before = rubric.given(left, possible=possible)
    if basis.curve is None or rubric.scoring is Scoring.COMPLETE:
        return GivenGrade(basis.total, late, None, before, possible)
    given = basis.curve.applied(before, possible=possible)
    return GivenGrade(basis.total, late, CurveLine(basis.curve, given - before), given, possible)


def rule_of(stored: Mapping[str, Any] | None) -> LateRule | None:
    """The late rule of a discussion from its stored form."""
    return LateRule.from_stored(stored) if stored else None
