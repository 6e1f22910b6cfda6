"""Reading a discussion: its threads in the reader's order, page by page; new posts; the last activity."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from math import ceil
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Select,
    bindparam,
    literal,
    select,
)
from sqlalchemy.orm import Session

from lti_app.core.statements import StoredRows, fetch_stored
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.outlines.queries import get_outline
from lti_app.discussion.outlines.rules import Outline, Spot, ThreadCount, Unread
from lti_app.discussion.posts.access import Circumstances, PostPermission, may, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import with_own_post
from lti_app.discussion.posts.queries.views import PostRow, PostView, posts_by, view_post
from lti_app.discussion.posts.rules.addresses import address_to_path, ancestor_paths
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.read_state.rules import Sort
from lti_app.discussion.threads.rules import Overview, PostExcerpt
from lti_app.discussion.visibility.queries import (
    READER,
    ViewerKind,
    viewer_kind,
    viewer_values,
)
from lti_app.discussion.visibility.rules import status_of

PAGE_SIZE = 40
"""Posts on one page of a discussion."""
MORE_SIZE = 160
"""Posts that whoever goes on reading gets at once: what a request costs anyway is shared by more of them."""
PLACES = 42
"""In a statement: for a page and what stands above it."""
_NOTHING = StoredRows((), (), ())


Stored = tuple[Any, ...]
"""The row of a post as the database has it; only `view_of` tells what of that the reader may see."""


class PostLine(NamedTuple):
    """What a page knows of each of its posts; what the post says is read only for those who have to render it."""

    id: int
    number: int
    address: str
    depth: int
    group_id: int | None
    is_own: bool
    is_deleted: bool
    is_liked: bool
    """By the reader."""
    is_author: bool
    """Whether the reader wrote it, or imported it."""
    is_asker: bool
    """Whether the reader began its thread."""
    is_personal: bool
    """Whether it looks to the reader as to nobody else: their own posts, and what is meant for one person."""
    row: Stored

    def __repr__(self) -> str:
        """Without what the post says, which is nothing for logs."""
        return f"PostLine(id={self.id}, address={self.address!r})"


@dataclass(frozen=True)
class ThreadPage:
    """A run of posts: thread after thread, each in its own order."""

    lines: tuple[PostLine, ...]
    above: tuple[PostExcerpt, ...]
    """Where the run begins inside a thread: the posts above its first one, the first post first."""
    previous: str | None
    """The address to start from for the posts before these; None at the beginning."""
    next: str | None
    sort: Sort
    counts: dict[int, ThreadCount]
    """By the id of the first post, of the threads that begin here."""
    names: dict[int, str]
    """Of those who write here, by person id, as the actor sees them."""
    circumstances: Circumstances
    """What the reader's permissions depend on, apart from the post."""
    view_of: Callable[[Stored], PostView]

    @cached_property
    def posts(self) -> tuple[PostView, ...]:
        """All that the reader may see of each post."""
        return tuple(self.view_of(line.row) for line in self.lines)


def read_thread(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    circumstances: Circumstances,
    start: str = "",
    sort: Sort = Sort.OLDEST,
    unread: Collection[int] = (),
    goes_on: bool = False,
    outline: Outline | None = None,
) -> ThreadPage:
    """A page of posts from the sort key `start` on (one statement, and those of `get_outline` where it is not known
    from it how the posts stand for the actor).

    Whoever `goes_on` has what stands before, and gets more posts at once, none of them twice.

    `unread` holds the ids of threads with new posts, for the order that puts them first. Near the end the page begins
    earlier so that it is full: a link to the last post shows the posts before it too. Raises what the READ permission
    raises.
    """
    require(actor, PostPermission.READ, circumstances)
    outline = outline or get_outline(session, actor, discussion).outline
    size = MORE_SIZE if goes_on else PAGE_SIZE
    cut = outline.cut(sort, unread, size, start=start, is_full=not goes_on)
    above = outline.find(ancestor_paths(cut.spots[0].path)) if start and cut.spots else []
    found = _Found(session, actor, discussion, circumstances, (*above, *cut.spots))
    return ThreadPage(
        lines=found.lines(cut.spots),
        above=tuple(map(_excerpt, found.views(above))),
        previous=cut.previous,
        next=cut.next,
        sort=sort,
        counts=outline.counts(spot.id for spot in cut.spots),
        names=found.names,
        circumstances=circumstances,
        view_of=found.view_of,
    )


def read_posts(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    addresses: Collection[str],
    *,
    circumstances: Circumstances,
    outline: Outline | None = None,
) -> ThreadPage:
    """Single posts as a page shows them, in thread order (the statements of `read_thread`). First posts come with the
    counts of their threads. What the actor may not see is left out. Raises what the READ permission raises.
    """
    require(actor, PostPermission.READ, circumstances)
    outline = outline or get_outline(session, actor, discussion).outline
    spots = outline.find(sorted(path for address in addresses if (path := address_to_path(address))))
    found = _Found(session, actor, discussion, circumstances, spots)
    return ThreadPage(
        lines=found.lines(spots),
        above=(),
        previous=None,
        next=None,
        sort=Sort.OLDEST,
        counts=outline.counts(spot.id for spot in spots),
        names=found.names,
        circumstances=circumstances,
        view_of=found.view_of,
    )


