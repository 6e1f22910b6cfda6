"""A moment by which something is decided, and how long the decision is the same."""

from datetime import date, datetime
from typing import Any, NoReturn, Self


class WatchedMoment(datetime):
    """A moment that remembers the dates next to it that it was compared with, before and after.

    Whatever was decided by comparing it is decided alike at every moment between the two. Nothing else can be asked of
    it: a calculation, or a question for its day, would decide by something that is not remembered.
    """

    after: datetime | None = None
    """The last date before it that it was compared with."""
    before: datetime | None = None
    """The first date after it."""
    is_exact: bool = False
    """Whether it was compared with itself, so that a decision is for this moment alone."""

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """The same moment, compared with nothing yet."""
        return cls.combine(moment.date(), moment.timetz())

    def going_on(self, earlier: "WatchedMoment") -> Self:
        """The same moment, with what an earlier one was compared with that holds at it: decisions by either of them
        last as long as this one holds."""
        self.after, self.before, self.is_exact = earlier.after, earlier.before, earlier.is_exact
        return self

    def holds_at(self, moment: datetime) -> bool:
        """Whether everything that was decided by this moment is decided alike at another one."""
        if self.is_exact:
            return datetime.__eq__(self, moment)
        return (self.after is None or moment > self.after) and (self.before is None or moment < self.before)

    def __lt__(self, other: date, /) -> bool:
        return self._compare(other) < 0

    def __le__(self, other: date, /) -> bool:
        return self._compare(other) <= 0

    def __gt__(self, other: date, /) -> bool:
        return self._compare(other) > 0

    def __ge__(self, other: date, /) -> bool:
        return self._compare(other) >= 0

    def __eq__(self, other: object, /) -> bool:
        return isinstance(other, datetime) and self._compare(other) == 0

    __hash__ = datetime.__hash__

    def _compare(self, other: date) -> int:
        """Less than 0 if it is before the other, more if it is after it."""
        if not isinstance(other, datetime):
            self._refuse()
        if datetime.__lt__(self, other):
            if self.before is None or other < self.before:
                self.before = other
            return -1
        if datetime.__eq__(self, other):
            self.is_exact = True
            return 0
        if self.after is None or other > self.after:
            self.after = other
        return 1

    def _refuse(self, *_anything: Any, **_more: Any) -> NoReturn:
        raise TypeError("a watched moment is only compared with others")

    __add__ = __radd__ = __sub__ = __rsub__ = _refuse
    date = time = timetz = timestamp = astimezone = replace = timetuple = utctimetuple = weekday = isoweekday = _refuse
