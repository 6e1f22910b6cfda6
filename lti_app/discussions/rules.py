"""What a discussion asks for, and which state it is in: values in, values out."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

MAX_TITLE = 200
MAX_PROMPT = 20_000
_YEAR = re.compile(r"-?\d+[a-z]*")
"""The letter tells two works of one author in one year apart."""


class State(StrEnum):
    """Where a discussion stands in its calendar."""

    UNPREPARED = "unprepared"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class AssignedReading:
    """A reading as a discussion assigns it."""

    id: int
    label: str
    """Author and year: Kotter 1990."""
    reference_html: str
    url: str | None
    required: bool

    @property
    def author(self) -> str:
        """The label without its year, as posts may cite it for short."""
        author, _, year = self.label.rpartition(" ")
        return author if author and _YEAR.fullmatch(year) else self.label


@dataclass(frozen=True)
class Calendar:
    """When a discussion opens, what is due when, and when it closes; None means no such date."""

    opens_at: datetime | None = None
    first_post_due: datetime | None = None
    replies_due: datetime | None = None
    closes_at: datetime | None = None

    def out_of_order(self) -> tuple[str, str] | None:
        """The first two dates that contradict each other, by name, else None."""
        names = ("opens_at", "first_post_due", "replies_due", "closes_at")
        dated = [(name, moment) for name in names if (moment := getattr(self, name)) is not None]
        for (earlier, first), (later, second) in pairwise(dated):
            if first > second:
                return earlier, later
        return None


@dataclass(frozen=True)
class Requirements:
    """What counts as taking part: the one object that the prompt, the checklist and the grading desk all read.

    A count of 0 asks for nothing of that kind. Words are those of the post's own text: quoted lines and citations
    do not count.
    """

    first_post_words: int = 0
    first_post_due: datetime | None = None
    replies: int = 0
    """Replies to this many different classmates."""
    reply_words: int = 0
    replies_due: datetime | None = None
    readings: tuple[AssignedReading, ...] = ()
    """Each must be cited in at least one post."""


@dataclass(frozen=True)
class SetUp:
    """All that an instructor decides about a discussion."""

    title: str
    prompt: str
    points: Decimal
    calendar: Calendar
    first_post_words: int
    replies_wanted: int
    reply_words: int
    post_first: bool
    reading_ids: tuple[int, ...]
    required_ids: frozenset[int]


def state_at(calendar: Calendar, *, prepared: bool, now: datetime) -> State:
    """The state of a discussion at a moment. A date that equals `now` has come."""
    if not prepared:
        return State.UNPREPARED
    if calendar.opens_at is not None and now < calendar.opens_at:
        return State.SCHEDULED
    if calendar.closes_at is not None and now >= calendar.closes_at:
        return State.CLOSED
    return State.OPEN
