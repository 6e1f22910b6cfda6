"""What one can ask about posts: the thread by pages, one post by its gate, counts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from lti_app.core.errors import NotFound
from lti_app.courses.rules import Actor
from lti_app.discussions.queries import DiscussionView
from lti_app.people.models import Person
from lti_app.posts.access import Circumstances, Permission, may, require
from lti_app.posts.models import Post
from lti_app.posts.rules import MAX_DEPTH, ancestor_paths

PAGE_SIZE = 40
"""Posts on one page of a discussion."""
_LAST = aliased(Post)
"""Made once: an alias for each request would cost more than its statement."""


@dataclass(frozen=True)
class PostView:
    """A post as the actor may see it."""

    id: int
    path: str
    address: str
    depth: int
    parent_id: int | None
    author_id: int
    author: str
    by_staff: bool
    is_own: bool
    html: str
    """Empty for a tombstone."""
    words: int
    reply_count: int
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool
    deleted_by_author: bool
    can_reply: bool
    can_edit: bool
    can_delete: bool

    @property
    def parent_address(self) -> str:
        """The address of the post that this one answers; empty for a first post."""
        return self.address.rpartition(".")[0]


@dataclass(frozen=True)
class PostText:
    """A post as its author edits it."""

    id: int
    discussion_id: int
    address: str
    text: str
    version: int


@dataclass(frozen=True)
class PostBrief:
    """One line of context about a post."""

    id: int
    path: str
    address: str
    author: str
    html: str
    is_deleted: bool


@dataclass(frozen=True)
class ThreadPage:
    """A run of posts in thread order."""

    posts: tuple[PostView, ...]
    above: tuple[PostBrief, ...]
    """Where the run begins inside a thread: the posts above its first one, the first post first."""
    previous: str | None
    """The address to start from for the posts before these; None at the beginning."""
    next: str | None


@dataclass(frozen=True)
class Activity:
    """What the line under a discussion's title tells."""

    first_posts: int
    replies: int
    voices: int
    last_author: str
    last_at: datetime | None


def circumstances_of(session: Session, actor: Actor, discussion: DiscussionView) -> Circumstances:
    """What the actor's permissions on this discussion's posts depend on (one statement, none for staff)."""
    has_posted = not actor.is_staff and bool(
        session.scalar(
            select(Post.id)
            .where(
                Post.discussion_id == discussion.id,
                Post.author_id == actor.person_id,
                Post.parent_id.is_(None),
                Post.deleted_at.is_(None),
            )
            .limit(1)
        )
    )
    return Circumstances(state=discussion.state, post_first=discussion.post_first, has_posted=has_posted)


def read_thread(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    *,
    circumstances: Circumstances,
    start: str = "",
) -> ThreadPage:
    """A page of posts from the sort key `start` on, in thread order; four statements however long the thread.

    Near the end it begins earlier, so that the page is full: whoever is sent to the last post sees others too.
    Raises what the READ permission raises.
    """
    require(actor, Permission.READ, circumstances)
    begin = _begin_of_full_page(discussion.id, start) if start else start
    rows = session.execute(
        _posts(Post.discussion_id == discussion.id, Post.path >= begin).order_by(Post.path).limit(PAGE_SIZE + 1)
    ).all()
    shown = rows[:PAGE_SIZE]
    first = shown[0][0].path if shown else start
    return ThreadPage(
        posts=tuple(_view(row, actor, circumstances) for row in shown),
        above=_briefs(session, discussion.id, ancestor_paths(first)) if "." in first else (),
        previous=_previous(session, discussion.id, first) if first > "0001" else None,
        next=rows[PAGE_SIZE][0].address if len(rows) > PAGE_SIZE else None,
    )


def get_post(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, need: Permission) -> PostView:
    """The gate to one post of this discussion; raises NotFound, or what the permission raises.

    A post that the actor may not even read does not exist for them.
    """
    circumstances = circumstances_of(session, actor, discussion)
    row = session.execute(_posts(Post.discussion_id == discussion.id, Post.id == post_id)).one_or_none()
    if row is None:
        raise NotFound
    if not may(actor, Permission.READ, circumstances) and row[0].author_id != actor.person_id:
        raise NotFound
    require(actor, need, _of_post(row, actor, circumstances))
    return _view(row, actor, circumstances)


