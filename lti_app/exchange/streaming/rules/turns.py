"""How many activities a request carries, and what a refusal means after others."""

from datetime import datetime, timedelta

MAX_BATCH = 50
"""Activities of one request: less than 100 kB."""
DOUBTED_AFTER = 20
"""After so many requests in succession that were all refused, the receiver is at fault, not one activity."""
DOUBTED_FOR = timedelta(days=3)
"""How long it may be before the oldest activity is given up all the same, so that it does not hold the others up."""


def after_acceptance(batch: int) -> int:
    """The size of the next batch after one that was accepted."""
    return min(batch * 2, MAX_BATCH)


def after_refusal(sent: int) -> int:
    """The size of the next batch after a refusal: half as many, until the one that is meant is alone."""
    return max(sent // 2, 1)


def is_meant(failures: int, failing_since: datetime | None, now: datetime) -> bool:
    """Whether a refusal of one activity alone means this one, after `failures` other requests brought nothing."""
    return failures < DOUBTED_AFTER or (failing_since is not None and now - failing_since >= DOUBTED_FOR)
