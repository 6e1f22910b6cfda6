"""Which posts of a discussion a person has read, by number, and the sort orders of threads."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_PARTS = 2000
"""Numbers and ranges in one report; the longest honest one names each post of a page."""
_PART = re.compile(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?")


class Sort(StrEnum):
    """The order of the threads. Announcements and pinned threads come first in each."""

    UNREAD = "unread"
    """Those with unread posts first, then by newest activity."""
    OLDEST = "oldest"
    NEWEST = "newest"
    """By newest activity."""
    REPLIED = "replied"
    """Those with most replies first."""


@dataclass(frozen=True)
class PostNumbers:
    """A set of post numbers, small to store: post n is bit n - 1."""

    bits: int = 0

    def __contains__(self, number: int) -> bool:
        return number > 0 and bool(self.bits >> (number - 1) & 1)

    def __iter__(self) -> Iterator[int]:
        return (index + 1 for index, bit in enumerate(reversed(f"{self.bits:b}")) if bit == "1")

    def __or__(self, other: "PostNumbers") -> "PostNumbers":
        return PostNumbers(self.bits | other.bits)

    @property
    def all_to(self) -> int:
        """The greatest number up to which no number is missing; 0 if number 1 is missing."""
        return (~self.bits & self.bits + 1).bit_length() - 1

    def to_bytes(self) -> bytes:
        """The stored form."""
        return self.bits.to_bytes((self.bits.bit_length() + 7) // 8, "little")

    @classmethod
    def from_bytes(cls, stored: bytes) -> "PostNumbers":
        """Read the stored form."""
        return cls(int.from_bytes(stored, "little"))

    @classmethod
    def of(cls, numbers: Iterable[int]) -> "PostNumbers":
        """The set of these numbers."""
        found = cls()
        ordered = sorted(set(numbers))
        if ordered:
            flags = bytearray((ordered[-1] + 7) // 8)
            for number in ordered:
                flags[(number - 1) // 8] |= 1 << (number - 1) % 8
            found = cls.from_bytes(bytes(flags))
        return found


def parse_numbers(report: str, newest: int) -> PostNumbers | None:
    """The numbers in a report such as "1-12,15", none above `newest`; None for a malformed report."""
    parts = [_PART.fullmatch(part) for part in report.split(",", MOST_PARTS)]
    if len(parts) > MOST_PARTS or not all(parts):
        return None
    bits = 0
    for part in filter(None, parts):
        first, last = int(part[1]), min(int(part[2] or part[1]), newest)
        if first <= last:
            bits |= (1 << last) - (1 << first - 1)
    return PostNumbers(bits)


def write_numbers(numbers: Iterable[int]) -> str:
    """A report of these numbers, as `parse_numbers` reads it."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
