"""How long a reservation of an unanswered post lasts."""

from datetime import datetime, timedelta

HELD_FOR = timedelta(minutes=30)


def held_until(now: datetime) -> datetime:
    """When a reservation made now expires."""
    return now + HELD_FOR
