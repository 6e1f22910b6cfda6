"""Arranging the entries of a file into threads."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html import escape

from lti_app.core.cleaning import words_alone
from lti_app.core.prose import clean_line
from lti_app.core.rich_reader import is_too_rich
from lti_app.exchange.formats.bodies import ENGLISH, Body, body_of
from lti_app.exchange.formats.entries import MAX_LENGTH, MAX_NAME, MAX_TITLE, Entry, Fault, Markup, Note, Parsed

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Where a post stands that has no date, nor answers one that has."""


@dataclass(frozen=True)
class ArrangedEntry:
    """An entry in its place."""

    entry: Entry
    parent: int | None
    """The place in the list of what it answers."""
    written_at: datetime | None
    """When it was written; None where the file does not say it, or names a moment that has not come."""
    placed_at: datetime
    """Where it stands in time among the others, whether or not anybody knows when it was written."""
    depth: int
    body: Body


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
    words: Mapping[Fault, str]
    kept: dict[str, Entry] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)

    def tell(self, entry: Entry, fault: Fault, detail: str = "") -> None:
        self.notes.append(Note(entry.line, fault, detail, "" if fault.skips else clean_line(entry.author, MAX_NAME)))


def arrange(parsed: Parsed, *, max_depth: int, now: datetime, words: Mapping[Fault, str] = ENGLISH) -> Arranged:
    """Arrange entries into threads, with a note about every problem. `words` stand for what cannot come along.

    Of two entries with the same key the first one counts. A reply to an entry that is not in the file becomes a first
    post, and so does the first entry of a circle of replies. Replies that are too deep move up. A date in the future
    is none. Empty entries stay only if they have replies. What not everybody could read is left out: of a private or
    unpublished post also all that is below it, of one that a moderator has hidden or held its words alone.
    """
    sorting = _Sorting(list(parsed.notes), words)
    for entry in parsed.entries:
        if entry.key in sorting.kept:
            sorting.tell(entry, Fault.DUPLICATE, entry.key)
        else:
            sorting.kept[entry.key] = entry
    _drop_sealed(sorting)
    for key, entry in sorting.kept.items():
        sorting.kept[key] = _cleaned(entry, sorting)
    parents = _parents(sorting)
    _drop_silent(sorting, parents)
    ordered = _in_order(sorting, parents, max_depth, now)
    return Arranged(ordered, tuple(sorted(sorting.notes, key=lambda note: (note.line, note.fault))))


def _drop_sealed(sorting: _Sorting) -> None:
    """Leave out what was not for everybody, with all that answers it."""
    below: dict[str, list[str]] = {}
    for key, entry in sorting.kept.items():
        below.setdefault(entry.parent, []).append(key)
    waiting = [(key, entry.withheld) for key, entry in sorting.kept.items() if entry.withheld and entry.withheld.seals]
    while waiting:
        key, fault = waiting.pop()
        if key in sorting.kept:
            entry = sorting.kept.pop(key)
            own = entry.withheld if entry.withheld and entry.withheld.seals else fault
            sorting.tell(entry, own)
            waiting.extend((reply, own) for reply in below.get(key, ()))


def _cleaned(entry: Entry, sorting: _Sorting) -> Entry:
    author, title = clean_line(entry.author, MAX_NAME), clean_line(entry.title, MAX_TITLE)
    text, markup = entry.text, entry.markup
    if entry.is_gone or entry.withheld:
        sorting.bodies[entry.key] = Body("", is_empty=True)
        return replace(entry, author="", title="")
    if len(text) > MAX_LENGTH:
        sorting.tell(entry, Fault.TOO_LONG)
        text = text[:MAX_LENGTH]
    if markup is not Markup.TEXT and is_too_rich(text):
        sorting.tell(entry, Fault.TOO_COMPLEX)
        text, markup = escape(words_alone(text), quote=False), Markup.HTML
    body = sorting.bodies[entry.key] = body_of(replace(entry, text=text, markup=markup), sorting.words)
    for fault, name in body.lost:
        sorting.tell(entry, fault, name)
    if entry.more_replies:
        sorting.tell(entry, Fault.MORE_REPLIES, entry.more_replies)
    if entry.is_cut:
        sorting.tell(entry, Fault.CUT)
    if not author and not body.is_empty:
        sorting.tell(entry, Fault.NO_AUTHOR)
    return replace(entry, author=author, title=title)


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
    silent = [key for key, body in sorting.bodies.items() if body.is_empty]
    for key in silent:
        entry = sorting.kept[key]
        sorting.tell(entry, entry.withheld or (Fault.DELETED if entry.is_gone else Fault.EMPTY))
        sorting.kept[key] = replace(entry, is_gone=True, text="", author="", title="")
    bare = [key for key in silent if not replies[key]]
    while bare:
        key = bare.pop()
        del sorting.kept[key]
        above = parents.pop(key)
        replies[above] -= 1
        if above and not replies[above] and sorting.kept[above].is_gone:
            bare.append(above)


def _in_order(
    sorting: _Sorting, parents: Mapping[str, str], max_depth: int, now: datetime
) -> tuple[ArrangedEntry, ...]:
    """Order entries by date, with every parent before its replies."""
    replies: dict[str, list[str]] = {}
    for key, parent in parents.items():
        replies.setdefault(parent, []).append(key)
    moments = {key: _moment(sorting, entry, now) for key, entry in sorting.kept.items()}
    ranks = {key: when for above, siblings in replies.items() if above for key, when in _ranked(siblings, moments)}
    ready = [_rank(moments[key], None, sorting.kept[key]) for key in replies.get("", ())]
    heapq.heapify(ready)
    places: dict[str, int] = {}
    ordered: list[ArrangedEntry] = []
    while ready:
        _is_undated, when, _line, key = heapq.heappop(ready)
        entry, above = sorting.kept[key], places.get(parents[key])
        if above is not None and ordered[above].depth >= max_depth:
            sorting.tell(entry, Fault.TOO_DEEP)
            above = ordered[above].parent
        depth = ordered[above].depth + 1 if above is not None else 0
        places[key] = len(ordered)
        ordered.append(ArrangedEntry(entry, above, moments[key], moments[key] or when, depth, sorting.bodies[key]))
        for reply in replies.get(key, ()):
            heapq.heappush(ready, _rank(ranks[reply], when, sorting.kept[reply]))
    return tuple(ordered)


def _ranked(siblings: Iterable[str], moments: Mapping[str, datetime | None]) -> Iterator[tuple[str, datetime | None]]:
    """Replies to one post, in the order of the file, by date; without one, after those that stand before it there."""
    latest: datetime | None = None
    for key in siblings:
        moment = moments[key]
        latest = max(latest or _NEVER, moment) if moment else latest
        yield key, moment or latest


def _rank(moment: datetime | None, above: datetime | None, entry: Entry) -> tuple[bool, datetime, int, str]:
    """The place of an entry among all: by date, never before what it answers; without any date it comes last."""
    when = max(moment or above or _NEVER, above or _NEVER)
    return when == _NEVER, when, entry.line, entry.key


def _moment(sorting: _Sorting, entry: Entry, now: datetime) -> datetime | None:
    if entry.written_at is not None and entry.written_at <= now:
        return entry.written_at
    if not entry.is_gone:
        sorting.tell(entry, Fault.NO_DATE, entry.dated[:100])
    return None
