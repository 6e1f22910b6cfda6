"""Which events a calendar has, and what changed since it was last read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lti_app.discussion.discussions.rules import Calendar

DATES = ("first_post_due", "replies_due", "closes_at")
KEPT = timedelta(days=366)
"""How long a date that has passed stays in the calendar."""


@dataclass(frozen=True)
class DatedDiscussion:
    """A discussion that is set up, with the dates of one person."""

    id: int
    title: str
    calendar: Calendar


@dataclass(frozen=True)
class CalendarEvent:
    """A date of a discussion, as one person has it."""

    uid: str
    date: str
    """Its name: one of DATES."""
    at: datetime
    discussion_id: int
    title: str
    """Of the discussion."""
    sequence: int = 0
    """How often it was changed."""
    changed_at: datetime | None = None


def events_of(discussions: Iterable[DatedDiscussion], *, host: str, now: datetime) -> list[CalendarEvent]:
    """The dates of these discussions as their reader has them, extensions included, in order of time.

    Closing is told only where nothing else is due.
    """
    events = []
    for each in discussions:
        dates = {name: at for name in DATES if (at := getattr(each.calendar, name)) is not None}
        if len(dates) > 1:
            dates.pop("closes_at", None)
        for name, at in dates.items():
            if at > now - KEPT:
                uid = f"discussion-{each.id}-{name.replace('_', '-')}@{host}"
                events.append(CalendarEvent(uid, name, at, each.id, each.title))
    return sorted(events, key=lambda event: (event.at, event.uid))


def with_changes(
    events: Iterable[CalendarEvent], told: Mapping[str, Any], *, now: datetime
) -> tuple[list[CalendarEvent], dict[str, Any]]:
    """The events with their sequence numbers and times of change, and what to store for the next reading.

    `told` is what was stored at the last one. An event that is unchanged keeps both, so that the calendar is the same
    to the byte.
    """
    found, stored = [], {}
    for event in events:
        known = told.get(event.uid)
        says = [event.at.isoformat(), event.title]
        if known is not None and known[:2] == says:
            sequence, changed_at = int(known[2]), datetime.fromisoformat(known[3])
        else:
            sequence, changed_at = (int(known[2]) + 1 if known else 0), now.replace(microsecond=0)
        stored[event.uid] = [*says, sequence, changed_at.isoformat()]
        found.append(
            CalendarEvent(event.uid, event.date, event.at, event.discussion_id, event.title, sequence, changed_at)
        )
    return found, stored
