"""What an activity stream needs from outside: somebody who sends a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """What came back: the status of an answer, or why there was none."""

    status: int
    """0 without an answer."""
    code: str = ""
    """Without an answer: timeout, unreachable, busy or bad_answer."""
    retry_after: float | None = None
    """Seconds to wait, where the receiver says so."""


class Endpoint(Protocol):
    """Sends batches to receivers, each within limits of time and size, and to no other host than the one named."""

    def post(self, address: str, *, headers: Mapping[str, str], body: bytes, host: str) -> Reply:
        """Send one batch and say what came back. Raises nothing."""
