"""Making, replacing and stopping a calendar address, and remembering what it told."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.notices.calendars.models import CalendarAddress
from lti_app.notices.calendars.queries import CalendarFeed

NOTED_EVERY = timedelta(hours=1)


def renew_address(session: Session, actor: Actor, *, now: datetime) -> None:
    """Give the actor's calendar an address, or a new one: earlier addresses no longer work. What was told of events is
    kept, so that their sequence numbers go on.
    """
    serial = secrets.token_urlsafe(12)
    key = {"person_id": actor.person_id, "course_id": actor.course_id}
    values = {"serial": serial, "is_active": True, "created_at": now, "fetched_at": None}
    statement = insert_into(session, CalendarAddress).values({**key, **values, "events": {}})
    session.execute(statement.on_conflict_do_update(index_elements=["person_id", "course_id"], set_=values))
    session.flush()


def stop_calendar(session: Session, actor: Actor) -> None:
    """Make the actor's calendar address invalid; without one, nothing happens."""
    own = (CalendarAddress.person_id == actor.person_id, CalendarAddress.course_id == actor.course_id)
    session.execute(update(CalendarAddress).where(*own).values(is_active=False, serial=secrets.token_urlsafe(12)))
    session.flush()


def note_reading(session: Session, feed: CalendarFeed, *, now: datetime) -> None:
    """Store what a calendar told, for its next reading, and that it was read."""
    row = session.get_one(CalendarAddress, feed.address_id)
    row.events, row.fetched_at = feed.stored, now
    session.flush()


def is_to_note(feed: CalendarFeed, now: datetime) -> bool:
    """Whether `note_reading` has something to store."""
    return feed.is_changed or feed.fetched_at is None or now - feed.fetched_at >= NOTED_EVERY