def get_text(session: Session, actor: Actor, discussion: DiscussionView, post_id: int) -> PostText:
    """What the author wrote, to edit it; raises as get_post does."""
    post = get_post(session, actor, discussion, post_id, need=Permission.EDIT)
    text, version = session.execute(select(Post.text, Post.version).where(Post.id == post.id)).one()
    return PostText(post.id, discussion.id, post.address, text, version)


def find_post_id(session: Session, discussion: DiscussionView, address: str) -> int:
    """The id of the post at an address of this discussion; raises NotFound."""
    found = session.scalar(select(Post.id).where(Post.discussion_id == discussion.id, Post.address == address))
    if found is None:
        raise NotFound
    return found


def get_activity(session: Session, discussion: DiscussionView) -> Activity:
    """How many posts and voices there are and who wrote last (one statement)."""
    stands = and_(Post.discussion_id == discussion.id, Post.deleted_at.is_(None))
    newest = select(func.max(Post.id)).where(stands).scalar_subquery()
    of_last = (_LAST.id == newest, Person.id == _LAST.author_id)
    row = session.execute(
        select(
            func.count().filter(Post.parent_id.is_(None)),
            func.count().filter(Post.parent_id.is_not(None)),
            func.count(Post.author_id.distinct()),
            select(Person.name).where(*of_last).scalar_subquery(),
            select(_LAST.created_at).where(_LAST.id == newest).scalar_subquery(),
        ).where(stands)
    ).one()
    first_posts, replies, voices, last_author, last_at = row
    return Activity(first_posts, replies, voices, last_author or "", last_at)


def _posts(*conditions: ColumnElement[bool]) -> Select[Post, str]:
    return select(Post, Person.name).join(Person, Person.id == Post.author_id).where(*conditions)


def _of_post(row: Row[Post, str], actor: Actor, c: Circumstances) -> Circumstances:
    post = row[0]
    return Circumstances(
        state=c.state,
        post_first=c.post_first,
        has_posted=c.has_posted,
        is_author=post.author_id == actor.person_id,
        is_deleted=post.deleted_at is not None,
        is_deepest=post.depth >= MAX_DEPTH,
    )


def _view(row: Row[Post, str], actor: Actor, circumstances: Circumstances) -> PostView:
    post, author = row
    here = _of_post(row, actor, circumstances)
    return PostView(
        id=post.id,
        path=post.path,
        address=post.address,
        depth=post.depth,
        parent_id=post.parent_id,
        author_id=post.author_id,
        author=author,
        by_staff=post.by_staff,
        is_own=here.is_author,
        html="" if here.is_deleted else post.html,
        words=post.words,
        reply_count=post.reply_count,
        created_at=post.created_at,
        edited_at=post.edited_at,
        is_deleted=here.is_deleted,
        deleted_by_author=here.is_deleted and post.deleted_by_id == post.author_id,
        can_reply=may(actor, Permission.REPLY, here),
        can_edit=may(actor, Permission.EDIT, here),
        can_delete=may(actor, Permission.DELETE, here),
    )


def _briefs(session: Session, discussion_id: int, paths: list[str]) -> tuple[PostBrief, ...]:
    rows = session.execute(_posts(Post.discussion_id == discussion_id, Post.path.in_(paths)).order_by(Post.path))
    return tuple(
        PostBrief(post.id, post.path, post.address, author, "" if post.deleted_at else post.html, bool(post.deleted_at))
        for post, author in rows
    )


def _begin_of_full_page(discussion_id: int, start: str) -> ColumnElement[str]:
    """`start`, or the sort key from which the last full page begins where that is earlier."""
    own = Post.discussion_id == discussion_id
    last_page = select(Post.path).where(own).order_by(Post.path.desc()).offset(PAGE_SIZE - 1).limit(1).scalar_subquery()
    last_begin = func.coalesce(last_page, "")
    return case((last_begin < start, last_begin), else_=start)


def _previous(session: Session, discussion_id: int, first: str) -> str | None:
    """The address that the page before `first` begins with."""
    run = (
        select(Post.path, Post.address)
        .where(Post.discussion_id == discussion_id, Post.path < first)
        .order_by(Post.path.desc())
        .limit(PAGE_SIZE)
        .subquery()
    )
    return session.scalar(select(run.c.address).order_by(run.c.path).limit(1))
