"""What processes have used of the processor, and what they keep in memory, as Linux counts it."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_OWN, _OF_ENDED = 11, 13
"""Where /proc/…/stat has the time of a process, and of its children that have ended, after the name of the program."""
_SIZES = re.compile(r"^(Rss|Pss):\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Memory:
    """Bytes of one process: all that it has in memory, and its share where pages are shared."""

    resident: int
    share: int


def cpu_seconds(pids: Iterable[int]) -> float:
    """Seconds of the processor that these processes have used so far, to the nanosecond where the kernel counts them;
    0 where it does not tell. Threads that have ended are not counted; web processes keep theirs.
    """
    return sum(_seconds_of(pid) for pid in pids)


def ended_seconds(pid: int) -> float:
    """Seconds of the processor that the children of a process have used which have ended, such as web processes that
    made room for fresh ones.
    """
    return _ticks_of(pid, _OF_ENDED)


def seconds_of_cores() -> tuple[float, float]:
    """Seconds of all cores since the machine was started: those with something to do, and all; no time of others that
    this machine waited for. Both are 0 where the system does not tell.
    """
    try:
        user, nice, system, idle, waiting, *interrupts = (
            int(each) for each in (PROC / "stat").read_text().partition("\n")[0].split()[1:8]
        )
    except (OSError, ValueError):
        return 0.0, 0.0
    busy, ticks = user + nice + system + sum(interrupts), os.sysconf("SC_CLK_TCK")
    return busy / ticks, (busy + idle + waiting) / ticks


def memory_of(pid: int) -> Memory | None:
    """What a process keeps in memory; None where the system does not tell."""
    try:
        sizes = dict(_SIZES.findall((PROC / str(pid) / "smaps_rollup").read_text()))
        return Memory(int(sizes["Rss"]) * 1024, int(sizes["Pss"]) * 1024)
    except (OSError, KeyError):
        return None


def _seconds_of(pid: int) -> float:
    try:
        threads = [*(PROC / str(pid) / "task").iterdir()]
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    except (OSError, ValueError, IndexError):
        return _ticks_of(pid, _OWN)  # the kernel was built without the finer count


def _ticks_of(pid: int, at: int) -> float:
    """Seconds that are counted in ticks, in user and in system time, from this place on; 0 where nothing is told."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[at]) + int(fields[at + 1])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0
