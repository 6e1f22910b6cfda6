"""Saving and submitting one's own marks."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.queries import get_student
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import limited, settled_marks
from lti_app.grading.assessments.rules import MAX_COMMENT, MAX_NOTE
from lti_app.grading.graders.models import BlindMarking, Marking
from lti_app.grading.graders.queries.assignments import collect_graders
from lti_app.grading.graders.queries.blind import get_second_marking, list_blind
from lti_app.grading.graders.rules.assignment import NO_GRADERS
from lti_app.grading.graders.rules.blind import WANTED_MARKINGS, BlindOutcome, BlindPurpose
from lti_app.grading.graders.rules.given import restored, stored, with_points
from lti_app.grading.marking.actions.rows import LockedMarking, lock_marking, settle
from lti_app.grading.marking.errors import MarkingChanged, MarkingClosed
from lti_app.grading.marking.rules.agreeing import GivenMarks, agreed_marks, first_marker_first
from lti_app.grading.rubrics.actions.store import lock_rubric
from lti_app.grading.rubrics.queries import get_rubric
from lti_app.grading.rubrics.rules.criteria import CriterionMark, RubricView


def save_marking(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    person_id: int,
    *,
    marks: Mapping[int, CriterionMark],
    comment: str,
    note: str,
    version: int,
    is_submitted: bool,
    now: datetime,
) -> bool:
    """Save the actor's own marks (by criterion id) of a student who is marked independently; returns whether they are
    submitted, which incomplete marks are not.

    `version` is that of the actor's marks that the form showed, 0 for none. Two submitted markings that are within the
    tolerance of the discussion become the draft of the grade. Raises MarkingClosed once enough graders have submitted
    theirs, MarkingChanged if the actor has saved in another window meanwhile, CommentTooLong, NotFound for a student
    who is graded as always, and Forbidden for all but graders.
    """
    require(actor, DiscussionPermission.GRADE)
    get_student(session, actor, person_id)
    comment, note = limited(comment, MAX_COMMENT), limited(note, MAX_NOTE)
    lock_rubric(session, discussion)
    locked = lock_marking(session, actor, discussion, person_id)
    rubric = get_rubric(session, discussion)
    chosen = settled_marks(rubric, marks)
    wanted = is_submitted and rubric.is_complete(with_points(chosen))
    own = locked.of(actor.person_id)
    given = stored(rubric, chosen)
    if own and (own.marks, own.comment, own.note, own.submitted_at is not None) == (given, comment, note, wanted):
        return wanted  # also the second of two clicks
    if is_closed(locked) or _has_compared(session, actor, discussion, locked):
        raise MarkingClosed
    if (own.version if own else 0) != version:
        raise MarkingChanged
    if own is None:
        own = Marking(blind_marking_id=locked.row.id, grader_id=actor.person_id, version=0, submitted_at=None)
        session.add(own)
    own.rubric_version, own.marks, own.comment, own.note = rubric.version, given, comment, note
    own.version, own.saved_at = own.version + 1, now
    own.submitted_at = (own.submitted_at or now) if wanted else None
    session.flush()
    if wanted and locked.row.purpose is BlindPurpose.SECOND:
        submitted = [*(each for each in locked.submitted if each is not own), own]
        _agree(session, actor, discussion, rubric, row=locked.row, submitted=submitted, now=now)
    return wanted


def _has_compared(session: Session, actor: Actor, discussion: DiscussionView, locked: LockedMarking) -> bool:
    """Whether the actor may have seen how others marked the calibration set."""
    is_calibration = locked.row.purpose is BlindPurpose.CALIBRATION
    return is_calibration and list_blind(session, actor, discussion).shows_calibration


def is_closed(locked: LockedMarking) -> bool:
    """Whether marks can no longer be saved: others may have seen them."""
    if locked.row.outcome is not None:
        return True
    return locked.row.purpose is BlindPurpose.SECOND and len(locked.submitted) >= WANTED_MARKINGS


def _agree(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    rubric: RubricView,
    *,
    row: BlindMarking,
    submitted: list[Marking],
    now: datetime,
) -> None:
    """Settle two markings that the discussion's rule agrees; leave others to a person."""
    if len(submitted) < WANTED_MARKINGS:
        return
    of = collect_graders(session, actor, discussion, [row.person_id]).of.get(row.person_id, NO_GRADERS)
    by_grader = {each.grader_id: each for each in submitted}
    first, second = (by_grader[each] for each in first_marker_first([*by_grader], of.first)[:WANTED_MARKINGS])
    plan = get_second_marking(session, actor, discussion)
    found = agreed_marks(rubric, _given(rubric, first), _given(rubric, second), plan)
    if found:
        outcome = BlindOutcome.AGREED
        settle(session, actor, discussion, row, outcome=outcome, given=found, now=now)


def _given(rubric: RubricView, marking: Marking) -> GivenMarks:
    return GivenMarks(restored(rubric, marking.marks), marking.comment, marking.note)
