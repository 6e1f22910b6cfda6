"""The rows of independent markings, locked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.assessments.actions.grading import assess
from lti_app.grading.assessments.models import Assessment
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.graders.models import BlindMarking, Marking
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.graders.rules.blind import BlindOutcome, BlindPurpose
from lti_app.grading.marking.rules.agreeing import GivenMarks


@dataclass(frozen=True)
class LockedMarking:
    """The independent marking of a student, which nobody else can change until the transaction ends."""

    row: BlindMarking
    markings: Sequence[Marking]
    """In the order in which graders began."""

    @property
    def submitted(self) -> list[Marking]:
        """Those that are no drafts, the earliest first."""
        found = [(each.submitted_at, each.id, each) for each in self.markings if each.submitted_at]
        return [each for _, _, each in sorted(found, key=lambda it: it[:2])]

    def of(self, grader_id: int) -> Marking | None:
        """What one grader has saved."""
        return next((each for each in self.markings if each.grader_id == grader_id), None)


def lock_marking(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> LockedMarking:
    """Lock the independent marking of a student. Raises NotFound for one who is graded as always."""
    if list_blind(session, actor, discussion).of(person_id) is None:
        raise NotFound
    begin_marking(session, discussion, [person_id], BlindPurpose.SECOND)
    row = session.scalars(
        select(BlindMarking)
        .where(BlindMarking.discussion_id == discussion.id, BlindMarking.person_id == person_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    markings = session.scalars(
        select(Marking)
        .where(Marking.blind_marking_id == row.id)
        .order_by(Marking.id)
        .execution_options(populate_existing=True)
    )
    return LockedMarking(row, markings.all())


def begin_marking(
    session: Session, discussion: DiscussionView, person_ids: Collection[int], purpose: BlindPurpose
) -> None:
    """Have these students marked independently; those who are or were already stay as they are."""
    rows = [
        {"course_id": discussion.course_id, "discussion_id": discussion.id, "person_id": each, "purpose": purpose}
        for each in person_ids
    ]
    if rows:
        session.execute(
            insert_into(session, BlindMarking)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["discussion_id", "person_id"])
        )


def settle(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    row: BlindMarking,
    *,
    outcome: BlindOutcome,
    given: GivenMarks,
    now: datetime,
) -> None:
    """End an independent marking with these marks as the draft of the grade. Raises CommentTooLong."""
    row.outcome, row.settled_at, row.settled_by_id = outcome, now, actor.person_id
    session.flush()
    version = session.scalar(
        select(Assessment.version).where(
            Assessment.discussion_id == discussion.id, Assessment.person_id == row.person_id
        )
    )
    assess(
        session,
        actor,
        discussion,
        row.person_id,
        marks=given.marks,
        comment=given.comment,
        note=given.note,
        version=version or 0,
        kind=GradeEventKind.AGREED if outcome is BlindOutcome.AGREED else GradeEventKind.DECIDED,
        now=now,
    )
