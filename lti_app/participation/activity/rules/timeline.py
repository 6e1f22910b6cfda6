"""Posts over time: days with their first posts and replies, the dates that were due, and days of the week by hours."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.activity.rules.facts import ActivityPost

MOST_DAYS = 140
"""With more days between the first and the last post, weeks are counted instead: a term of 20 weeks."""


class DueKind(StrEnum):
    """What a date of a discussion is for."""

    FIRST_POST = "first_post"
    REPLIES = "replies"


@dataclass(frozen=True)
class DueDate:
    """A date of the class."""

    kind: DueKind
    at: datetime
    discussion_id: int
    title: str


@dataclass(frozen=True)
class PeriodCount:
    """A day, or a week from Monday on, in the time zone of the course."""

    begins: date
    first_posts: int
    replies: int
    by_staff: int
    """Posts of instructors and assistants; not among the others."""
    due: tuple[DueDate, ...]

    @property
    def total(self) -> int:
        """All posts."""
        return self.first_posts + self.replies + self.by_staff


@dataclass(frozen=True)
class Timeline:
    """The days, or weeks, on which something was posted or due."""

    periods: tuple[PeriodCount, ...]
    in_weeks: bool

    @property
    def busiest(self) -> PeriodCount | None:
        """The period with most posts; None without posts."""
        return max((each for each in self.periods if each.total), key=lambda each: each.total, default=None)


@dataclass(frozen=True)
class HeatMap:
    """Posts by day of the week (Monday first) and hour, in the time zone of the course."""

    counts: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        """All posts."""
        return sum(map(sum, self.counts))

    @property
    def busiest(self) -> tuple[int, int] | None:
        """The weekday and hour with most posts; None without posts."""
        cells = ((day, hour) for day in range(7) for hour in range(24))
        return max(cells, key=lambda at: self.counts[at[0]][at[1]]) if self.total else None


def due_dates(discussion_id: int, title: str, calendar: Calendar) -> tuple[DueDate, ...]:
    """The dates of a discussion by which something is due."""
    found = ((DueKind.FIRST_POST, calendar.first_post_due), (DueKind.REPLIES, calendar.replies_due))
    return tuple(DueDate(kind, at, discussion_id, title) for kind, at in found if at is not None)


def timeline_of(posts: Sequence[ActivityPost], due: Iterable[DueDate], zone: ZoneInfo) -> Timeline:
    """The posts by day; by week where they are far apart. A due date within the last minute of a day is on that day."""
    due = sorted(due, key=lambda each: each.at)
    days = [post.at.astimezone(zone).date() for post in posts]
    due_days = [each.at.astimezone(zone).date() for each in due]
    both = [*days, *due_days]
    in_weeks = bool(both) and (max(both) - min(both)).days > MOST_DAYS

    def begins(day: date) -> date:
        return day - timedelta(days=day.weekday()) if in_weeks else day

    counts: Counter[tuple[date, str]] = Counter()
    for post, day in zip(posts, days, strict=True):
        counts[begins(day), "staff" if post.by_staff else "reply" if post.is_reply else "first"] += 1
    on: dict[date, list[DueDate]] = {}
    for each, day in zip(due, due_days, strict=True):
        on.setdefault(begins(day), []).append(each)
    periods = sorted({begin for begin, _ in counts} | set(on))
    return Timeline(
        tuple(
            PeriodCount(
                begin,
                first_posts=counts[begin, "first"],
                replies=counts[begin, "reply"],
                by_staff=counts[begin, "staff"],
                due=tuple(on.get(begin, ())),
            )
            for begin in periods
        ),
        in_weeks=in_weeks,
    )


def heat_map_of(posts: Iterable[ActivityPost], zone: ZoneInfo) -> HeatMap:
    """When students post, by the clock of the course: an hour that a clock shows twice is counted as one."""
    counts = [[0] * 24 for _ in range(7)]
    for post in posts:
        if not post.by_staff:
            local = post.at.astimezone(zone)
            counts[local.weekday()][local.hour] += 1
    return HeatMap(tuple(map(tuple, counts)))
