"""The type of clocks. Code that needs the time takes a clock as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time as an aware UTC datetime."""


def system_clock() -> datetime:
    """The current time, as an aware UTC datetime."""
    return datetime.now(UTC)
