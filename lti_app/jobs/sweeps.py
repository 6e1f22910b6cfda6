"""Tasks that find their work in the tables: every minute, and sooner where something is due before."""

from datetime import datetime, timedelta

SWEPT_EVERY = timedelta(minutes=1)
SLOW_SECONDS = 2.0
"""How long a task may wait for an LMS before it is one of the slow (`core.places`)."""


def seconds_until(due: datetime | None, now: datetime) -> float | None:
    """In how many seconds something is due, at least one; None for nothing before the next sweep."""
    wait = due - now if due else SWEPT_EVERY
    return max(wait.total_seconds(), 1.0) if wait < SWEPT_EVERY else None
