"""Arranging the entries of a file into threads."""

import heapq
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lti_app.core.nesting import is_too_complex
from lti_app.core.prose import clean_line, is_blank
from lti_app.exchange.formats.entries import MAX_LENGTH, MAX_NAME, MAX_TITLE, Entry, Fault, Note, Parsed


@dataclass(frozen=True)
class ArrangedEntry:
    """An entry in its place."""

    entry: Entry
    parent: int | None
    """The place in the list of what it answers."""
    written_at: datetime
    depth: int


@dataclass(frozen=True)
class Arranged:
    """The threads that come of a file, each entry after what it answers, otherwise by date."""

    entries: tuple[ArrangedEntry, ...]
    notes: tuple[Note, ...]

    @property
    def counts(self) -> Mapping[Fault, int]:
        """How many notes there are of each kind."""
        return Counter(note.fault for note in self.notes)


@dataclass
class _Sorting:
    """What is known while entries are put into threads."""

    notes: list[Note]
    kept: dict[str, Entry] = field(default_factory=dict)

    def tell(self, entry: Entry, fault: Fault, detail: str = "") -> None:
        self.notes.append(Note(entry.line, fault, detail))


def arrange(parsed: Parsed, *, max_depth: int, now: datetime) -> Arranged:
    """Arrange entries into threads, with a note about every problem.

    Of two entries with the same key the first one counts. A reply to an entry that is not in the file becomes a first
    post, and so does the first entry of a circle of replies. Replies that are too deep move up. An entry without a
    readable date, or with a date in the future, gets `now`. Empty entries stay only if they have replies.
    """
    sorting = _Sorting(list(parsed.notes))
    for entry in parsed.entries:
        if entry.key in sorting.kept:
            sorting.tell(entry, Fault.DUPLICATE, entry.key)
        else:
            sorting.kept[entry.key] = _cleaned(entry, sorting)
    parents = _parents(sorting)
    _drop_silent(sorting, parents)
    ordered = _in_order(sorting, parents, max_depth, now)
    return Arranged(ordered, tuple(sorted(sorting.notes, key=lambda note: (note.line, note.fault))))


def _cleaned(entry: Entry, sorting: _Sorting) -> Entry:
    author, title = clean_line(entry.author, MAX_NAME), clean_line(entry.title, MAX_TITLE)
    text = entry.text
    if len(text) > MAX_LENGTH:
        sorting.tell(entry, Fault.TOO_LONG)
        text = text[:MAX_LENGTH]
    if entry.is_html and is_too_complex(text):
        sorting.tell(entry, Fault.TOO_COMPLEX)
    if not author and not entry.is_gone:
        sorting.tell(entry, Fault.NO_AUTHOR)
    return replace(entry, author=author, title=title, text=text)


def _parents(sorting: _Sorting) -> dict[str, str]:
    """The key of each entry's parent, empty for first posts, with no ring left."""
    parents = {}
    for key, entry in sorting.kept.items():
        parents[key] = entry.parent
        if entry.parent and entry.parent not in sorting.kept:
            sorting.tell(entry, Fault.NO_PARENT, entry.parent)
            parents[key] = ""
    settled: set[str] = set()
    for key in sorting.kept:
        trail: dict[str, None] = {}
        here = key
        while here and here not in settled and here not in trail:
            trail[here] = None
            here = parents[here]
        if here in trail:
            _break_ring(sorting, parents, here)
        settled.update(trail)
    return parents


def _break_ring(sorting: _Sorting, parents: dict[str, str], member: str) -> None:
    ring = [member]
    while (following := parents[ring[-1]]) != member:
        ring.append(following)
    first = min(ring, key=lambda key: sorting.kept[key].line)
    sorting.tell(sorting.kept[first], Fault.CYCLE, parents[first])
    parents[first] = ""


def _drop_silent(sorting: _Sorting, parents: dict[str, str]) -> None:
    """Leave out the deleted and the empty, unless something below them says something."""
    replies = Counter(parents.values())
    silent = [key for key, entry in sorting.kept.items() if not _says_something(entry)]
    for key in silent:
        entry = sorting.kept[key]
        sorting.tell(entry, Fault.DELETED if entry.is_gone else Fault.EMPTY)
        sorting.kept[key] = replace(entry, is_gone=True, text="", author="", title="")
    bare = [key for key in silent if not replies[key]]
    while bare:
        key = bare.pop()
        del sorting.kept[key]
        above = parents.pop(key)
        replies[above] -= 1
        if above and not replies[above] and sorting.kept[above].is_gone:
            bare.append(above)


def _says_something(entry: Entry) -> bool:
    return not entry.is_gone and not is_blank(entry.text)


def _in_order(
    sorting: _Sorting, parents: Mapping[str, str], max_depth: int, now: datetime
) -> tuple[ArrangedEntry, ...]:
    """Order entries by date, with every parent before its replies."""
    replies: dict[str, list[str]] = {}
    for key, parent in parents.items():
        replies.setdefault(parent, []).append(key)
    moments = {key: _moment(sorting, entry, now) for key, entry in sorting.kept.items()}
    ready = [(moments[key], sorting.kept[key].line, key) for key in replies.get("", ())]
    heapq.heapify(ready)
    places: dict[str, int] = {}
    ordered: list[ArrangedEntry] = []
    while ready:
        _when, _line, key = heapq.heappop(ready)
        entry, above = sorting.kept[key], places.get(parents[key])
        if above is not None and ordered[above].depth >= max_depth:
            sorting.tell(entry, Fault.TOO_DEEP)
            above = ordered[above].parent
        depth = ordered[above].depth + 1 if above is not None else 0
        written_at = max(moments[key], ordered[above].written_at) if above is not None else moments[key]
        places[key] = len(ordered)
        ordered.append(ArrangedEntry(entry, above, written_at, depth))
        for reply in replies.get(key, ()):
            heapq.heappush(ready, (moments[reply], sorting.kept[reply].line, reply))
    return tuple(ordered)


def _moment(sorting: _Sorting, entry: Entry, now: datetime) -> datetime:
    if entry.written_at is not None and entry.written_at <= now:
        return entry.written_at
    if not entry.is_gone:
        sorting.tell(entry, Fault.NO_DATE, entry.dated[:100])
    return now
