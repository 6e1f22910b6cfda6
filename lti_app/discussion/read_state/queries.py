"""New posts in a discussion while a person has it open."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import Circumstances, PostPermission, require
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import circumstances_of, own_first_post
from lti_app.discussion.read_state.models import ReadState
from lti_app.discussion.read_state.rules import PostNumbers
from lti_app.discussion.visibility.queries import not_deleted, says_something, visible


@dataclass(frozen=True)
class NewPosts:
    """What others have posted since a page was rendered."""

    count: int
    address: str
    """Of the first of these posts; empty if there are none."""


def count_new_posts(session: Session, actor: Actor, discussion: DiscussionView, since: int) -> NewPosts:
    """The posts with greater numbers than `since` that exist for the actor and are not their own (one statement).

    Raises what the READ permission raises.
    """
    new_posts = (
        select(Post.number, Post.address)
        .where(visible(Post, actor, discussion), Post.number > since, Post.author_id != actor.person_id)
        .where(says_something(Post))
        .subquery()
    )
    first = select(new_posts.c.address).order_by(new_posts.c.number).limit(1).scalar_subquery()
    started = own_first_post(actor, discussion).exists()
    count, address, has_posted = session.execute(
        select(select(func.count()).select_from(new_posts).scalar_subquery(), first, case((started, 1), else_=0))
    ).one()
    here = Circumstances(discussion.state, discussion.post_first, has_posted=bool(has_posted))
    require(actor, PostPermission.READ, here)
    return NewPosts(count, address or "")


def find_next_unread(session: Session, actor: Actor, discussion: DiscussionView, after: str) -> str | None:
    """The address of the next new post below the sort key `after` in thread order, else of the first of all."""
    _require_reading(session, actor, discussion)
    own = (ReadState.person_id == actor.person_id, ReadState.discussion_id == discussion.id)
    row = session.execute(select(ReadState.numbers, ReadState.all_to).where(*own)).one_or_none()
    read, all_to = (PostNumbers.from_bytes(row.numbers), row.all_to) if row else (PostNumbers(), 0)
    candidates = session.execute(
        select(Post.number, Post.address)
        .where(visible(Post, actor, discussion), Post.number > all_to, Post.author_id != actor.person_id)
        .where(says_something(Post))
        .order_by(case((Post.path > after, 0), else_=1), Post.path)
    )
    return next((address for number, address in candidates if number not in read), None)


def find_next_own(session: Session, actor: Actor, discussion: DiscussionView, after: str) -> str | None:
    """The address of the actor's next own post after this one."""
    _require_reading(session, actor, discussion)
    return session.scalar(
        select(Post.address)
        .where(visible(Post, actor, discussion), Post.author_id == actor.person_id, not_deleted(Post))
        .order_by(case((Post.path > after, 0), else_=1), Post.path)
        .limit(1)
    )


def _require_reading(session: Session, actor: Actor, discussion: DiscussionView) -> None:
    require(actor, PostPermission.READ, circumstances_of(session, actor, discussion))
