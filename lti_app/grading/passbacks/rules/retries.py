"""When to send scores again, and when to give up."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
"""How long a score is tried before a person must look at it: longer than a weekend."""
REFUSALS_THAT_PASS = {"stale": 9, "unauthorized": 6, "forbidden": 2}
"""Refusals that may be temporary, and how often to try. stale: the clock of the LMS is ahead of ours (nine attempts
take about fifteen minutes); unauthorized: the LMS could not fetch our public keys; forbidden: rights that have
just been changed.
"""
SERVER_ERROR_TRIES = 12
"""After some hours of internal errors a person must look at it."""


def wait_before_retry(attempts: int, *, fraction: float, retry_after: float | None = None) -> timedelta:
    """How long to wait after the failed attempt number `attempts` (counted from 1).

    The wait doubles from 5 seconds to 1 hour; `fraction` in [0, 1) spreads attempts over its second half, so that
    scores that failed together are not sent together again. If the LMS says when to retry, we wait at least that long,
    but never more than an hour.
    """
    full = min(FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 20)), LONGEST_WAIT)
    wait = full * (0.5 + 0.5 * fraction)
    if retry_after is not None:
        wait = max(wait, timedelta(seconds=min(max(retry_after, 0), LONGEST_WAIT.total_seconds())))
    return wait


def is_worth_another_try(code: str, *, refused: bool, attempts: int, queued_at: datetime, now: datetime) -> bool:
    """Whether a failed attempt should be repeated automatically (codes: passbacks.ports)."""
    if refused:
        return attempts < REFUSALS_THAT_PASS.get(code, 0)
    if code == "server_error" and attempts >= SERVER_ERROR_TRIES:
        return False
    return now - queued_at < GIVE_UP_AFTER


def give_up_code(code: str) -> str:
    """The error code to show after giving up: a delay that lasted too long has its own code."""
    return "unreachable_too_long" if code in ("timeout", "unreachable", "throttled", "bad_answer") else code


def next_score_timestamp(last: datetime | None, now: datetime) -> datetime:
    """The `timestamp` of a person's next score: now, but at least a second after the last one.

    AGS 2.0, 3.4.9 requires it to increase, and Moodle compares whole seconds. It is the time of sending, not of
    grading, because Moodle 4.5 stores its own time for a score and refuses an older one.
    """
    return now if last is None else max(now, last + timedelta(seconds=1))
