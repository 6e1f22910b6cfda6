"""Where people stand between two poles, and how they moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lti_app.discussion.discussions.rules import Calendar, State

LOWEST, HIGHEST = 1, 7
LAST_DAY = timedelta(days=1)
SCALE = range(LOWEST, HIGHEST + 1)


@dataclass(frozen=True)
class AnswerCount:
    """The number of people with one first answer and one later answer (None if they have not answered again)."""

    before: int
    after: int | None
    people: int


@dataclass(frozen=True)
class Shift:
    """How a class stands and how it moved."""

    before: tuple[int, ...]
    """People at each place of the scale, from the low end."""
    after: tuple[int, ...]
    """Of those who have answered again, where they are now."""
    to_low: int
    to_high: int
    stayed: int

    @property
    def people(self) -> int:
        """How many have answered."""
        return sum(self.before)

    @property
    def again(self) -> int:
        """How many have answered again."""
        return sum(self.after)

    @property
    def most(self) -> int:
        """The greatest number at one place, before or after."""
        return max(*self.before, *self.after)


def shift_of(answers: Iterable[AnswerCount]) -> Shift:
    """The distribution before and after, and who moved which way."""
    before, after = [0] * len(SCALE), [0] * len(SCALE)
    low = high = stayed = 0
    for answer in answers:
        before[answer.before - LOWEST] += answer.people
        if answer.after is None:
            continue
        after[answer.after - LOWEST] += answer.people
        low += answer.people if answer.after < answer.before else 0
        high += answer.people if answer.after > answer.before else 0
        stayed += answer.people if answer.after == answer.before else 0
    return Shift(tuple(before), tuple(after), low, high, stayed)


def is_asked_again(calendar: Calendar, state: State, now: datetime) -> bool:
    """Whether it is time to ask where people stand now: at the end, while there are still people to ask.

    That is when replies have been due; where no date is set for them, the day before it closes; where it never closes,
    when first posts have been due; and in any case once it is closed.
    """
    if state is State.CLOSED:
        return True
    if calendar.replies_due is None and calendar.closes_at is not None:
        return now >= calendar.closes_at - LAST_DAY
    last = calendar.replies_due or calendar.first_post_due
    return last is not None and now > last
