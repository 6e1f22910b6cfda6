"""The own terms of a requirement: its date, whether it is optional, and its points."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Self

from lti_app.discussion.discussions.rules import Calendar

MAX_POINTS = Decimal(1000)


class Stage(StrEnum):
    """The dates of a discussion by which something is due."""

    FIRST_POST = "first_post"
    REPLIES = "replies"
    START = "start"
    """With the first post; where that has no date, with the replies."""
    LAST = "last"
    """With the replies; where they have no date, with the first post."""


@dataclass(frozen=True)
class OwnTerms:
    """What an instructor sets for one requirement, whatever its kind."""

    due: datetime | None = None
    """A date for the class instead of that of the discussion."""
    is_optional: bool = False
    """Whether it is shown, and does not count for "complete"."""
    points: Decimal = Decimal(0)

    def to_stored(self) -> dict[str, object]:
        """What is set, for the stored form."""
        stored: dict[str, object] = {}
        if self.due is not None:
            stored["due"] = self.due.astimezone(UTC).isoformat()
        if self.is_optional:
            stored["optional"] = True
        if self.points:
            stored["points"] = str(self.points)
        return stored

    @classmethod
    def from_stored(cls, stored: Mapping[str, object]) -> Self:
        """Read what `to_stored` wrote; raises ValueError for anything else."""
        due, optional, points = stored.get("due"), stored.get("optional", False), stored.get("points", "0")
        try:
            own = cls(
                due=None if due is None else datetime.fromisoformat(str(due)),
                is_optional=optional is True,
                points=Decimal(str(points)),
            )
        except InvalidOperation as error:
            raise ValueError("points are a number") from error
        if not own.points.is_finite() or not 0 <= own.points <= MAX_POINTS:
            raise ValueError("no such points")
        if own.due is not None and own.due.tzinfo is None:
            raise ValueError("a date has a time zone")
        return own


NO_OWN_TERMS = OwnTerms()


def due_at(stage: Stage, calendar: Calendar) -> datetime | None:
    """The date of a stage; None if the discussion has no such date."""
    first, replies = calendar.first_post_due, calendar.replies_due
    if stage is Stage.FIRST_POST:
        return first
    if stage is Stage.REPLIES:
        return replies
    return first or replies if stage is Stage.START else replies or first


def shifted(due: datetime, stage: Stage, of_class: Calendar, own: Calendar) -> datetime:
    """A requirement's own date for a student with other dates than the class.

    It moves as far as the date of its stage does, so that one extension moves everything; without such a date in the
    discussion, as far as the date that moves farthest. It never becomes earlier.
    """
    before, after = due_at(stage, of_class), due_at(stage, own)
    if before and after:
        return due + max(after - before, after - after)
    dates = ((of_class.first_post_due, own.first_post_due), (of_class.replies_due, own.replies_due))
    closing = (of_class.closes_at, own.closes_at)
    return max([due, *(due + (later - date) for date, later in (*dates, closing) if date and later)])
