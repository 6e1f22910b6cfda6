"""What one can ask about posts: one post by its gate, what its author wrote, who may see which."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, false, func, inspect, select
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries import DiscussionView
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.access import Circumstances, Permission, may, permitted, require, with_post
from lti_app.discussion.posts.models import (
    DISCUSSION,
    READER,
    Post,
    Revision,
    Sight,
    author_by,
    elsewhere,
    shown_author,
    sight_of,
    values_of,
    visible,
    visible_by,
)
from lti_app.discussion.posts.rules import Format

_ROOT = alias_of(Post)
_OWN = alias_of(Post)

PostRow = Row[*tuple[Any, ...]]
"""What `select_posts` asks for: a post's columns but its text, `author`, the name it is shown under, `is_elsewhere`,
whether it belongs to a group that the reader has left, and of the first post above it `root_locked_at`, when its thread
was closed, and `asked_by`, who began it. Rows of columns cost a page a good deal less than objects that watch for
changes."""
_COLUMNS = tuple(getattr(Post, column.key) for column in inspect(Post).columns if column.key != "text")


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
    """Empty for a tombstone, and for those who may not see a hidden post."""
    words: int
    reply_count: int
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool
    deleted_by_author: bool
    root_id: int
    """Its own id for a first post."""
    group_id: int | None
    number: int
    """The nth post of the discussion in the order of writing."""
    descendants: int
    latest_at: datetime
    title: str
    move: Move | None
    reading_ids: tuple[int, ...]
    """The readings that it cites, each once."""
    attachments: tuple[Any, ...]
    """Of each file below it: id, name, type, size and slug."""
    quotes: tuple[Any, ...]
    appreciations: int
    is_announcement: bool
    private_to_id: int | None
    """The only person who sees it besides its author and staff."""
    is_pinned: bool
    is_exemplary: bool
    is_accepted: bool
    is_locked: bool
    """Whether its thread is closed."""
    is_imported: bool
    is_hidden: bool
    hidden_reason: str
    is_held: bool
    held_reasons: tuple[str, ...]
    can_reply: bool
    can_edit: bool
    can_delete: bool
    deeds: frozenset[Permission]
    """All that the actor may do with it."""

    @property
    def is_marked(self) -> bool:
        """Whether its heading says more of it than who wrote it and when."""
        told = (self.move, self.is_announcement, self.is_pinned, self.is_accepted, self.is_exemplary, self.is_locked)
        return any(told) or any((self.is_imported, self.is_hidden, self.is_held, self.private_to_id))

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
    title: str
    format: Format
    text: str
    html: str
    version: int
    move: Move | None
    attachments: tuple[Any, ...]


@dataclass(frozen=True)
class Version:
    """What a post said from one moment on."""

    number: int
    title: str
    text: str
    """Its words, of rich text as one would have typed them."""
    words: int
    written_at: datetime


def circumstances_of(session: Session, actor: Actor, discussion: DiscussionView) -> Circumstances:
    """What the actor's permissions on this discussion's posts depend on (one statement, none for staff)."""
    has_posted = not actor.is_staff and bool(session.scalar(select(_HAS_POSTED), values_of(actor, discussion)))
    return _circumstances(discussion, has_posted=has_posted)


def _circumstances(discussion: DiscussionView, *, has_posted: bool) -> Circumstances:
    return Circumstances(state=discussion.state, post_first=discussion.post_first, has_posted=has_posted)


def own_first_post(actor: Actor, discussion: DiscussionView) -> Select[int]:
    """The first post of the actor's own that opens the gate to those of others."""
    return _own_first_post(actor.person_id, discussion.id)


def _own_first_post(author: int | BindParameter[int], discussion: int | BindParameter[int]) -> Select[int]:
    own = (_OWN.discussion_id == discussion, _OWN.author_id == author)
    stands = (_OWN.parent_id.is_(None), _OWN.split_from_id.is_(None), _OWN.deleted_at.is_(None))
    return select(_OWN.id).where(*own, *stands).limit(1)


_HAS_POSTED = _own_first_post(READER, DISCUSSION).exists()
"""Whether the reader has begun a thread of their own here; of staff nobody asks."""


@cache
def _one_post(sight: Sight) -> Select[Any]:
    has_posted = false() if sight.is_staff else _HAS_POSTED
    return posts_by(sight, Post.id == bindparam("post_id")).add_columns(has_posted.label("has_posted"))


def get_post(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, need: Permission) -> PostView:
    """The gate to one post of this discussion; raises NotFound, or what the permission raises.

    A post that the actor may not even read does not exist for them.
    """
    values = {**values_of(actor, discussion), "post_id": post_id}
    row = session.execute(_one_post(sight_of(actor, discussion)), values).one_or_none()
    if row is None:
        raise NotFound
    circumstances = _circumstances(discussion, has_posted=row.has_posted)
    if not may(actor, Permission.READ, circumstances) and row.author_id != actor.person_id:
        raise NotFound
    require(actor, need, _of_post(row, discussion, actor, circumstances))
    return view_post(row, discussion, actor, circumstances)


