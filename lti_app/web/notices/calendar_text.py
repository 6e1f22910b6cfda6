"""A calendar as iCalendar (RFC 5545, with the names of RFC 7986), by the library `icalendar`."""

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_app.core.later import LaterModule
from lti_app.notices.calendars.queries import CalendarFeed
from lti_app.notices.calendars.rules import CalendarEvent

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = LaterModule("icalendar")

REFRESH = timedelta(hours=1)


def calendar_text(feed: CalendarFeed, base_url: str) -> bytes:
    """The whole calendar. The same events give the same bytes."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Colloquy//Due dates//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = feed.course_title or _("Discussions")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for event in feed.events:
        calendar.add_component(_event(event, feed, base_url))
    return bytes(calendar.to_ical())


def _event(event: CalendarEvent, feed: CalendarFeed, base_url: str) -> "icalendar.Event":
    said = {
        "first_post_due": _("First post due: %(discussion)s", discussion=event.title),
        "replies_due": _("Replies due: %(discussion)s", discussion=event.title),
        "closes_at": _("Discussion closes: %(discussion)s", discussion=event.title),
    }
    found = icalendar.Event()
    found.add("uid", event.uid)
    found.add("dtstamp", event.changed_at)
    found.add("last-modified", event.changed_at)
    found.add("sequence", event.sequence)
    found.add("dtstart", event.at)
    found.add("dtend", event.at)
    found.add("summary", said[event.date])
    found.add("url", f"{base_url}/courses/{feed.course_id}/discussions/{event.discussion_id}")
    found.add("transp", "TRANSPARENT")
    return found
