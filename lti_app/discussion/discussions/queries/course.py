"""The discussions of a course, and what they require."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_app.core.statements import fetch_rows
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.models import Discussion, DiscussionReading
from lti_app.discussion.discussions.queries.discussion import (
    IN_COURSE,
    DiscussionView,
    select_discussions,
    view_discussion,
)
from lti_app.discussion.discussions.rules import AssignedReading, Calendar, State
from lti_app.library.readings.models import Reading


@dataclass(frozen=True)
class DiscussionLine:
    """A discussion in a list."""

    id: int
    title: str
    calendar: Calendar
    state: State
    is_unlinked: bool = False
    """Whether the activity in the LMS that opened it opens another discussion now."""
    has_reviews: bool = False
    """Whether students review one another, or themselves."""


def list_discussions(session: Session, actor: Actor, now: datetime) -> list[DiscussionLine]:
    """The discussions of the actor's course by first date; students do not see those that are not set up."""
    return lines_of(actor, list_views(session, actor, now))


def lines_of(actor: Actor, views: Sequence[DiscussionView]) -> list[DiscussionLine]:
    """The lines of a list of these discussions, without those that the actor does not see yet."""
    lines = [
        DiscussionLine(v.id, v.title, v.calendar, v.state, v.replaced_by_id is not None, v.has_reviews) for v in views
    ]
    return [line for line in lines if actor.is_staff or line.state is not State.UNPREPARED]


def list_views(session: Session, actor: Actor, now: datetime) -> list[DiscussionView]:
    """All discussions of the actor's course by first date, without their readings (one statement)."""
    values = {"course_id": actor.course_id, "person_id": actor.person_id}
    return [view_discussion(row, (), now) for row in fetch_rows(session, _of_course(is_staff=actor.is_staff), values)]


@cache
def _of_course(*, is_staff: bool) -> Select[Any]:
    in_order = (Discussion.first_post_due.is_(None), Discussion.first_post_due, Discussion.id)
    return select_discussions(IN_COURSE, is_staff=is_staff).order_by(*in_order)


def with_readings(session: Session, views: Sequence[DiscussionView]) -> list[DiscussionView]:
    """The same discussions with the readings that are assigned in them, as far as they have begun (one statement).

    Called with views that a gate has answered with; the readings have no progress.
    """
    begun = [view.id for view in views if view.state.has_begun]
    rows = session.execute(
        select(DiscussionReading.discussion_id, Reading, DiscussionReading.required)
        .join(Reading, Reading.id == DiscussionReading.reading_id)
        .where(DiscussionReading.discussion_id.in_(begun))
        .order_by(DiscussionReading.position)
    )
    assigned: dict[int, list[AssignedReading]] = {}
    for discussion_id, row, required in rows:
        reading = AssignedReading(row.id, row.label, row.reference_html, row.url, required)
        assigned.setdefault(discussion_id, []).append(reading)
    return [replace(view, readings=tuple(assigned.get(view.id, ()))) for view in views]


def list_required(session: Session, actor: Actor) -> list[int]:
    """The ids of the readings that any discussion of the actor's course requires, in the order of the course."""
    rows = session.scalars(
        select(DiscussionReading.reading_id)
        .join(Discussion, Discussion.id == DiscussionReading.discussion_id)
        .where(Discussion.course_id == actor.course_id, DiscussionReading.required, Discussion.removed_at.is_(None))
        .order_by(DiscussionReading.discussion_id, DiscussionReading.position)
    )
    return list(dict.fromkeys(rows))
