"""The dates of a discussion as fields, local to a time zone."""

from collections.abc import Collection
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form

from lti_app.core.local_time import ClockChange, local_time
from lti_app.course.people.rules import zone
from lti_app.discussion.discussions.rules import Calendar
from lti_app.web.forms.fields import DateField, ZoneField, local_minute, moment_of

DATES = ("opens_at", "first_post_due", "replies_due", "closes_at")
NO_DATES = Calendar()


class DatesForm(Form):
    """Part of a form: dates that are local to `time_zone`."""

    time_zone = ZoneField(_l("Time zone"))
    opens_at = DateField(_l("Opens"))
    first_post_due = DateField(_l("First post due"))
    replies_due = DateField(_l("Replies due"))
    closes_at = DateField(_l("Closes"))

    def to_calendar(self, known: Calendar = NO_DATES) -> Calendar:
        """The dates of the form as moments; those that are as `known` are exactly that."""
        return Calendar(**{name: self.to_moment(name, getattr(known, name)) for name in DATES})

    def to_moment(self, name: str, known: datetime | None = None) -> datetime | None:
        """One date as a moment. Fields know nothing of seconds, nor which of two equal times is meant: while one says
        what it said of the `known` moment, that is meant.
        """
        local, time_zone = self[name].data, self["time_zone"].data
        if known is not None and local == local_minute(known, time_zone):
            return known
        return moment_of(local, time_zone, end_of_minute=name != "opens_at")

    def clock_notes(self, names: Collection[str] | None = None) -> list[str]:
        """What is told of times that a change of the clocks leaves out or repeats, of all dates or of these; of a form
        that is valid.
        """
        notes = []
        for field in self:
            is_told = names is None or field.name in names
            if is_told and isinstance(field, DateField) and field.data is not None and not field.errors:
                notes += _clock_note(field, self["time_zone"].data)
        return notes

    def mark_out_of_order(self, earlier_name: object, later_name: object) -> None:
        """Say beside the later of two dates that it is before the other one."""
        earlier, later = self[str(earlier_name)], self[str(later_name)]
        later.errors = [_("This is before “%(earlier)s”. Choose a later date.", earlier=earlier.label.text)]


def begun_dates(calendar: Calendar, time_zone: str) -> dict[str, object]:
    """What the fields begin with."""
    moments = {name: getattr(calendar, name) for name in DATES}
    dates = {name: local_minute(moment, time_zone) for name, moment in moments.items() if moment is not None}
    return {"time_zone": time_zone, **dates}


def _clock_note(field: Field, time_zone: str) -> list[str]:
    found = local_time(field.data, zone(time_zone), is_end=field.name != "opens_at")
    values = {
        "label": field.label.text,
        "time": f"{field.data:%H:%M}",
        "used": f"{found.moment:%H:%M}",
        "offset": f"{found.moment:%z}"[:3],
        "zone": time_zone,
    }
    if found.change is ClockChange.MISSING:
        return [
            _(
                "%(label)s: %(time)s does not exist on that day in %(zone)s, because the clocks go forward. "
                "%(used)s is used.",
                **values,
            )
        ]
    if found.change is ClockChange.TWICE:
        return [
            _(
                "%(label)s: %(time)s exists twice on that day in %(zone)s, because the clocks go back. "
                "The one with UTC%(offset)s is used.",
                **values,
            )
        ]
    return []
