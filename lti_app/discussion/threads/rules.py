"""What there is in a discussion, how it is cut into pages, which post comes next, and what an edit changed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.read_state.rules import PostNumbers, Sort

MOST_PAIRS = 4_000_000
"""Pairs of words, sentences or lines that are compared for one page."""
MOST_PAIRS_AT_ONCE = 400_000
"""Of two texts: more are compared by longer pieces first."""
_WORDS = re.compile(r"\s+|\S+")
_SENTENCES = re.compile(r"[^.!?]*[.!?]+\s*|[^.!?]+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class PostExcerpt:
    """One line of context about a post."""

    id: int
    path: str
    address: str
    author: str
    html: str
    is_deleted: bool


@dataclass(frozen=True)
class ThreadCount:
    """What there is in one thread, of what the actor sees."""

    replies: int
    participants: int
    latest_at: datetime | None


@dataclass(frozen=True)
class Activity:
    """The numbers in the line under a discussion's title."""

    first_posts: int
    replies: int
    participants: int
    last_author: str
    last_at: datetime | None
    moves: dict[Move, int] = field(default_factory=dict)
    """How many replies name each move, of those that are named at all."""
    asking: int = 0
    """First posts by students, which a classmate should answer."""
    answered: int = 0
    """Those of them that one has answered."""


@dataclass(frozen=True)
class Overview:
    """A discussion at a glance, and what of it is new to the reader."""

    activity: Activity
    read: PostNumbers
    sort: Sort | None
    """The order that the reader has chosen."""
    unread: dict[int, tuple[int, ...]]
    """The numbers of new posts, by the id of the first post of their thread."""
    has_opened: bool = False
    """Whether it is recorded that the reader has opened the discussion."""

    @property
    def has_read(self) -> bool:
        """Whether the reader has read a post here."""
        return self.read.bits != 0

    @property
    def unread_count(self) -> int:
        """How many posts are new."""
        return sum(map(len, self.unread.values()))

    @property
    def preferred_sort(self) -> Sort:
        """The chosen sort order; without a choice, unread posts come first if there are any."""
        return self.sort or (Sort.UNREAD if self.unread else Sort.OLDEST)


@dataclass(frozen=True)
class ThreadSpot:
    """Where a post stands in the order of reading."""

    id: int
    root_id: int
    path: str
    address: str
    is_before: bool
    """Whether it stands before the post that was asked for."""


@dataclass(frozen=True)
class Cut:
    """A page cut out of the order of reading."""

    spots: tuple[ThreadSpot, ...]
    previous: str | None
    """The address with which the page before begins."""
    next: str | None


def cut_page(spots: Sequence[ThreadSpot], size: int, *, is_full: bool = True) -> Cut:
    """A page that begins with the requested post, or earlier if it has to be full and would not be.

    `spots` are in reading order. They reach up to `size + 1` past the beginning and twice `size` before it.
    """
    asked = sum(spot.is_before for spot in spots)
    begin = max(0, min(asked, len(spots) - size)) if is_full else asked
    end = begin + size
    return Cut(
        spots=tuple(spots[begin:end]),
        previous=spots[max(0, begin - size)].address if begin else None,
        next=spots[end].address if len(spots) > end else None,
    )


@dataclass(frozen=True)
class Jumps:
    """Links from post to post of one kind: on the page while there are any, then to wherever the next one stands."""

    addresses: tuple[str, ...]
    """Of the posts of this kind on the page, in the order of reading."""
    elsewhere: str
    """Goes to the next one after an address, on whichever page."""

    @property
    def first(self) -> str:
        """To the first one."""
        return f"#p{self.addresses[0]}" if self.addresses else self.elsewhere

    @cached_property
    def _next(self) -> dict[str, str]:
        return dict(pairwise(self.addresses))

    def after(self, address: str) -> str:
        """To the one after this."""
        following = self._next.get(address)
        return f"#p{following}" if following else f"{self.elsewhere}?after={address}"


class DiffKind(StrEnum):
    """What an edit did with a run of words."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class DiffPart:
    """A run of words with what an edit did with them."""

    change: DiffKind
    text: str


def compare_words(before: str, after: str) -> tuple[DiffPart, ...]:
    """Word by word what has been removed from a text and added to it, in the order of reading."""
    return compare_versions([before, after])[0]


def compare_versions(texts: Sequence[str]) -> list[tuple[DiffPart, ...]]:
    """What each edit changed, from each text to the next, as finely as can be found out in a limited time.

    Long texts are compared by sentences or lines first, and by words where those differ. What is too much even then
    is removed as a whole and added as a whole.
    """
    comparison = _Comparison()
    return [tuple(_joined(comparison.runs(before, after))) for before, after in pairwise(texts)]


class _Comparison:
    """Compares some texts, and knows how much work is left for all of them."""

    def __init__(self) -> None:
        self.left = MOST_PAIRS

    def runs(self, before: str, after: str) -> Iterator[DiffPart]:
        for pattern in (_WORDS, _SENTENCES, _LINES):
            old, new = pattern.findall(before), pattern.findall(after)
            if len(old) * len(new) <= min(self.left, MOST_PAIRS_AT_ONCE):
                break
        else:
            yield from (DiffPart(DiffKind.REMOVED, before), DiffPart(DiffKind.ADDED, after))
            return
        self.left -= len(old) * len(new)
        for tag, begin, end, new_begin, new_end in SequenceMatcher(None, old, new).get_opcodes():
            gone, come = "".join(old[begin:end]), "".join(new[new_begin:new_end])
            if tag == "equal":
                yield DiffPart(DiffKind.KEPT, gone)
            elif gone and come and pattern is not _WORDS and (gone, come) != (before, after):
                yield from self.runs(gone, come)
            else:
                yield from (DiffPart(DiffKind.REMOVED, gone), DiffPart(DiffKind.ADDED, come))


def _joined(runs: Iterable[DiffPart]) -> Iterator[DiffPart]:
    """Runs side by side of one kind as one, none of them empty."""
    for change, group in groupby((run for run in runs if run.text), key=lambda run: run.change):
        yield DiffPart(change, "".join(run.text for run in group))
