"""How long a reservation of an unanswered post lasts."""

from datetime import datetime, timedelta

RESERVED_FOR = timedelta(minutes=30)


def reserved_until(now: datetime) -> datetime:
    """When a reservation made now expires."""
    return now + RESERVED_FOR
