"""What processes have used of the processor, and what they keep in memory, as Linux counts it."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
_OF_ENDED = 13
"""Where /proc/…/stat has the time of children that have ended, after the name of the program."""
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
    try:
        found = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(found[_OF_ENDED]) + int(found[_OF_ENDED + 1])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0


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
        return _ticks_of(pid)


def _ticks_of(pid: int) -> float:
    """The same in hundredths of a second, where the kernel was built without the finer count."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0
