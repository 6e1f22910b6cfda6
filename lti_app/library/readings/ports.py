"""What readings need from outside."""

from typing import Protocol


class ReferenceBell(Protocol):
    """Wakes the worker. Losing a ring loses nothing: the table of readings is the truth and is swept regularly."""

    def ring_references(self) -> None:
        """Say that references may have to be rendered again, after the commit. Never raises."""
