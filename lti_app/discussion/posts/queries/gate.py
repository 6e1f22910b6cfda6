"""The gate to one post, and what permissions on posts depend on."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, select, true
from sqlalchemy.orm import Session

from lti_app.core.db import alias_of
from lti_app.core.errors import NotFound
from lti_app.core.statements import fetch_row, fetch_tuples
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.access import Circumstances, PostPermission, may, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.views import PostView, circumstances_of_post, posts_by, view_post
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.visibility.queries import DISCUSSION, READER, ViewerKind, opens_gate, viewer_kind, viewer_values

_OWN = alias_of(Post)


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


def circumstances_of(session: Session, actor: Actor, discussion: DiscussionView) -> Circumstances:
    """What the actor's permissions on this discussion's posts depend on (one statement, none for staff)."""
    if actor.is_staff:
        return with_own_post(discussion, has_posted=False)
    [(has_posted,)] = fetch_tuples(session, _ASKED_IF_POSTED, viewer_values(actor, discussion))
    return with_own_post(discussion, has_posted=bool(has_posted))


def with_own_post(discussion: DiscussionView, *, has_posted: bool) -> Circumstances:
    """The same, where it is known whether the actor has begun a thread here."""
    return Circumstances(state=discussion.state, post_first=discussion.post_first, has_posted=has_posted)


def own_first_post(actor: Actor, discussion: DiscussionView) -> Select[int]:
    """The first post of the actor's own that opens the gate to those of others."""
    return _own_first_post(actor.person_id, discussion.id)


def has_posted_as(reader: ColumnElement[int], discussion: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether somebody has begun a thread, where other columns of the statement say who and where."""
    return _own_first_post(reader, discussion).exists().label("has_posted")


def _own_first_post(author: int | ColumnElement[int], discussion: int | ColumnElement[int]) -> Select[int]:
    return select(_OWN.id).where(_OWN.discussion_id == discussion, opens_gate(_OWN, author)).limit(1)


_HAS_POSTED = _own_first_post(READER, DISCUSSION).exists()
"""Whether the reader has a first post here. It is not asked for staff."""
_ASKED_IF_POSTED = select(_HAS_POSTED)


def has_posted(kind: ViewerKind) -> ColumnElement[bool]:
    """Whether a viewer of this kind has begun a thread, as a column of a statement run with `viewer_values`."""
    return (false() if kind.is_staff else _HAS_POSTED).label("has_posted")


def is_gate_open(actor: Actor, discussion: DiscussionView) -> ColumnElement[bool]:
    """Whether the actor may read posts of others here, as a condition of a statement."""
    before, after = may_read(actor, discussion)
    if before:
        return true()
    return own_first_post(actor, discussion).exists() if after else false()


def may_read(actor: Actor, discussion: DiscussionView) -> tuple[bool, bool]:
    """Whether the actor may read posts of others here: before they have begun a thread, and after."""
    before, after = (with_own_post(discussion, has_posted=posted) for posted in (False, True))
    return may(actor, PostPermission.READ, before), may(actor, PostPermission.READ, after)


@cache
def _one_post(kind: ViewerKind) -> Select[Any]:
    return posts_by(kind, Post.id == bindparam("post_id")).add_columns(has_posted(kind))


def get_post(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, need: PostPermission
) -> PostView:
    """The gate to one post of this discussion; raises NotFound, or what the permission raises.

    A post that the actor may not even read does not exist for them.
    """
    values = {**viewer_values(actor, discussion), "post_id": post_id}
    row = fetch_row(session, _one_post(viewer_kind(actor, discussion)), values)
    if row is None:
        raise NotFound
    circumstances = with_own_post(discussion, has_posted=row.has_posted)
    if not may(actor, PostPermission.READ, circumstances) and row.author_id != actor.person_id:
        raise NotFound
    require(actor, need, circumstances_of_post(row, discussion, actor, circumstances))
    return view_post(row, discussion, actor, circumstances)


def get_text(session: Session, actor: Actor, discussion: DiscussionView, post_id: int) -> PostText:
    """The text of a post for its author to edit; raises what `get_post` raises."""
    post = get_post(session, actor, discussion, post_id, need=PostPermission.EDIT)
    source = session.execute(select(Post.format, Post.text, Post.html, Post.version).where(Post.id == post.id)).one()
    return PostText(post.id, discussion.id, post.address, post.title, *source, post.move, post.attachments)


def lock_post(session: Session, post: PostView) -> Post:
    """The current row of a post that `get_post` has returned, locked until the transaction ends."""
    held = select(Post).where(Post.id == post.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(held).one()
