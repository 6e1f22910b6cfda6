"""What is true of sending scores, without asking the database."""

from datetime import datetime, timedelta
from enum import StrEnum

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
"""How long a score that the LMS does not take is tried before a person must look at it: longer than a weekend."""
REFUSALS_THAT_PASS = {"stale": 9, "unauthorized": 6}
"""Refusals that time may cure, and how often to try. stale: the LMS's clock is ahead of ours (nine tries span some
fifteen minutes); unauthorized: the LMS could not fetch our public keys just now."""
SERVER_ERROR_TRIES = 12
"""Moodle answers 500 for a locked grade, as for a fault that passes: after some hours it is taken for the former."""


class PassbackState(StrEnum):
    """What has become of a score that the LMS must learn."""

    PENDING = "pending"
    SENT = "sent"
    REFUSED = "refused"


def wait_before_retry(attempts: int, *, fraction: float, retry_after: float | None = None) -> timedelta:
    """How long to wait after the `attempts`-th failed try (counted from 1).

    Doubles from 5 seconds to 1 hour; `fraction` in [0, 1) spreads the tries over the upper half of the wait, so that
    scores that failed together do not come back together. An LMS that says when to come back is not asked earlier,
    but asked within the hour whatever it says.
    """
    full = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)), LONGEST_WAIT)
    wait = full * (0.5 + 0.5 * fraction)
    if retry_after is not None:
        wait = max(wait, timedelta(seconds=min(max(retry_after, 0), LONGEST_WAIT.total_seconds())))
    return wait


def is_worth_another_try(code: str, *, refused: bool, attempts: int, queued_at: datetime, now: datetime) -> bool:
    """Whether a failed try should be followed by another without anybody's asking (codes: passbacks.ports)."""
    if refused:
        return attempts < REFUSALS_THAT_PASS.get(code, 0)
    if code == "server_error" and attempts >= SERVER_ERROR_TRIES:
        return False
    return now - queued_at < GIVE_UP_AFTER


def give_up_code(code: str) -> str:
    """The error code to show when trying ends: a delay that lasted too long has its own."""
    return "unreachable_too_long" if code in ("timeout", "unreachable", "throttled", "bad_answer") else code


def next_score_timestamp(last: datetime | None, now: datetime) -> datetime:
    """The `timestamp` of a person's next score: now, but at least a second after the last one sent.

    AGS 2.0, 3.4.9 requires it to increase, and Moodle compares whole seconds. It is the time of sending, not of
    grading, because Moodle 4.5 stores its own time for a score and refuses an older one.
    """
    return now if last is None else max(now, last + timedelta(seconds=1))
