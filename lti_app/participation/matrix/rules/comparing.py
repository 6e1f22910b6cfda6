"""What a change of the rules would change for students: two evaluations of the same work, compared."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lti_app.participation.matrix.rules.matrix import keyed, posts_of
from lti_app.participation.matrix.rules.states import rank_of, state_of
from lti_app.participation.progress.rules import standing_of
from lti_app.participation.requirements.base import Verdict
from lti_app.participation.requirements.evaluation import Verdicts


@dataclass(frozen=True)
class VerdictChange:
    """What would be different for one student."""

    person_id: int
    before: str
    """A state of `states`."""
    after: str
    gained: tuple[Verdict, ...]
    """What would be met and is not."""
    lost: tuple[Verdict, ...]
    """What is met and would not be, as it would stand then."""

    @property
    def is_better(self) -> bool:
        """Whether the student would gain by it."""
        return self._order > 0

    @property
    def is_worse(self) -> bool:
        """Whether the student would lose by it."""
        return self._order < 0

    @property
    def _order(self) -> int:
        return rank_of(self.after) - rank_of(self.before) or len(self.gained) - len(self.lost)


def compare_verdicts(before: Mapping[int, Verdicts], after: Mapping[int, Verdicts]) -> list[VerdictChange]:
    """The students, by id, for whom the state or any requirement would be another, those who lose first.

    Both have the same people, and the results of the same posts under two rules. A requirement that is new or gone
    makes no difference by itself, only by the state that comes of it.
    """
    changes = (_change(person_id, before[person_id], after[person_id]) for person_id in before)
    return sorted((change for change in changes if change is not None), key=lambda change: not change.is_worse)


def _change(person_id: int, before: Verdicts, after: Verdicts) -> VerdictChange | None:
    was, would = dict(keyed(before.requirements)), dict(keyed(after.requirements))
    both = [key for key in would if key in was]
    change = VerdictChange(
        person_id,
        _state(before),
        _state(after),
        _flipped((was[key], would[key]) for key in both if would[key].is_met),
        _flipped((was[key], would[key]) for key in both if was[key].is_met),
    )
    return change if change.before != change.after or change.gained or change.lost else None


def _flipped(pairs: Iterable[tuple[Verdict, Verdict]]) -> tuple[Verdict, ...]:
    return tuple(new for old, new in pairs if old.is_met != new.is_met)


def _state(verdicts: Verdicts) -> str:
    return state_of(standing_of(verdicts, posts=posts_of(verdicts)))
