"""Reading a discussion: its threads in the reader's order, page by page; new posts; the last activity."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from lti_app.core.db import SortPath, alias_of, fetch_rows, is_listed
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.answers.queries import asks_for_answer, is_answered
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.access import Circumstances, PostPermission, may, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import has_posted, with_own_post
from lti_app.discussion.posts.queries.views import PostRow, PostView, posts_by, view_post
from lti_app.discussion.posts.rules.addresses import address_to_path, ancestor_paths
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.read_state.rules import PostNumbers, Sort
from lti_app.discussion.threads.rules import Activity, Cut, Overview, PostExcerpt, ThreadCount, ThreadSpot, cut_page
from lti_app.discussion.visibility.queries import (
    DISCUSSION,
    READER,
    ViewerKind,
    author_name_for,
    says_something,
    viewer_kind,
    viewer_values,
    visible_of,
    visible_to,
)
from lti_app.discussion.visibility.rules import status_of

PAGE_SIZE = 40
"""Posts on one page of a discussion."""
MORE_SIZE = 120
"""Posts that whoever goes on reading gets at once: what a request costs anyway is shared by more of them."""
_LAST = alias_of(Post)
"""Made once: an alias for each request would cost more than its statement."""
_ROOT_ID = func.coalesce(Post.root_id, Post.id)


@dataclass(frozen=True, slots=True)
class PostLine:
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
    row: PostRow = field(repr=False)
    """What the database has of it; only `view_of` tells what of that the reader may see."""


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
    view_of: Callable[[PostRow], PostView]

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
) -> ThreadPage:
    """A page of posts from the sort key `start` on: one statement for the first page, two for any other.

    Whoever `goes_on` has what stands before, and gets more posts at once, none of them twice.

    `unread` holds the ids of threads with new posts, for the order that puts them first. Near the end the page begins
    earlier so that it is full: a link to the last post shows the posts before it too. Raises what the READ permission
    raises.
    """
    require(actor, PostPermission.READ, circumstances)
    kind, values = viewer_kind(actor, discussion), viewer_values(actor, discussion)
    order = {**values, "unread": ",".join(map(str, unread))} if sort is Sort.UNREAD else values
    found: Sequence[Any] = ()
    size = MORE_SIZE if goes_on else PAGE_SIZE
    if start:
        around = {**order, "start": start, "root": start.partition(".")[0]}
        spots = fetch_rows(session, _around(kind, sort, size), around)
        cut = cut_page([ThreadSpot(*row) for row in spots], size, is_full=not goes_on)
        if cut.spots:
            found = fetch_rows(session, _chosen(kind), {**values, **_named(cut.spots)})
    else:
        found = fetch_rows(session, _beginning(kind, sort), order)
        cut = cut_page([_spot(row) for row in found], PAGE_SIZE)
    rows = {row.id: row for row in found}
    view_of = partial(view_post, discussion=discussion, actor=actor, c=circumstances)
    return ThreadPage(
        lines=tuple(_line(rows[spot.id], actor) for spot in cut.spots),
        above=_excerpts(rows.values(), view_of, cut) if start else (),
        previous=cut.previous,
        next=cut.next,
        sort=sort,
        counts={
            row.id: ThreadCount(row.replies, row.participants, row.newest_at)
            for row in found
            if row.replies is not None
        },
        names={row.author_id: row.author for row in found if row.byline is None},
        circumstances=circumstances,
        view_of=view_of,
    )


def read_posts(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    addresses: Collection[str],
    *,
    circumstances: Circumstances,
) -> ThreadPage:
    """Single posts as a page shows them, in thread order: one statement. First posts come with the counts of their
    threads. What the actor may not see is left out. Raises what the READ permission raises.
    """
    require(actor, PostPermission.READ, circumstances)
    kind = viewer_kind(actor, discussion)
    paths = [path for address in addresses if (path := address_to_path(address))]
    values = {**viewer_values(actor, discussion), "paths": paths}
    found = fetch_rows(session, _singled_out(kind), values)
    return ThreadPage(
        lines=tuple(_line(row, actor) for row in found),
        above=(),
        previous=None,
        next=None,
        sort=Sort.OLDEST,
        counts={
            row.id: ThreadCount(row.replies, row.participants, row.newest_at)
            for row in found
            if row.replies is not None
        },
        names={row.author_id: row.author for row in found if row.byline is None},
        circumstances=circumstances,
        view_of=partial(view_post, discussion=discussion, actor=actor, c=circumstances),
    )


def _line(row: PostRow, actor: Actor) -> PostLine:
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
        row=row,
    )


def get_overview(session: Session, actor: Actor, discussion: DiscussionView) -> Overview:
    """The numbers of posts and participants, the last post, and what is new, among the posts that exist for the actor.

    Deleted posts, hidden posts and the actor's own posts are not new. Before the gate there are only numbers: nobody is
    named, and no post is new. One statement.
    """
    values = {**viewer_values(actor, discussion)}
    row = session.connection().execute(_overview(viewer_kind(actor, discussion)), values).one()
    *facts, read, sort, has_opened, candidates, has_begun = row
    first_posts, replies, participants, last_author, last_at, asking, answered, *named = facts
    moves = {move: count for move, count in zip(Move, named, strict=True) if count}
    numbers = PostNumbers.from_bytes(read or b"")
    if not may(actor, PostPermission.READ, with_own_post(discussion, has_posted=bool(has_begun))):
        last_author = candidates = ""
    activity = Activity(first_posts, replies, participants, last_author or "", last_at, moves, asking, answered)
    unread = _unread(candidates or "", numbers)
    return Overview(activity, numbers, sort, unread, has_opened=bool(has_opened))


def _unread(candidates: str, read: PostNumbers) -> dict[int, tuple[int, ...]]:
    """Those of "thread:number …" that are unread, by thread."""
    found: dict[int, list[int]] = {}
    for candidate in candidates.split():
        thread, _, number = candidate.partition(":")
        if int(number) not in read:
            found.setdefault(int(thread), []).append(int(number))
    return {thread: tuple(sorted(numbers)) for thread, numbers in found.items()}


@cache
def _overview(kind: ViewerKind) -> Select[Any]:
    stands = and_(visible_to(Post, kind), says_something(Post))
    # What was brought in says when it was written, perhaps years ago: it is the last only where nobody wrote here.
    newest = func.coalesce(_newest(stands, Post.byline.is_(None)), _newest(stands))
    of_last = (_LAST.discussion_id == DISCUSSION, _LAST.number == newest, Person.id == _LAST.author_id)
    own = (ReadState.person_id == READER, ReadState.discussion_id == DISCUSSION)
    read_to = func.coalesce(select(ReadState.all_to).where(*own).scalar_subquery(), 0)
    place = sql_cast(_ROOT_ID, String) + ":" + sql_cast(Post.number, String)
    return select(
        func.count().filter(Post.parent_id.is_(None)),
        func.count().filter(Post.parent_id.is_not(None)),
        func.count(Post.author_id.distinct()).filter(Post.byline.is_(None)) + _named_authors(Post.byline),
        select(author_name_for(_LAST, kind)).where(*of_last).scalar_subquery(),
        select(_LAST.created_at).where(*of_last[:2]).scalar_subquery(),
        func.count().filter(asks_for_answer()),
        func.count().filter(asks_for_answer(), is_answered()),
        *(func.count().filter(Post.move == move) for move in Move),
        select(ReadState.numbers).where(*own).scalar_subquery(),
        select(ReadState.sort).where(*own).scalar_subquery(),
        select(literal(1)).where(*own).scalar_subquery(),
        func.aggregate_strings(place, " ").filter(Post.number > read_to, Post.author_id != READER),
        has_posted(kind),
    ).where(stands)


def _newest(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """The number of the newest post for which all this holds: found from the end, without going through all."""
    return select(Post.number).where(*conditions).order_by(Post.number.desc()).limit(1).scalar_subquery()


def _in_order(kind: ViewerKind, sort: Sort) -> CTE:
    """The threads with the place that each has in an order."""
    leading = case((or_(Post.pinned_at.is_not(None), Post.announcement), 0), else_=1)
    has_news = case((is_listed(Post.id, bindparam("unread", type_=String)), 0), else_=1)
    newest = (Post.latest_at.desc(), Post.latest_number.desc())
    orders: dict[Sort, tuple[Any, ...]] = {
        Sort.UNREAD: (has_news, *newest),
        Sort.OLDEST: (Post.path,),
        Sort.NEWEST: newest,
        Sort.REPLIED: (Post.descendants.desc(), Post.path),
    }
    place = func.row_number().over(order_by=[leading, *orders[sort]])
    threads = select(Post.id, Post.path, Post.address, leading.label("leading"), place.label("place"))
    return threads.where(visible_to(Post, kind), Post.parent_id.is_(None)).cte("threads")


def _in_threads(kind: ViewerKind, threads: CTE) -> Subquery:
    """The posts of those threads, each with its thread's place.

    Replies are found by the ids of their threads, as a list that is joined only for the places: joined by their paths,
    PostgreSQL would compare each post with each thread; joined by ids, SQLite would begin with all posts there are.
    """
    at = threads.c
    first = select(at.id, at.id.label("root_id"), at.path, at.address, at.place)
    replies = (
        select(Post.id, Post.root_id, Post.path, Post.address, at.place)
        .outerjoin(threads, at.id == Post.root_id)
        .where(Post.root_id.in_(select(at.id)), visible_of(Post, kind))
    )
    return union_all(first, replies).subquery()


@cache
def _beginning(kind: ViewerKind, sort: Sort) -> Select[Any]:
    """The posts of the first page, and one more."""
    ordered, most = _in_order(kind, sort), PAGE_SIZE + 1
    spots = _in_threads(kind, select(ordered).order_by(ordered.c.place).limit(most).cte("first_threads"))
    page = select(spots).order_by(spots.c.place, spots.c.path).limit(most).cte("page")
    # Asked for by a list and joined only for their places: else SQLite would begin with all posts.
    posts = posts_by(kind, Post.id.in_(select(page.c.id))).outerjoin(page, page.c.id == Post.id)
    return _counted(kind, posts, select(page.c.root_id)).order_by(page.c.place, Post.path)


@cache
def _around(kind: ViewerKind, sort: Sort, size: int) -> Select[Any]:
    """The spots from `start` on for a page and one more, and before it for two pages, in the order of reading.

    A thread that does not exist is where it would stand in thread order, and before all in other orders."""
    threads = _in_order(kind, sort)
    start, root = (bindparam(name, type_=SortPath) for name in ("start", "root"))
    that = select(threads.c.place).where(threads.c.path == root).scalar_subquery()
    later = select(func.min(threads.c.place)).where(threads.c.path > root, threads.c.leading == 1).scalar_subquery()
    end = select(func.count() + 1).select_from(threads).scalar_subquery()
    where = func.coalesce(that, later, end) if sort is Sort.OLDEST else func.coalesce(that, 0)
    here = select(select(where.label("place")).cte("here").c.place).scalar_subquery()
    most = size + 1
    nearby = threads.c.place.between(here - 2 * size, here + most)
    near = _in_threads(kind, select(threads).where(nearby).cte("near"))
    place, path = near.c.place, near.c.path
    is_before = or_(place < here, and_(place == here, path < start))
    after = select(near).where(not_(is_before)).order_by(place, path).limit(most)
    before = select(near).where(is_before).order_by(place.desc(), path.desc()).limit(2 * size)
    parts = [
        select(
            *(part.c[name] for name in ("id", "root_id", "path", "address", "place")), literal(flag).label("is_before")
        )
        for part, flag in ((after.subquery(), False), (before.subquery(), True))
    ]
    both = union_all(*parts).subquery()
    return select(both.c.id, both.c.root_id, both.c.path, both.c.address, both.c.is_before).order_by(
        both.c.place, both.c.path
    )


def _named(spots: Sequence[ThreadSpot]) -> dict[str, object]:
    """The values with which `_chosen` is run for these spots."""
    return {
        "ids": [spot.id for spot in spots],
        "above": ancestor_paths(spots[0].path),
        "roots": list({spot.root_id for spot in spots}),
    }


@cache
def _chosen(kind: ViewerKind) -> Select[Any]:
    """The posts at some spots, and those above the first."""
    here = (Post.discussion_id == DISCUSSION, Post.path.in_(_any_of("above")))
    wanted = or_(Post.id.in_(_any_of("ids")), Post.id.in_(select(Post.id).where(*here)))
    return _counted(kind, posts_by(kind, wanted), select(Post.id).where(Post.id.in_(_any_of("roots"))))


@cache
def _singled_out(kind: ViewerKind) -> Select[Any]:
    """The posts of a discussion at some paths."""
    at = select(Post.id).where(Post.discussion_id == DISCUSSION, Post.path.in_(_any_of("paths")))
    return _counted(kind, posts_by(kind, Post.id.in_(at)), at.where(Post.parent_id.is_(None))).order_by(Post.path)


def _any_of(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


def _counted(kind: ViewerKind, posts: Any, roots: Select[int]) -> Select[Any]:
    """Add to the query, for the first posts among `roots`, the counts of their threads."""
    said = (visible_of(Post, kind), says_something(Post))
    parts = (Post.parent_id, Post.author_id, Post.byline, Post.created_at)
    members = union_all(
        select(Post.id, *parts).where(Post.id.in_(roots), *said),
        select(Post.root_id, *parts).where(Post.root_id.in_(roots), *said),
    ).subquery()
    own_participants = func.count(members.c.author_id.distinct()).filter(members.c.byline.is_(None))
    counts = (
        select(
            members.c.id,
            func.count(members.c.parent_id).label("replies"),
            (own_participants + _named_authors(members.c.byline)).label("participants"),
            func.max(members.c.created_at).label("newest_at"),
        )
        .group_by(members.c.id)
        .subquery()
    )
    liked = select(literal(1)).where(Like.post_id == Post.id, Like.person_id == READER).exists().label("is_liked")
    columns = (counts.c.replies, counts.c.participants, counts.c.newest_at, liked)
    counted: Select[Any] = posts.outerjoin(counts, counts.c.id == Post.id).add_columns(*columns)
    return counted


def _named_authors(byline: Any) -> ColumnElement[int]:
    """How many people have written the imported posts, as far as they are named: nobody is counted who is not."""
    return func.count(func.nullif(byline, "").distinct())


def _spot(post: PostRow) -> ThreadSpot:
    return ThreadSpot(post.id, post.root_id or post.id, post.path, post.address, is_before=False)


def _excerpts(rows: Iterable[PostRow], view_of: Callable[[PostRow], PostView], cut: Cut) -> tuple[PostExcerpt, ...]:
    """What stands above the first post of the page, the first post first."""
    above = ancestor_paths(cut.spots[0].path) if cut.spots else []
    posts = sorted((view_of(row) for row in rows if row.path in above), key=lambda view: view.path)
    return tuple(
        PostExcerpt(post.id, post.path, post.address, post.author, post.html, post.is_deleted or not post.html)
        for post in posts
    )
