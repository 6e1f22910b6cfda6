"""Assigning reviews: by an instructor, or by itself once first posts are due."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView, lock_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.reviewing.queries.allocation import changes, read_participants, read_plan, read_stages
from lti_app.discussion.reviewing.rules.allocation import Allocation, Pair, ReviewStage
from lti_app.discussion.reviewing.rules.plans import is_due_to_assign


def assign_reviews(session: Session, actor: Actor, discussion: DiscussionView, *, now: datetime) -> Allocation:
    """Assign what is missing, and withdraw what nobody can write any more; returns what changed.

    Repeating it changes nothing, and of two at the same time the second finds all done. Raises Forbidden for all but
    instructors.
    """
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    return _assign(session, lock_discussion(session, discussion), now)


def assign_when_due(session: Session, discussion: DiscussionView, *, now: datetime) -> Allocation:
    """The same without an instructor, if the settings say so and first posts have been due.

    A DiscussionView comes only from the gate.
    """
    return _assign_if_due(session, lock_discussion(session, discussion), now)


def assign_due(session: Session, discussion_id: int, *, now: datetime) -> Allocation:
    """The same for a discussion that nobody has opened, as the worker finds it."""
    held = select(Discussion).where(Discussion.id == discussion_id).with_for_update()
    row = session.scalars(held.execution_options(populate_existing=True)).one_or_none()
    return _assign_if_due(session, row, now) if row is not None else Allocation()


def begin_review(session: Session, assignment_id: int, *, submitted: bool, now: datetime) -> None:
    """Note that a review has a draft, or is submitted. The first time counts. Called with the id of a ReviewTask.

    One that was withdrawn meanwhile counts again: somebody has written it.
    """
    row = session.get_one(ReviewAssignment, assignment_id, with_for_update=True, populate_existing=True)
    row.begun_at, row.withdrawn_at = row.begun_at or now, None
    if submitted:
        row.submitted_at = row.submitted_at or now
    session.flush()


def _assign_if_due(session: Session, row: Discussion, now: datetime) -> Allocation:
    if row.removed_at is not None or not is_due_to_assign(read_plan(row), Calendar(None, row.first_post_due), now):
        return Allocation()
    return _assign(session, row, now)


def _assign(session: Session, row: Discussion, now: datetime) -> Allocation:
    """The row is locked, so that nobody else assigns meanwhile."""
    plan = read_plan(row)
    if not plan.is_on:
        return Allocation()
    people = read_participants(session, row, plan)
    stages = read_stages(session, row)
    change = changes(row, plan, people, stages)
    _withdraw(session, row, {pair: stages[pair] for pair in change.withdrawn}, now)
    _add(session, row, change.added, now)
    session.flush()
    return change


def _withdraw(session: Session, row: Discussion, gone: Mapping[Pair, ReviewStage], now: datetime) -> None:
    """What somebody has begun since it was read as open stays."""
    if not gone:
        return
    here = (ReviewAssignment.discussion_id == row.id, ReviewAssignment.withdrawn_at.is_(None))
    among = ReviewAssignment.reviewer_id.in_({reviewer for reviewer, _ in gone})
    found = select(ReviewAssignment.id, ReviewAssignment.reviewer_id, ReviewAssignment.author_id).where(*here, among)
    stages = {
        key: gone[reviewer, author] for key, reviewer, author in session.execute(found) if (reviewer, author) in gone
    }
    begun = [key for key, stage in stages.items() if stage is ReviewStage.BEGUN]
    still = or_(ReviewAssignment.begun_at.is_(None), ReviewAssignment.id.in_(begun))
    session.execute(update(ReviewAssignment).where(ReviewAssignment.id.in_(stages), still).values(withdrawn_at=now))


def _add(session: Session, row: Discussion, added: tuple[Pair, ...], now: datetime) -> None:
    """New rows; one that was withdrawn before is revived with what was written in it."""
    rows = [
        {
            "course_id": row.course_id,
            "discussion_id": row.id,
            "reviewer_id": reviewer,
            "author_id": author,
            "key": secrets.token_hex(8),
            "author_key": secrets.token_hex(8),
            "assigned_at": now,
        }
        for reviewer, author in added
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        insert = insert_into(session, ReviewAssignment).values(rows[start : start + ROWS_AT_ONCE])
        again = insert.on_conflict_do_update(
            index_elements=["discussion_id", "reviewer_id", "author_id"],
            set_={"withdrawn_at": None, "assigned_at": insert.excluded.assigned_at},
        )
        session.execute(again)


ROWS_AT_ONCE = 500
"""Databases limit the number of values in one statement."""
