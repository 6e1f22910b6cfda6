"""The few words that tables use for how far something is: of a requirement, and of all the work in a discussion."""

from collections.abc import Mapping
from enum import StrEnum

EXCUSED = "excused"
COMPLETE, LATE, STARTED, NOTHING, MISSING = "complete", "late", "started", "nothing", "missing"
STATES = (MISSING, STARTED, NOTHING, LATE, COMPLETE, EXCUSED)
"""In the order in which they sort: what needs attention first."""
_SAME: Mapping[str, str] = {
    "met": COMPLETE,
    "met_late": LATE,
    "partly": STARTED,
    "open": NOTHING,
    "missed": MISSING,
    "absent": MISSING,
}
"""The standings of requirements and of work that have the same word in a table."""
UNDONE = "undone"
"""No state, but what tables can be narrowed to: everything that is not done, by the due date or yet."""
_OPEN = frozenset({MISSING, STARTED, NOTHING})
DONE = frozenset({COMPLETE, LATE})
_RANKS = {state: rank for rank, state in enumerate(STATES)}


def state_of(standing: StrEnum, *, is_excused: bool = False) -> str:
    """The state for a `Standing` or a `WorkStanding`. One that is not known here is shown under its own name.

    What an excused student has not done is excused; what they have done counts as for everybody.
    """
    state = _SAME.get(standing.value, standing.value)
    return excused_state(state) if is_excused else state


def excused_state(state: str) -> str:
    """The state of a student who need not be graded, instead of one that everybody else would have."""
    return state if state in DONE else EXCUSED


def rank_of(state: str) -> int:
    """Where a state sorts: the lower, the sooner somebody should look at it."""
    return _RANKS.get(state, len(_RANKS))


def has_state(state: str, wanted: str) -> bool:
    """Whether a state is the one that is wanted; UNDONE wants every state in which something is still to be done."""
    return state in _OPEN if wanted == UNDONE else state == wanted
