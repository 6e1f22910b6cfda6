"""What became of a score: whether the LMS has it, and what its gradebook shows."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ScoreKind(StrEnum):
    """What a score is about. Each kind has its own columns in the gradebook, and its own row for each person."""

    GRADE = "grade"
    """The released grade of a discussion."""
    POINTS = "points"
    """The points of its participation requirements, where they have a column of their own."""


class PassbackState(StrEnum):
    """The state of a score for the LMS."""

    PENDING = "pending"
    SENT = "sent"
    """The LMS has accepted it. What its gradebook shows is another question: see ReadBack."""
    REFUSED = "refused"
    HELD = "held"
    """Not sent: somebody has changed the grade in the LMS, and an instructor must choose which one counts."""


class ReadBack(StrEnum):
    """What the gradebook of the LMS showed when an accepted score was read back."""

    UNCHECKED = "unchecked"
    CONFIRMED = "confirmed"
    """It shows our score, perhaps for another maximum, rounded, or cut to its maximum."""
    CHANGED = "changed"
    """It showed our score before, and shows another one now."""
    DIFFERENT = "different"
    """It accepted our score, but never showed it: an override in the LMS keeps it out."""
    KEPT = "kept"
    """It shows another one, and an instructor has decided that this one counts."""
    MISSING = "missing"
    """It shows no grade for this person, but grades for others."""
    NO_POINTS = "no_points"
    """It accepted our scores and keeps none of this column: its grade type is None, or it is not graded."""
    UNREADABLE = "unreadable"
    """The LMS does not let us read grades."""


class GradebookStanding(StrEnum):
    """What is said of a score in the gradebook, in one word; the web has the sentences."""

    PENDING = "pending"
    REFUSED = "refused"
    HELD = "held"
    SENT = "sent"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    DIFFERENT = "different"
    KEPT = "kept"
    MISSING = "missing"
    NO_POINTS = "no_points"
    UNREADABLE = "unreadable"


IN_ORDER = frozenset(
    {
        GradebookStanding.PENDING,
        GradebookStanding.SENT,
        GradebookStanding.CONFIRMED,
        GradebookStanding.KEPT,
        GradebookStanding.UNREADABLE,
    }
)
"""Nothing is asked of an instructor."""
TO_CHOOSE = frozenset({ReadBack.CHANGED, ReadBack.DIFFERENT, ReadBack.KEPT})
"""The gradebook shows a grade that is not ours: a newer one of ours must not replace it unasked."""
TO_SEND_OVER = frozenset({*TO_CHOOSE, ReadBack.MISSING, ReadBack.NO_POINTS})
"""An instructor may have our score sent again."""
TO_REPORT = TO_SEND_OVER - {ReadBack.KEPT}
"""The gradebook shows something else than it was sent, and nobody has decided that it may."""


@dataclass(frozen=True)
class Shown:
    """A grade as the gradebook of the LMS shows it."""

    given: Decimal
    possible: Decimal


@dataclass(frozen=True)
class InColumn:
    """What one of several gradebook columns shows of a score: each activity of a discussion may have one."""

    key: str
    """The same for a column at each reading."""
    name: str
    """The name of the activity whose column it is, or of the part; empty if unknown."""
    read_back: ReadBack
    shown: Shown | None
    part: str = ""
    """The part of the grade that it has; empty for the whole."""
