"""The claimed scores of one platform, in a line from which its lanes take them."""

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from lti_app.grading.passbacks.actions.sending import ClaimedPassback
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.rules.states import ScoreKind

Fed = tuple[int, ScoreKind]
"""The columns of a discussion for one kind of score."""


@dataclass
class PlatformLine:
    """Scores of one platform that wait to be sent, or are being sent by its lanes. Safe in threads.

    The first score of a column goes alone: it finds out whether the platform answers, and finds or creates the column.
    Only then are those of the same column sent side by side. Of one person and column there is never more than one
    score here, because a lease holds it.
    """

    platform_id: int
    at_once: int
    """The most lanes at the same time."""
    turn_ends: datetime
    changed: Callable[[], None]
    """Called when there may be more to do side by side than before."""
    _waiting: deque[ClaimedPassback] = field(default_factory=deque)
    _being_sent: Counter[Fed] = field(default_factory=Counter)
    _ready: set[Fed] = field(default_factory=set)
    """The columns that have answered."""
    _being_read: set[Fed] = field(default_factory=set)
    _seen: dict[tuple[ScoreKind, int, str], Sequence[ColumnReading]] = field(default_factory=dict)
    """What the columns showed, by claim: once a score has been sent, what was seen before it says nothing any more."""
    _lock: Lock = field(default_factory=Lock)

    def add(self, claimed: Iterable[ClaimedPassback]) -> None:
        """Put scores at the end of the line."""
        with self._lock:
            self._waiting.extend(claimed)

    def __len__(self) -> int:
        """How many scores wait."""
        return len(self._waiting)

    def next(self) -> ClaimedPassback | None:
        """Take the first score that may be sent beside those that are being sent; None where there is none now."""
        with self._lock:
            for position, each in enumerate(self._waiting):
                if self._may_go(each, self._being_sent, self._being_read):
                    del self._waiting[position]
                    self._begin(each, self._being_sent, self._being_read)
                    return each
        return None

    def could_begin(self, most: int) -> int:
        """For how many more lanes there is something to do, up to `most`."""
        with self._lock:
            sent, read, count = Counter(self._being_sent), set(self._being_read), 0
            for each in self._waiting:
                if count < most and self._may_go(each, sent, read):
                    self._begin(each, sent, read)
                    count += 1
            return count

    def end(self, claimed: ClaimedPassback, *, is_answered: bool) -> None:
        """A score is no longer being sent, and what became of it is recorded; `is_answered` if its column answered."""
        fed = claimed.score.fed
        with self._lock:
            self._being_sent[fed] -= 1
            is_news = len(self._waiting) < self.at_once or fed in self._being_read
            self._being_read.discard(fed)
            if is_answered and fed not in self._ready:
                self._ready.add(fed)
                is_news = True
        if is_news:
            self.changed()

    def look_for(self, claimed: ClaimedPassback) -> Sequence[ClaimedPassback]:
        """The scores for which to read what the LMS shows before this one replaces it: this one and those that wait;
        none if it was read.
        """
        with self._lock:
            if not self._must_look(claimed):
                return ()
            fed = claimed.score.fed
            waiting = [each for each in self._waiting if each.score.fed == fed and self._must_look(each)]
        return [claimed, *waiting]

    def note_seen(self, looked_for: Sequence[ClaimedPassback], columns: Sequence[ColumnReading]) -> None:
        """What the columns of the discussion of these scores show."""
        with self._lock:
            self._seen.update({_claim(each): columns for each in looked_for})
            self._being_read.difference_update(each.score.fed for each in looked_for)
        self.changed()

    def seen(self, claimed: ClaimedPassback) -> Sequence[ColumnReading]:
        """What the columns showed when they were read for this score."""
        return self._seen.get(_claim(claimed), ())

    def take(self, fed: Fed | None = None) -> list[ClaimedPassback]:
        """Take out all scores that wait, or those of one column."""
        with self._lock:
            taken = [each for each in self._waiting if fed in (None, each.score.fed)]
            self._waiting = deque(each for each in self._waiting if each not in taken)
            return taken

    def _may_go(self, claimed: ClaimedPassback, being_sent: Counter[Fed], being_read: Collection[Fed]) -> bool:
        fed = claimed.score.fed
        if self._must_look(claimed) and fed in being_read:
            return False
        return fed in self._ready or not being_sent[fed]

    def _begin(self, claimed: ClaimedPassback, being_sent: Counter[Fed], being_read: set[Fed]) -> None:
        being_sent[claimed.score.fed] += 1
        if self._must_look(claimed):
            being_read.add(claimed.score.fed)

    def _must_look(self, claimed: ClaimedPassback) -> bool:
        return claimed.known is not None and _claim(claimed) not in self._seen


def _claim(claimed: ClaimedPassback) -> tuple[ScoreKind, int, str]:
    return (claimed.score.kind, claimed.id, claimed.lease_token)