def get_text(session: Session, actor: Actor, discussion: DiscussionView, post_id: int) -> PostText:
    """What the author wrote, to edit it; raises as get_post does."""
    post = get_post(session, actor, discussion, post_id, need=Permission.EDIT)
    source = session.execute(select(Post.format, Post.text, Post.html, Post.version).where(Post.id == post.id)).one()
    return PostText(post.id, discussion.id, post.address, post.title, *source, post.move, post.attachments)


def lock_post(session: Session, post_id: int) -> Post:
    """The row of a post that has passed the gate, as it is now, held until the transaction ends."""
    held = select(Post).where(Post.id == post_id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(held).one()


def read_history(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int
) -> tuple[PostView, tuple[Version, ...]]:
    """A post and all that it has said, the newest first. For its author and staff; for others there is nothing."""
    post = get_post(session, actor, discussion, post_id, need=Permission.READ)
    if not actor.is_staff and not post.is_own:
        raise NotFound
    written_at = func.coalesce(Post.edited_at, Post.created_at)
    now = select(Post.version, Post.title, Post.text, Post.words, written_at).where(Post.id == post.id)
    before = select(Revision.version, Revision.title, Revision.text, Revision.words, Revision.written_at)
    rows = [*session.execute(now), *session.execute(before.where(Revision.post_id == post.id))]
    return post, tuple(sorted((Version(*row) for row in rows), key=lambda version: -version.number))


def find_post_id(session: Session, discussion: DiscussionView, address: str) -> int:
    """The id of the post at an address of this discussion; raises NotFound."""
    found = session.scalar(select(Post.id).where(Post.discussion_id == discussion.id, Post.address == address))
    if found is None:
        raise NotFound
    return found


def select_posts(actor: Actor, discussion: DiscussionView, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Posts of the discussion that exist for the actor, with what `view_post` needs to show them."""
    away = elsewhere(sight_of(actor, discussion), actor.person_id)
    return _posts(shown_author(actor, discussion), away).where(visible(actor, discussion), *conditions)


def posts_by(sight: Sight, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The same for whoever looks so; the statement is run with `values_of` them."""
    return _posts(author_by(sight), elsewhere(sight)).where(visible_by(sight), *conditions)


def _posts(author: ColumnElement[str], away: ColumnElement[bool]) -> Select[Any]:
    above = (away.label("is_elsewhere"), _ROOT.locked_at.label("root_locked_at"), _ROOT.author_id.label("asked_by"))
    return (
        select(*_COLUMNS, author.label("author"), *above)
        .join(Person, Person.id == Post.author_id)
        .outerjoin(_ROOT, _ROOT.id == Post.root_id)
    )


def view_post(row: PostRow, discussion: DiscussionView, actor: Actor, c: Circumstances) -> PostView:
    """A row of `select_posts` as the actor may see it."""
    post = cast("Post", row)  # as far as its columns go
    here = _of_post(row, discussion, actor, c)
    deeds = permitted(actor, here)
    can_see = not here.is_deleted and (not here.is_hidden or here.is_author or actor.is_staff)
    return PostView(
        id=post.id,
        path=post.path,
        address=post.address,
        depth=post.depth,
        parent_id=post.parent_id,
        author_id=post.author_id,
        author=row.author,
        by_staff=post.by_staff and not here.is_imported,
        is_own=here.is_author and not here.is_imported,
        html=post.html if can_see else "",
        words=post.words,
        reply_count=post.reply_count,
        created_at=post.created_at,
        edited_at=post.edited_at,
        is_deleted=here.is_deleted,
        deleted_by_author=here.is_deleted and post.deleted_by_id == post.author_id,
        root_id=post.root_id or post.id,
        group_id=post.group_id,
        number=post.number,
        descendants=post.descendants,
        latest_at=post.latest_at,
        title=post.title if can_see else "",
        move=post.move,
        reading_ids=tuple(post.reading_ids) if can_see else (),
        attachments=tuple(post.attachments) if can_see else (),
        quotes=tuple(post.quotes) if can_see else (),
        appreciations=post.appreciations,
        is_announcement=post.announcement,
        private_to_id=post.private_to_id,
        is_pinned=post.pinned_at is not None,
        is_exemplary=post.exemplary_at is not None,
        is_accepted=post.accepted_at is not None,
        is_locked=here.is_locked,
        is_imported=here.is_imported,
        is_hidden=here.is_hidden,
        hidden_reason=post.hidden_reason if can_see else "",
        is_held=post.held_at is not None,
        held_reasons=tuple(post.held_reasons),
        can_reply=Permission.REPLY in deeds,
        can_edit=Permission.EDIT in deeds,
        can_delete=Permission.DELETE in deeds,
        deeds=deeds,
    )


def _of_post(row: PostRow, discussion: DiscussionView, actor: Actor, c: Circumstances) -> Circumstances:
    above = {"root_locked_at": row.root_locked_at, "asked_by": row.asked_by, "is_elsewhere": row.is_elsewhere}
    return with_post(c, cast("Post", row), actor=actor, discussion=discussion, **above)
