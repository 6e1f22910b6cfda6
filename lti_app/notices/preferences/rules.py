"""When mail may go out: how often somebody wants it, and the hours in which nothing comes."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

BUNDLES_AT = time(8)
"""When the mail of a day or a week comes, by the person's own clock."""
MONDAY = 0


class Frequency(StrEnum):
    """How often a person gets mail from a course."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


@dataclass(frozen=True)
class MailPreferences:
    """What one person has chosen for one course; the defaults apply until they choose."""

    frequency: Frequency = Frequency.DAILY
    quiet_from: int | None = None
    """The hour of the day, 0 to 23, from which no mail comes; None for no quiet hours."""
    quiet_to: int | None = None
    """The hour from which mail comes again. It may be smaller: 22 to 7 is a night."""


@dataclass(frozen=True)
class MailSubscription:
    """The mail of one person from one course, as a signed address names it."""

    course_id: int
    person_id: int


def after_quiet_hours(moment: datetime, zone: ZoneInfo, chosen: MailPreferences) -> datetime:
    """This moment, or the end of the quiet hours that it falls into, in UTC."""
    start, end = chosen.quiet_from, chosen.quiet_to
    if start is None or end is None or start == end:
        return moment
    local = moment.astimezone(zone)
    is_quiet = start <= local.hour < end if start < end else local.hour >= start or local.hour < end
    return _next(local, zone, time(end)) if is_quiet else moment


def next_bundle(moment: datetime, zone: ZoneInfo, frequency: Frequency) -> datetime:
    """When the next daily or weekly mail is due: at eight, on Mondays if it is weekly."""
    local = moment.astimezone(zone)
    due = _next(local, zone, BUNDLES_AT)
    if frequency is Frequency.WEEKLY:
        day = due.astimezone(zone).date()
        due = _at(zone, datetime.combine(day + timedelta(days=(MONDAY - day.weekday()) % 7), BUNDLES_AT))
    return due


def mail_due(chosen: MailPreferences, zone: ZoneInfo, now: datetime, *, is_urgent: bool) -> datetime | None:
    """When a notice of now is to be mailed; None for never. What is urgent does not wait for a bundle."""
    if chosen.frequency is Frequency.OFF:
        return None
    is_single = is_urgent or chosen.frequency is Frequency.AT_ONCE
    return after_quiet_hours(now if is_single else next_bundle(now, zone, chosen.frequency), zone, chosen)


def _next(local: datetime, zone: ZoneInfo, clock: time) -> datetime:
    """The next time that the clock shows this, in UTC. Where an hour is skipped, the moment after it."""
    at = _at(zone, datetime.combine(local.date(), clock))
    return at if at > local else _at(zone, datetime.combine(local.date() + timedelta(days=1), clock))


def _at(zone: ZoneInfo, local: datetime) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
