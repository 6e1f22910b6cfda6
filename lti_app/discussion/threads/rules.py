"""A discussion at a glance, which post comes next, and what an edit changed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise

from lti_app.discussion.outlines.rules import Activity, Outline, Unread
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
class Overview:
    """A discussion at a glance, and what of it is new to the reader."""

    activity: Activity
    read: PostNumbers
    sort: Sort | None
    """The order that the reader has chosen."""
    unread: Unread
    has_opened: bool = False
    """Whether it is recorded that the reader has opened the discussion."""
    outline: Outline | None = None
    """Where the posts stand; None while the reader may see none."""

    @property
    def has_read(self) -> bool:
        """Whether the reader has read a post here."""
        return self.read.bits != 0

    @property
    def preferred_sort(self) -> Sort:
        """The chosen sort order; without a choice, unread posts come first if there are any."""
        return self.sort or (Sort.UNREAD if self.unread else Sort.OLDEST)


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
