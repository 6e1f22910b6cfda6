"""Waiting for what another process does: bounded, and no longer than it takes."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 180.0
"""Seconds; many times what a quiet machine needs."""
BETWEEN = 0.05


def eventually(probe: Callable[[], T], what: str, *, within: float = PATIENCE) -> T:
    """The first true answer of `probe`; fails with `what` was expected when there is none in time."""
    never = threading.Event()
    ends = time.monotonic() + within
    while not (answer := probe()):
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within:g} seconds: {what}")
        never.wait(BETWEEN)
    return answer
