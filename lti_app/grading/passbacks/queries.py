"""The state of scores for the LMS."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.rules import PassbackState


@dataclass(frozen=True)
class PassbackReport:
    """The state of one person's newest score."""

    state: PassbackState
    given: Decimal
    error_code: str | None
    """Why the newest attempt failed (codes: passbacks.ports, and `unreachable_too_long`); also set while pending."""
    error_detail: str
    attempts: int
    """Attempts so far for this score."""
    due_at: datetime
    """When the next attempt is due, while pending."""
    queued_at: datetime
    sent_at: datetime | None
    """When the LMS last accepted a score of this person, possibly an earlier one."""


def get_passback(session: Session, actor: Actor, discussion: DiscussionView, person_id: int) -> PassbackReport | None:
    """The state of one person's score; None before the first release. Raises Forbidden for all but graders."""
    require(actor, DiscussionPermission.GRADE)
    row = session.scalar(
        select(Passback).where(Passback.discussion_id == discussion.id, Passback.person_id == person_id)
    )
    return _report(row) if row is not None else None


def next_passback_due(session: Session) -> datetime | None:
    """When the next pending score is due and not leased by a worker; None if nothing is pending."""
    held = Passback.lease_until > Passback.due_at
    free_at: ColumnElement[datetime] = case((held, Passback.lease_until), else_=Passback.due_at)
    earliest: datetime | None = session.scalar(select(func.min(free_at)).where(Passback.state == PassbackState.PENDING))
    return earliest


def _report(row: Passback) -> PassbackReport:
    return PassbackReport(
        state=row.state,
        given=row.given,
        error_code=row.error_code,
        error_detail=row.error_detail,
        attempts=row.attempts,
        due_at=row.due_at,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
    )
