"""Somebody's calendar address, and the events behind it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.rules import State
from lti_app.notices.calendars.models import CalendarAddress
from lti_app.notices.calendars.rules import CalendarEvent, DatedDiscussion, events_of, with_changes
from lti_app.notices.preferences.queries import get_member


@dataclass(frozen=True)
class CalendarKey:
    """What the signed address of a calendar holds."""

    id: int
    serial: str


@dataclass(frozen=True)
class OwnCalendar:
    """The actor's calendar address in their course."""

    key: CalendarKey
    fetched_at: datetime | None


@dataclass(frozen=True)
class CalendarFeed:
    """A calendar as it is handed out."""

    address_id: int
    course_id: int
    course_title: str
    locale: str
    """The language in which its owner uses the LMS, as the LMS names it; empty for none."""
    events: tuple[CalendarEvent, ...]
    is_changed: bool
    """Whether there is something to store for the next reading (actions.note_reading)."""
    stored: dict[str, object]
    fetched_at: datetime | None


def get_own_calendar(session: Session, actor: Actor) -> OwnCalendar | None:
    """The actor's calendar address; None while they have none (one statement)."""
    row = session.scalars(
        select(CalendarAddress).where(
            CalendarAddress.person_id == actor.person_id,
            CalendarAddress.course_id == actor.course_id,
            CalendarAddress.is_active,
        )
    ).one_or_none()
    return OwnCalendar(CalendarKey(row.id, row.serial), row.fetched_at) if row else None


def read_feed(session: Session, key: CalendarKey, *, host: str, now: datetime) -> CalendarFeed:
    """The events behind an address whose signature was checked (three statements).

    Raises NotFound if the address was replaced or stopped, and when its owner is no longer in the course.
    """
    row = session.get(CalendarAddress, key.id)
    if row is None or not row.is_active or row.serial != key.serial:
        raise NotFound
    actor = get_member(session, course_id=row.course_id, person_id=row.person_id, now=now)
    if actor is None:
        raise NotFound
    dated = [
        DatedDiscussion(view.id, view.title, view.calendar)
        for view in list_views(session, actor, now)
        if view.state is not State.UNPREPARED
    ]
    events, stored = with_changes(events_of(dated, host=host, now=now), row.events, now=now)
    return CalendarFeed(
        address_id=row.id,
        course_id=row.course_id,
        course_title=actor.course_title,
        locale=actor.locale,
        events=tuple(events),
        is_changed=stored != row.events,
        stored=dict(stored),
        fetched_at=row.fetched_at,
    )
