"""The outline of a discussion: where its posts stand for a viewer, what is counted of them, and how they are read."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial, reduce
from itertools import chain, islice
from operator import attrgetter, or_
from typing import NamedTuple, cast

from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.read_state.rules import PostNumbers, Sort


class ThreadCount(NamedTuple):
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
    last_author: str = ""
    last_at: datetime | None = None
    moves: dict[Move, int] = field(default_factory=dict)
    """How many replies name each move, of those that are named at all."""
    asking: int = 0
    """First posts by students, which a classmate should answer."""
    answered: int = 0
    """Those of them that one has answered."""


@dataclass(frozen=True)
class Unread:
    """The posts that are new to a reader."""

    numbers: PostNumbers = field(default_factory=PostNumbers)
    by_thread: Mapping[int, int] = field(default_factory=dict)
    """How many there are, by the id of the first post of their thread; only of threads with any."""

    def __bool__(self) -> bool:
        return bool(self.by_thread)

    def __contains__(self, number: int) -> bool:
        return number in self.numbers

    @property
    def count(self) -> int:
        """How many there are."""
        return self.numbers.bits.bit_count()

    def in_thread(self, first_id: int) -> int:
        """How many are in the thread with this first post."""
        return self.by_thread.get(first_id, 0)


class Spot(NamedTuple):
    """Where a post stands."""

    id: int
    path: str
    address: str


class PlacedPost(NamedTuple):
    """What an outline is made from of a post that exists for the viewer."""

    id: int
    root_id: int
    """Its own id for a first post."""
    path: str
    address: str
    number: int
    author_id: int
    byline: str | None
    created_at: datetime | None
    says_something: bool
    """Neither deleted nor hidden."""
    move: Move | None
    asks: bool
    """Whether it is a first post that a classmate should answer."""
    is_answered: bool
    leads: bool
    """Of a first post: whether it stands before the others in each order."""
    latest_at: datetime | None
    """Of a first post: when the newest post of its thread was made, with its number and how many posts there are."""
    latest_number: int | None
    descendants: int | None

    @property
    def is_first(self) -> bool:
        """Whether it began its thread."""
        return self.id == self.root_id


_ROOT_ID, _NUMBER, _AUTHOR_ID = attrgetter("root_id"), attrgetter("number"), attrgetter("author_id")
_SPOT = attrgetter(*Spot._fields)
_as_spot = cast(Callable[[tuple[int, str, str]], Spot], partial(tuple.__new__, Spot))
"""What `Spot._make` does, without a step in Python for each post."""
_UNNAMED = {""}


class ThreadOutline(NamedTuple):
    """A thread whose first post exists for the viewer, its posts in the order of reading."""

    first: PlacedPost
    spots: tuple[Spot, ...]
    counted: ThreadCount | None
    """None where none does."""

    @property
    def path(self) -> str:
        """Where it stands among threads."""
        return self.first.path

    @property
    def newest(self) -> tuple[datetime | None, int | None]:
        """When its newest post was made, and the number of that post; each first post tells both."""
        return self.first.latest_at, self.first.latest_number


@dataclass(frozen=True)
class Cut:
    """A page cut out of the order of reading."""

    spots: tuple[Spot, ...]
    previous: str | None
    """The address with which the page before begins."""
    next: str | None


class Outline:
    """Which posts of a discussion exist for a viewer, in which orders they are read, and what is counted of them.

    It names nobody and says nothing: a page asks the database for the posts that it shows.
    """

    def __init__(self, posts: Sequence[PlacedPost]) -> None:
        """From the posts in thread order."""
        by_root: dict[int, list[PlacedPost]] = defaultdict(list)
        for post in posts:
            by_root[post.root_id].append(post)  # which keeps the order within a thread
        self.threads = tuple([thread for root_id in sorted(by_root) if (thread := _thread(by_root[root_id]))])
        self.size = len(posts)
        """How many posts there are."""
        said = [post for post in posts if post.says_something]
        self.activity = _activity(said)
        """Without the last post, whose author has a name."""
        self._in_thread = _numbers_by(_ROOT_ID, said)
        self._by_author = _numbers_by(_AUTHOR_ID, said)
        self._said = reduce(or_, self._in_thread.values(), 0)
        self._spots = {spot.path: spot for spot in _spots_of(self.threads)}

    def unread(self, read: PostNumbers, reader_id: int) -> Unread:
        """What is new to somebody who has read these: posts of others that say something."""
        new = self._said & ~read.bits & ~self._by_author.get(reader_id, 0)
        if not new:
            return Unread()
        found = ((root_id, (bits & new).bit_count()) for root_id, bits in self._in_thread.items())
        return Unread(PostNumbers(new), {root_id: count for root_id, count in found if count})

    def counts(self, posts: Iterable[int]) -> dict[int, ThreadCount]:
        """By the id of the first post, for the threads that begin among these posts."""
        found = ((post_id, self._counts.get(post_id)) for post_id in posts)
        return {post_id: count for post_id, count in found if count}

    def find(self, paths: Iterable[str]) -> list[Spot]:
        """Those of the posts at these places that exist for the viewer and are read."""
        return [spot for path in paths if (spot := self._spots.get(path))]

    def cut(self, sort: Sort, unread: Collection[int], size: int, *, start: str = "", is_full: bool = True) -> Cut:
        """The page of `size` posts that begins with the one at the path `start`, or where it would stand.

        Near the end it begins earlier if it has to be full. `unread` holds the ids of the threads with new posts, for
        the order that puts them first. A thread that is not there is where it would stand in thread order, and before
        all in other orders.
        """
        threads = self._in_order(sort, unread)
        begin = asked = _place(threads, sort, start) if start else 0
        if is_full:
            begin = max(0, min(asked, len(self._spots) - size))
        end = begin + size
        spots = self._in_thread_order if sort is Sort.OLDEST else tuple(islice(_spots_of(threads), end + 1))
        return Cut(
            spots=spots[begin:end],
            previous=spots[max(0, begin - size)].address if begin else None,
            next=spots[end].address if len(spots) > end else None,
        )

    def _in_order(self, sort: Sort, unread: Collection[int]) -> Sequence[ThreadOutline]:
        if sort is Sort.OLDEST:
            return self._oldest
        if sort is Sort.REPLIED:
            return self._replied
        if sort is Sort.NEWEST or not unread:
            return self._newest
        leading, others = self._newest[: self._leading], self._newest[self._leading :]
        return [*_first_those(leading, unread), *_first_those(others, unread)]

    @cached_property
    def _counts(self) -> dict[int, ThreadCount]:
        return {thread.first.id: thread.counted for thread in self.threads if thread.counted}

    @cached_property
    def _oldest(self) -> Sequence[ThreadOutline]:
        return sorted(self.threads, key=lambda thread: (not thread.first.leads, thread.path))

    @cached_property
    def _leading(self) -> int:
        """How many threads stand before all others in every order."""
        return sum(thread.first.leads for thread in self.threads)

    @cached_property
    def _newest(self) -> Sequence[ThreadOutline]:
        latest_first = sorted(self.threads, key=attrgetter("newest"), reverse=True)
        return sorted(latest_first, key=lambda thread: not thread.first.leads)

    @cached_property
    def _replied(self) -> Sequence[ThreadOutline]:
        most_first = sorted(self._oldest, key=lambda thread: thread.first.descendants or 0, reverse=True)
        return sorted(most_first, key=lambda thread: not thread.first.leads)

    @cached_property
    def _in_thread_order(self) -> tuple[Spot, ...]:
        return tuple(_spots_of(self._oldest))


def _thread(members: Sequence[PlacedPost]) -> ThreadOutline | None:
    """None where the first post does not exist for the viewer: the thread is not read then."""
    first = members[0]
    if not first.is_first:
        return None
    spots = tuple(map(_as_spot, map(_SPOT, members)))
    return ThreadOutline(first, spots, _count([post for post in members if post.says_something]))


def _numbers_by(key: Callable[[PlacedPost], int], posts: Sequence[PlacedPost]) -> dict[int, int]:
    """The numbers of the posts with each key, as `PostNumbers` has them."""
    found: dict[int, int] = {}
    for whose, number in zip(map(key, posts), map(_NUMBER, posts), strict=True):
        found[whose] = found.get(whose, 0) | 1 << number - 1
    return found


def _first_those(threads: Sequence[ThreadOutline], unread: Collection[int]) -> Iterator[ThreadOutline]:
    """The threads with new posts before the others, both in their order."""
    yield from [thread for thread in threads if thread.first.id in unread]
    yield from [thread for thread in threads if thread.first.id not in unread]


def _spots_of(threads: Iterable[ThreadOutline]) -> Iterable[Spot]:
    return chain.from_iterable(thread.spots for thread in threads)


def _place(threads: Sequence[ThreadOutline], sort: Sort, start: str) -> int:
    """How many posts stand before this path in the order of these threads."""
    root = start.partition(".")[0]
    at = next((n for n, thread in enumerate(threads) if thread.path == root), None)
    inside = bisect_left(threads[at].spots, start, key=attrgetter("path")) if at is not None else 0
    if at is None and sort is Sort.OLDEST:
        later = (n for n, thread in enumerate(threads) if thread.path > root and not thread.first.leads)
        at = next(later, len(threads))
    return sum(len(thread.spots) for thread in islice(threads, at or 0)) + inside


def _count(said: Sequence[PlacedPost]) -> ThreadCount | None:
    if not said:
        return None
    newest = max([post.created_at for post in said if post.created_at], default=None)
    return ThreadCount(len(said) - said[0].is_first, _participants(said), newest)


def _activity(said: Sequence[PlacedPost]) -> Activity:
    first_posts = [post for post in said if post.is_first]
    named = Counter([post.move for post in said if post.move])
    return Activity(
        len(first_posts),
        len(said) - len(first_posts),
        _participants(said),
        moves={move: named[move] for move in Move if move in named},
        asking=sum(post.asks for post in first_posts),
        answered=sum(post.is_answered for post in first_posts),
    )


def _participants(said: Iterable[PlacedPost]) -> int:
    """How many people have written: of imported posts those who are named, since nobody is counted who is not."""
    return len({post.author_id if post.byline is None else post.byline for post in said} - _UNNAMED)
