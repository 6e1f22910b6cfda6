"""What sending scores needs: a gradebook that receives them, and a bell that wakes the worker."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from lti_app.grading.passbacks.rules.parts import GradePart, shown_within
from lti_app.grading.passbacks.rules.states import ScoreKind, Shown


@dataclass(frozen=True)
class Score:
    """A released grade, or points for participation, for the LMS. It is an absolute value: sending it twice changes
    nothing.
    """

    discussion_id: int
    person_id: int
    given: Decimal
    """Points given, 0 or more; may exceed `possible` (extra credit)."""
    possible: Decimal
    comment: str
    """Plain text. It is sent with every score, because platforms delete the earlier comment if it is missing."""
    comment_is_known: bool
    """Whether the LMS has accepted this comment before: it is not sent again to platforms that append comments."""
    timestamp: datetime
    """Later than the timestamp of any earlier score for this discussion and person (AGS 2.0, 3.4.9)."""
    submitted_at: datetime | None
    """When the student's work was complete, so that the LMS does not mark it late."""
    is_new_submission: bool = False
    """Whether the LMS has accepted no score yet with this time: it then records that the student has handed in."""
    parts: tuple[GradePart, ...] = ()
    """The parts that go to columns of their own instead of the whole; none where there is one column."""
    dropped: tuple[GradePart, ...] = ()
    """Parts that the LMS has accepted earlier and that the grade no longer has: their columns are emptied."""
    kind: ScoreKind = ScoreKind.GRADE
    """What it is about; each kind has columns of its own."""

    @property
    def fed(self) -> tuple[int, ScoreKind]:
        """Names the columns that it goes to: all scores with the same one go to the same columns."""
        return (self.discussion_id, self.kind)

    def within(self, part: str) -> Shown:
        """What the column of a part gets, or with an empty `part` the column of the whole grade."""
        return shown_within(self.parts, part, Shown(self.given, self.possible))


class PassbackRefused(Exception):
    """The LMS rejects this score. Retrying does not help; a person must act.

    `code` is one of: no_gradebook (the placement offers no grade service), no_scope (`detail` names the missing ones),
    no_columns (the columns that it needs may not be added),
    unknown_user (left, or no student), not_found (the column is gone), stale (there is a later score), locked,
    concluded, attempts (no more are allowed), unauthorized, forbidden, rejected; of results also unreadable. `detail`
    is the message of the LMS, shortened and without personal data.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


class PassbackDelayed(Exception):
    """The LMS cannot be reached or asks to wait (timeout, 5xx, 429): try again later.

    `code` is one of: timeout, unreachable, server_error, throttled, bad_answer, busy (another worker prepares the
    column). `retry_after` is in seconds, if the LMS sent it.
    """

    def __init__(self, code: str, detail: str = "", retry_after: float | None = None) -> None:
        self.code, self.detail, self.retry_after = code, detail, retry_after
        super().__init__(code)


@dataclass(frozen=True)
class ColumnReading:
    """What one gradebook column of a discussion shows."""

    key: str
    """The same for a column at each reading."""
    name: str
    """The name of the activity whose column it is, or of the part; empty if unknown."""
    people: Collection[int]
    """Those whose scores go there, of the people who were asked for."""
    shown: Mapping[int, Shown]
    """Their grades, by person id; those without one are left out."""
    error_code: str = ""
    """Why it could not be read (`unreadable`, or `not_found` if it is gone) while others could; else empty."""
    part: str = ""
    """The part of the grade that it has; empty for the whole."""


class Gradebook(Protocol):
    """The gradebook of an LMS."""

    def send(self, score: Score) -> bool:
        """Send a score to every column of its discussion; returns when the LMS has accepted it, and whether a column
        was found or created for which the scores of everybody else were queued again.

        Finds the line item of the discussion, or creates it. A column that refuses the score does not keep the others
        from getting it. Raises PassbackRefused or PassbackDelayed.
        """

    def read(
        self, discussion_id: int, person_ids: Collection[int], *, whole: bool, parts: Sequence[GradePart] = ()
    ) -> Sequence[ColumnReading]:
        """The grades of these people that the columns of a discussion show: at least one column.

        With `parts`, the columns of these parts are read instead of those of the whole grade. `whole` reads a column
        at once, all its pages or none; otherwise each person is asked for. Raises
        PassbackRefused if no column can be read (`unreadable` if the LMS lets nobody read results, `not_found` if the
        column is gone), or PassbackDelayed.
        """


class Bell(Protocol):
    """Wakes the worker. A lost ring does no harm: the worker also checks the passback table regularly."""

    def ring(self) -> None:
        """Signal that passbacks may be due. Never raises."""

    def ring_check(self) -> None:
        """Signal that a gradebook is to be read. Never raises."""
