"""Posts from elsewhere, whatever file they came in: one form for all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_ENTRIES = 5_000
"""Posts of one file. They are written at once or not at all, and on SQLite nobody else writes meanwhile."""
MAX_BYTES = 20_000_000
MAX_LENGTH = 100_000
"""Characters of one text; beyond any post that somebody wrote by hand."""
MAX_NAME = 200
MAX_TITLE = 200


class Fault(StrEnum):
    """What may be the matter with one entry of a file, or with something in it."""

    EMPTY = "empty"
    DELETED = "deleted"
    PRIVATE = "private"
    PROTECTED = "protected"
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    HIDDEN = "hidden"
    PENDING = "pending"
    HELD = "held"
    SPAM = "spam"
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
    MORE_REPLIES = "more_replies"
    BAD_BYTES = "bad_bytes"
    CUT = "cut"
    PICTURE = "picture"
    VIDEO = "video"
    AUDIO = "audio"
    EQUATION = "equation"
    FILE = "file"
    EMBEDDED = "embedded"
    REVIEW = "review"

    @property
    def skips(self) -> bool:
        """Whether the entry is left out for it; otherwise it comes in, changed as the fault's words say."""
        return self in _SKIPPING

    @property
    def seals(self) -> bool:
        """Whether what answers the entry is left out with it: it was not for everybody's eyes either."""
        return self in _SEALING


_SEALING = frozenset({Fault.PRIVATE, Fault.PROTECTED, Fault.DRAFT, Fault.SCHEDULED, Fault.UNPUBLISHED})
_SKIPPING = _SEALING | {
    Fault.EMPTY,
    Fault.DELETED,
    Fault.HIDDEN,
    Fault.PENDING,
    Fault.HELD,
    Fault.SPAM,
    Fault.OTHER_KIND,
    Fault.DUPLICATE,
    Fault.BROKEN,
}
LOST = (Fault.PICTURE, Fault.VIDEO, Fault.AUDIO, Fault.EQUATION, Fault.FILE, Fault.EMBEDDED)
"""What cannot come in itself, and is named in its place."""


class Markup(StrEnum):
    """What a text may be written in."""

    TEXT = "text"
    HTML = "html"
    WORDPRESS = "wordpress"
    """HTML whose paragraphs are parted by blank lines, with codes in brackets."""
    UNKNOWN = "unknown"
    """Text, or HTML if there is any in it."""


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
    author: str = ""


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
    markup: Markup = Markup.TEXT
    title: str = ""
    has_id: bool = True
    """Whether the file gives it a key of its own; otherwise its place in the file is its key."""
    is_gone: bool = False
    """Deleted where it comes from; it keeps its place if there are replies to it."""
    withheld: Fault | None = None
    """Why it is not shown to everybody where it comes from, and is left out here."""
    files: tuple[str, ...] = ()
    """The names of what is attached to it."""
    more_replies: str = ""
    """Where the file says that there are replies which it does not have: how many, or a plus sign."""
    edited_at: datetime | None = None
    move: str = ""
    """What kind of reply it is, in our own exports."""
    is_cut: bool = False
    """Whether a spreadsheet has cut its text."""


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
