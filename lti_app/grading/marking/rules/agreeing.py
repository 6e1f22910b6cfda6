"""What two independent markings come to, and which of them is the first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lti_app.grading.assessments.rules import MAX_COMMENT, MAX_CRITERION_COMMENT, MAX_NOTE
from lti_app.grading.graders.rules.blind import Agreement, SecondMarkingPlan
from lti_app.grading.graders.rules.given import Marks, agreed, joined
from lti_app.grading.rubrics.rules.criteria import RubricView


@dataclass(frozen=True)
class GivenMarks:
    """What one grader gives a student."""

    marks: Marks
    comment: str
    note: str


def agreed_marks(
    rubric: RubricView, first: GivenMarks, second: GivenMarks, plan: SecondMarkingPlan
) -> GivenMarks | None:
    """What two markings come to without a person; None where somebody has to decide, or words would be lost.

    An average has the comments of both graders; the first marker's marks come with the first marker's comments. Notes
    for graders are always kept.
    """
    marks = agreed(rubric, first.marks, second.marks, agreement=plan.agreement, tolerance=plan.tolerance)
    if marks is None:
        return None
    is_average = plan.agreement is Agreement.AVERAGE
    comment = joined(first.comment, second.comment) if is_average else first.comment
    note = joined(first.note, second.note)
    too_long = any(len(mark.comment) > MAX_CRITERION_COMMENT for mark in marks.values())
    return None if too_long or len(comment) > MAX_COMMENT or len(note) > MAX_NOTE else GivenMarks(marks, comment, note)


def first_marker_first(by_time: Sequence[int], assigned: Collection[int]) -> list[int]:
    """Graders in the order in which they count: the student's grader first, otherwise whoever submitted first."""
    return sorted(by_time, key=lambda grader_id: grader_id not in assigned)