class _Found:
    """The posts at some places, as the database has them for the actor (one statement; none for no places)."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        discussion: DiscussionView,
        circumstances: Circumstances,
        spots: Sequence[Spot],
    ) -> None:
        self._actor, self._discussion, self._circumstances = actor, discussion, circumstances
        self._stored = _NOTHING
        if spots:
            statement, ids = _chosen(viewer_kind(actor, discussion), [spot.id for spot in spots])
            self._stored = fetch_stored(session, statement, {**viewer_values(actor, discussion), **ids})
        placed = _placed_columns(self._stored.names)
        self._rows = {row.id: (row, stored) for stored in self._stored.raw if (row := placed(stored))}
        self.names = {row.author_id: row.author for row, _ in self._rows.values() if row.byline is None}

    def lines(self, spots: Iterable[Spot]) -> tuple[PostLine, ...]:
        return tuple([_line(*self._rows[spot.id], self._actor) for spot in spots if spot.id in self._rows])

    def views(self, spots: Iterable[Spot]) -> list[PostView]:
        return [self.view_of(self._rows[spot.id][1]) for spot in spots if spot.id in self._rows]

    def view_of(self, stored: Stored) -> PostView:
        row: PostRow = self._stored.read(stored)
        return view_post(row, discussion=self._discussion, actor=self._actor, c=self._circumstances)


class _PlacedRow(NamedTuple):
    """The columns that say where a post stands and whose it is: numbers, texts, and moments of which it only counts
    whether they are there, so that they need no conversion.
    """

    id: int
    number: int
    address: str
    depth: int
    group_id: int | None
    author_id: int
    author: str
    byline: str | None
    private_to_id: int | None
    held_at: Any
    hidden_at: Any
    deleted_at: Any
    is_liked: Any
    asked_by: int | None


@lru_cache(maxsize=8)
def _placed_columns(names: tuple[str, ...]) -> Callable[[Stored], _PlacedRow]:
    """These columns of a row whose columns have these names."""
    chosen = itemgetter(*(names.index(name) for name in _PlacedRow._fields)) if names else tuple
    return lambda stored: _PlacedRow._make(chosen(stored))


def _line(row: _PlacedRow, stored: Stored, actor: Actor) -> PostLine:
    status, is_author = status_of(row), row.author_id == actor.person_id
    return PostLine(
        row.id,
        row.number,
        row.address,
        row.depth,
        row.group_id,
        is_own=is_author and not status.is_imported,
        is_deleted=status.is_deleted,
        is_liked=bool(row.is_liked),
        is_author=is_author,
        is_asker=row.asked_by == actor.person_id,
        is_personal=status.is_private or (is_author and not status.is_imported),
        row=stored,
    )


def get_overview(session: Session, actor: Actor, discussion: DiscussionView) -> Overview:
    """The numbers of posts and participants, the last post, and what is new, among the posts that exist for the actor.

    Deleted posts, hidden posts and the actor's own posts are not new. Before the gate there are only numbers: nobody is
    named, and no post is new. The statements of `get_outline`.
    """
    at = get_outline(session, actor, discussion)
    activity = replace(at.outline.activity, last_at=at.last_at)
    told = Overview(activity, at.read, at.sort, Unread(), has_opened=at.has_opened)
    if not may(actor, PostPermission.READ, with_own_post(discussion, has_posted=at.has_begun)):
        return told
    unread, named = at.outline.unread(at.read, actor.person_id), replace(activity, last_author=at.last_author)
    return replace(told, activity=named, unread=unread, outline=at.outline)


def _chosen(kind: ViewerKind, post_ids: Sequence[int]) -> tuple[Select[Any], dict[str, int]]:
    """The statement for the posts with these ids, and its values.

    It has places for as many as a page has, and the last id in those that are left: of a statement for any number, a
    new one would be made for each.
    """
    places = ceil(len(post_ids) / PLACES) * PLACES
    last = len(post_ids) - 1
    return _of_places(kind, places), {f"id_{nth}": post_ids[min(nth, last)] for nth in range(places)}


@cache
def _of_places(kind: ViewerKind, places: int) -> Select[Any]:
    """The posts with that many ids, as a viewer of this kind sees them."""
    liked = select(literal(1)).where(Like.post_id == Post.id, Like.person_id == READER).exists().label("is_liked")
    return posts_by(kind, Post.id.in_([bindparam(f"id_{nth}") for nth in range(places)])).add_columns(liked)


def _excerpt(post: PostView) -> PostExcerpt:
    return PostExcerpt(post.id, post.path, post.address, post.author, post.html, post.is_deleted or not post.html)
