"""The gate to a discussion, and lists of discussions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.courses.rules import Actor
from lti_app.discussions.access import Permission, require
from lti_app.discussions.models import Discussion, DiscussionReading
from lti_app.discussions.rules import AssignedReading, Calendar, Requirements, State, state_at
from lti_app.readings.models import Reading


@dataclass(frozen=True)
class DiscussionView:
    """A discussion that the actor may see, with its readings."""

    id: int
    course_id: int
    title: str
    prompt: str
    prompt_html: str
    points: Decimal
    calendar: Calendar
    first_post_words: int
    replies_wanted: int
    reply_words: int
    post_first: bool
    version: int
    root_count: int
    state: State
    readings: tuple[AssignedReading, ...]

    @property
    def requirements(self) -> Requirements:
        """What counts as taking part."""
        return Requirements(
            first_post_words=self.first_post_words,
            first_post_due=self.calendar.first_post_due,
            replies=self.replies_wanted,
            reply_words=self.reply_words,
            replies_due=self.calendar.replies_due,
            readings=tuple(reading for reading in self.readings if reading.required),
        )


@dataclass(frozen=True)
class DiscussionLine:
    """A discussion in a list."""

    id: int
    title: str
    calendar: Calendar
    state: State


def get_discussion(
    session: Session, actor: Actor, discussion_id: int, *, need: Permission = Permission.SEE, now: datetime
) -> DiscussionView:
    """The gate: one discussion of the actor's course, if the actor may do what is needed.

    Raises NotFound where it is of another course or does not exist, Forbidden where it may be seen but not used so.
    """
    row = session.scalar(
        select(Discussion).where(Discussion.id == discussion_id, Discussion.course_id == actor.course_id)
    )
    if row is None:
        raise NotFound
    require(actor, need)
    return _view(row, _readings(session, row.id), now)


def list_discussions(session: Session, actor: Actor, now: datetime) -> list[DiscussionLine]:
    """The discussions of the actor's course by first date; students are not told of those that are not set up."""
    rows = session.scalars(
        select(Discussion)
        .where(Discussion.course_id == actor.course_id)
        .order_by(Discussion.first_post_due.is_(None), Discussion.first_post_due, Discussion.id)
    )
    lines = [
        DiscussionLine(row.id, row.title, _calendar(row), state_at(_calendar(row), prepared=_prepared(row), now=now))
        for row in rows
    ]
    return [line for line in lines if actor.is_staff or line.state is not State.UNPREPARED]


def _readings(session: Session, discussion_id: int) -> tuple[AssignedReading, ...]:
    rows = session.execute(
        select(Reading.id, Reading.label, Reading.reference_html, Reading.url, DiscussionReading.required)
        .join(DiscussionReading, DiscussionReading.reading_id == Reading.id)
        .where(DiscussionReading.discussion_id == discussion_id)
        .order_by(DiscussionReading.position)
    )
    return tuple(AssignedReading(*row) for row in rows)


def _calendar(row: Discussion) -> Calendar:
    return Calendar(row.opens_at, row.first_post_due, row.replies_due, row.closes_at)


def _prepared(row: Discussion) -> bool:
    return row.prepared_at is not None


def _view(row: Discussion, readings: tuple[AssignedReading, ...], now: datetime) -> DiscussionView:
    calendar = _calendar(row)
    return DiscussionView(
        id=row.id,
        course_id=row.course_id,
        title=row.title,
        prompt=row.prompt,
        prompt_html=row.prompt_html,
        points=row.points,
        calendar=calendar,
        first_post_words=row.first_post_words,
        replies_wanted=row.replies_wanted,
        reply_words=row.reply_words,
        post_first=row.post_first,
        version=row.version,
        root_count=row.root_count,
        state=state_at(calendar, prepared=_prepared(row), now=now),
        readings=readings,
    )
