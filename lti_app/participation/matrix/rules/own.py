"""What a student still has to do over the term, the next due first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lti_app.participation.matrix.rules.matrix import posts_of
from lti_app.participation.matrix.rules.states import state_of
from lti_app.participation.progress.rules import standing_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts


@dataclass(frozen=True)
class OwnWork:
    """A student's own work in one discussion."""

    discussion_id: int
    title: str
    is_open: bool
    """Whether anything can still be done."""
    verdicts: Verdicts
    is_excused: bool = False

    @property
    def state(self) -> str:
        """A state of `states`."""
        return state_of(standing_of(self.verdicts, posts=posts_of(self.verdicts)), is_excused=self.is_excused)

    @property
    def owed(self) -> tuple[Verdict, ...]:
        """What is not done and can still be done, on time or late, the next due first."""
        if self.is_excused or not self.is_open:
            return ()
        open_ones = [verdict for verdict in self.verdicts.requirements if not verdict.is_met]
        return tuple(sorted((each for each in open_ones if owes(each)), key=_order))

    @property
    def next_due(self) -> datetime | None:
        """The next date by which something is due and can be on time; None if nothing is."""
        return next((verdict.due for verdict in self.owed if verdict.is_pending and verdict.due), None)

    @property
    def is_overdue(self) -> bool:
        """Whether the date of something has passed that is still missing."""
        return any(not verdict.is_pending for verdict in self.owed)

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(verdict.is_met for verdict in self.verdicts.requirements)


def owes(verdict: Verdict) -> bool:
    """Whether something is still to be done, as far as its standing says so."""
    return verdict.is_pending or verdict.is_missed


def next_due_first(works: Sequence[OwnWork]) -> list[OwnWork]:
    """The discussions in which something is owed: the next due first, then those without a date, then what is overdue
    alone.
    """
    owing = [work for work in works if work.owed]
    return sorted(owing, key=lambda work: (not any(v.is_pending for v in work.owed), *_when(work.next_due)))


def _order(verdict: Verdict) -> tuple[object, ...]:
    return (not verdict.is_pending, *_when(verdict.due))


def _when(moment: datetime | None) -> tuple[bool, float]:
    return (moment is None, moment.timestamp() if moment else 0.0)
