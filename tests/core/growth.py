"""Whether work grows with the length of what it is given, or with the square of it."""

import time
from collections.abc import Callable

TIMES = 8
"""How much longer the long input is: work in proportion takes 8 times as long, work by the square 64 times."""
MOST = 24
TRIES = 3


def growth(work: Callable[[str], object], make: Callable[[int], str], size: int) -> float:
    """How many times as long `work` takes for `make(size)` as for an eighth; in proportion, it is at most `MOST`.

    Counts the processor's time of this thread alone, and the best of several tries, so that a busy machine does not
    matter. A long input that seems to cost too much is tried again.
    """
    short, long = make(size // TIMES), make(size)
    least = min(_cost(work, short) for _ in range(TRIES))
    times = _cost(work, long) / least
    for _ in range(TRIES - 1):
        if times <= MOST:
            break
        times = min(times, _cost(work, long) / least)
    return times


def _cost(work: Callable[[str], object], given: str) -> float:
    began = time.thread_time()
    work(given)
    return time.thread_time() - began
