"""Posts from elsewhere, whatever file they came in: one form for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_ENTRIES = 50_000
MAX_BYTES = 20_000_000
MAX_LENGTH = 100_000
"""Characters of one text; beyond any post that somebody wrote by hand."""
MAX_NAME = 200
MAX_TITLE = 200


class Fault(StrEnum):
    """What may be the matter with one entry of a file."""

    EMPTY = "empty"
    DELETED = "deleted"
    PRIVATE = "private"
    UNPUBLISHED = "unpublished"
    OTHER_KIND = "other_kind"
    DUPLICATE = "duplicate"
    BROKEN = "broken"
    NO_PARENT = "no_parent"
    CYCLE = "cycle"
    TOO_DEEP = "too_deep"
    NO_DATE = "no_date"
    NO_AUTHOR = "no_author"
    TOO_LONG = "too_long"
    TOO_COMPLEX = "too_complex"

    @property
    def skips(self) -> bool:
        """Whether the entry is left out for it; otherwise it comes in, changed as the fault's words say."""
        return self in _SKIPPING


_SKIPPING = frozenset(
    {
        Fault.EMPTY,
        Fault.DELETED,
        Fault.PRIVATE,
        Fault.UNPUBLISHED,
        Fault.OTHER_KIND,
        Fault.DUPLICATE,
        Fault.BROKEN,
    }
)


class Shape(StrEnum):
    """What a file turned out to be."""

    ROWS = "rows"
    MOODLE = "moodle"
    CANVAS = "canvas"
    WORDPRESS = "wordpress"
    COLLOQUY = "colloquy"


@dataclass(frozen=True)
class Note:
    """A problem with an entry, and the line of the file on which the entry begins."""

    line: int
    fault: Fault
    detail: str = ""


@dataclass(frozen=True)
class Entry:
    """A post as a file has it."""

    line: int
    key: str
    """What other entries call it by."""
    parent: str
    """The key of what it answers; empty for a first post."""
    author: str
    dated: str
    """When it was written, as the file says it."""
    written_at: datetime | None
    text: str
    is_html: bool = False
    title: str = ""
    has_id: bool = True
    """Whether the file gives it a key of its own; otherwise its place in the file is its key."""
    is_gone: bool = False
    """Deleted where it comes from; it keeps its place if there are replies to it."""


@dataclass(frozen=True)
class Parsed:
    """All that a file holds."""

    shape: Shape
    entries: Sequence[Entry]
    notes: Sequence[Note] = ()
    encoding: str = ""
    """How its bytes were read, where that had to be found out."""
    day_first: bool | None = None
    """How dates like 3/4/2026 were read; None where there are none that could be read in two ways."""
