"""Taking the weighted total of marks and reviews as the grade of a student."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.reviewing.queries.allocation import read_plan
from lti_app.grading.adjustments.rules.curves import Curve, CurveKind
from lti_app.grading.assessments.actions.grading import locked_assessments
from lti_app.grading.assessments.actions.recording import record
from lti_app.grading.assessments.actions.waiving import touch
from lti_app.grading.assessments.errors import AssessmentChanged, AssessmentIncomplete
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.reviews.queries.overview import get_peer_spread, share_of
from lti_app.grading.reviews.rules.weighting import weighted_total
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.points import scaled


def use_weighted_total(
    session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, version: int, now: datetime
) -> None:
    """Have the reviews count for a student's grade by the weights of the discussion: what they add to the marks, or
    take off, becomes a line of the grade, in place of a curve. The line goes when the marks change.

    A released grade is a draft again until it is released. Raises AssessmentIncomplete without complete marks, or where
    there is nothing to weigh; AssessmentChanged if it is no longer the `version` that the grader saw; NotFound for a
    person who is not a student here; Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    assessment = session.scalar(locked_assessments(discussion).where(Assessment.person_id == person_id))
    if assessment is None or not assessment.is_complete or assessment.excused_at is not None:
        raise AssessmentIncomplete
    if assessment.version != version:
        raise AssessmentChanged
    rubric = get_rubric(session, discussion, version_id=assessment.rubric_id)
    spread = get_peer_spread(session, actor, discussion, person_id, rubric=rubric)
    own = share_of(assessment.total, rubric.maximum)
    weights = read_plan(discussion).weights
    weighted = weighted_total(weights, instructor=own, spread=spread, maximum=rubric.maximum)
    if weighted is None:
        raise AssessmentIncomplete
    by = scaled(weighted.total - assessment.total, out_of=rubric.maximum, to=discussion.points)
    curve = Curve(CurveKind.REVIEWS, None, by).to_stored()
    if assessment.curve == curve:
        return
    assessment.curve = curve
    touch(assessment, now)
    record(session, actor, GradeEventKind.WEIGHTED, [assessment], words="", now=now)
