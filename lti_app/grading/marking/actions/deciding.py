"""Settling what graders have marked independently."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.core.errors import Forbidden
from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import settled_marks
from lti_app.grading.assessments.errors import AssessmentIncomplete
from lti_app.grading.graders.rules.blind import WANTED_MARKINGS, BlindOutcome, BlindPurpose
from lti_app.grading.graders.rules.given import restored, with_points
from lti_app.grading.marking.actions.rows import LockedMarking, lock_marking, settle
from lti_app.grading.marking.errors import DecisionChanged, MarkingUnfinished
from lti_app.grading.marking.rules.agreeing import GivenMarks
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark


def decide_marking(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    marks: Mapping[int, CriterionMark],
    comment: str,
    note: str,
    marked_with: int,
    now: datetime,
) -> None:
    """Decide a student's marks (by criterion id) after two graders have marked independently; they become the draft of
    the grade.

    An instructor decides, or a grader who marked neither. `marked_with` is the id of the rubric that the form showed.
    Raises MarkingUnfinished before both have submitted their marks; DecisionChanged if somebody else has decided, or
    the rubric has changed; AssessmentIncomplete; CommentTooLong; NotFound for a student who is graded as always;
    Forbidden.
    """
    locked = _locked(session, actor, discussion, person_id)
    rubric = get_rubric(session, discussion)
    if marked_with != rubric.id:
        raise DecisionChanged
    if locked.row.purpose is BlindPurpose.CALIBRATION:
        require(actor, DiscussionPermission.EDIT_SETTINGS)
    elif len(locked.submitted) < WANTED_MARKINGS:
        raise MarkingUnfinished
    if not may_decide(actor, [each.grader_id for each in locked.submitted]):
        raise Forbidden
    chosen = settled_marks(rubric, marks)
    if not rubric.is_complete(with_points(chosen)):
        raise AssessmentIncomplete
    given = GivenMarks(chosen, comment, note)
    settle(session, actor, discussion, locked.row, outcome=BlindOutcome.DECIDED, given=given, now=now)


def may_decide(actor: Actor, marked_by: list[int]) -> bool:
    """Whether the actor may decide on marks that these graders gave."""
    return actor.role is Role.INSTRUCTOR or (actor.is_staff and actor.person_id not in marked_by)


def end_marking(session: Session, actor: Actor, discussion: DiscussionView, person_id: int, *, now: datetime) -> None:
    """End second marking for one student without a second marker. The only marking there is, submitted or not, becomes
    the draft of the grade; without one, the student is graded as always.

    Raises DecisionChanged if two graders have marked, or it is settled; NotFound; Forbidden for all but instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    locked = _locked(session, actor, discussion, person_id)
    if locked.row.purpose is BlindPurpose.CALIBRATION or len(locked.submitted) >= WANTED_MARKINGS:
        raise DecisionChanged
    found = locked.submitted or locked.markings
    if found:
        rubric = get_rubric(session, discussion)
        given = GivenMarks(restored(rubric, found[0].marks), found[0].comment, found[0].note)
        settle(session, actor, discussion, locked.row, outcome=BlindOutcome.ONE, given=given, now=now)
    else:
        locked.row.outcome, locked.row.settled_at = BlindOutcome.NONE, now
        locked.row.settled_by_id = actor.person_id
        session.flush()


def _locked(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> LockedMarking:
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    lock_rubric(session, discussion)
    locked = lock_marking(session, actor, discussion, person_id)
    if locked.row.outcome is not None:
        raise DecisionChanged
    return locked
