"""What sending scores needs: a gradebook that receives them, and a bell that wakes the worker."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class Score:
    """A released grade for the LMS. It is an absolute value: sending it twice changes nothing."""

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


class PassbackRefused(Exception):
    """The LMS rejects this score. Retrying does not help; a person must act.

    `code` is one of: no_gradebook (the placement offers no grade service), no_scope, unknown_user, not_found, stale
    (there is a later score), locked, unauthorized, rejected. `detail` is the message of the LMS, shortened and without
    personal data.
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


class Gradebook(Protocol):
    """The gradebook of an LMS."""

    def send(self, score: Score) -> None:
        """Send a score to the LMS; returns when the LMS has accepted it.

        Finds the line item of the discussion, or creates it. Raises PassbackRefused or PassbackDelayed.
        """


class Bell(Protocol):
    """Wakes the worker. A lost ring does no harm: the worker also checks the passback table regularly."""

    def ring(self) -> None:
        """Signal that passbacks may be due. Never raises."""
