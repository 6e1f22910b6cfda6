"""Every voice gets an answer: for how long somebody is said to be at one."""

from datetime import datetime, timedelta

HELD_FOR = timedelta(minutes=30)


def held_until(now: datetime) -> datetime:
    """Until when a claim that is made now is told to others."""
    return now + HELD_FOR
