"""Local dates and times, and those that a change of the clocks leaves out or repeats."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class ClockChange(StrEnum):
    """What is special about a local time."""

    MISSING = "missing"
    """It does not exist: the clocks go forward over it."""
    TWICE = "twice"
    """It exists twice: the clocks go back over it."""


@dataclass(frozen=True)
class LocalTime:
    """A local time as a moment."""

    moment: datetime
    change: ClockChange | None = None


def local_time(local: datetime, zone: ZoneInfo, *, is_end: bool) -> LocalTime:
    """The moment of a local time without a zone.

    Of a time that exists twice, it is the second one if something ends then, and the first one if something begins
    then, so that nobody loses the hour. A time that does not exist is as much later as the clocks go
    forward: half past two becomes half past three.
    """
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before == after or before is None or after is None:
        return LocalTime(first)
    if before > after:
        return LocalTime(second if is_end else first, ClockChange.TWICE)
    return LocalTime(first.astimezone(UTC).astimezone(zone), ClockChange.MISSING)
