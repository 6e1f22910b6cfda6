"""What sending scores needs from outside: a gradebook that receives them, and a bell that wakes the worker."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class Score:
    """One released grade as the LMS must learn it. An absolute value: sending it twice changes nothing."""

    discussion_id: int
    person_id: int
    given: Decimal
    """Points given, 0 or more; may exceed `possible` (extra credit)."""
    possible: Decimal
    comment: str
    """Plain text; sent with every score, because platforms erase the earlier comment when it is missing."""
    comment_is_known: bool
    """Whether the LMS has accepted this very comment before: a platform that appends comments need not get it again."""
    timestamp: datetime
    """Strictly later than that of any score sent before for this discussion and person (AGS 2.0, 3.4.9)."""
    submitted_at: datetime | None
    """When the student's counted work was complete, so that the LMS does not call it late."""


class PassbackRefused(Exception):
    """The LMS answered and will not take this score: retrying the same is useless; a person must act.

    `code` is one of: no_gradebook (the placement offers no grade service), no_scope, unknown_user, not_found,
    stale (a later score is there), locked, unauthorized, rejected. `detail` is the LMS's own words, cut short, without
    personal data.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code, self.detail = code, detail
        super().__init__(code)


class PassbackDelayed(Exception):
    """The LMS could not be reached or asks to wait (time-out, 5xx, 429): try again later.

    `code` is one of: timeout, unreachable, server_error, throttled, bad_answer, busy (another worker
    prepares the column). `retry_after` in seconds, if the LMS sent it.
    """

    def __init__(self, code: str, detail: str = "", retry_after: float | None = None) -> None:
        self.code, self.detail, self.retry_after = code, detail, retry_after
        super().__init__(code)


class Gradebook(Protocol):
    """The LMS's gradebook, whichever LMS it is."""

    def send(self, score: Score) -> None:
        """Make the LMS know this score. Creates the line item when there is none, finding our own before creating.

        Raises PassbackRefused or PassbackDelayed. Returns only when the LMS has accepted.
        """


class Bell(Protocol):
    """Wakes the worker. Losing a ring loses nothing: the passback table is the truth and is swept regularly."""

    def ring(self) -> None:
        """Say that passbacks may be due. Never raises."""
