"""What changes posts."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from lti_app.courses.rules import Actor
from lti_app.discussions.models import Discussion
from lti_app.discussions.queries import DiscussionView
from lti_app.posts.access import Permission, require
from lti_app.posts.errors import AlreadyPosted, PostChanged, PostEmpty, PostTooLong
from lti_app.posts.models import Citation, Post, Revision
from lti_app.posts.queries import circumstances_of, get_post
from lti_app.posts.rules import MAX_TEXT, Composed, child_address, child_path, compose
from lti_app.readings.actions import find_passages

TWINS_WITHIN = timedelta(minutes=10)
"""The same words by the same person at the same place within this time are one post."""


def create_post(
    session: Session, actor: Actor, discussion: DiscussionView, *, text: str, parent_id: int | None, now: datetime
) -> str:
    """Write a first post (`parent_id` None) or a reply; returns its address.

    Raises PostEmpty, PostTooLong, AlreadyPosted, and what the START or REPLY permission raises. Posts made at the same
    moment get different numbers: the counter is raised in the statement that reads it.
    """
    composed = _compose(discussion, text)
    if parent_id is None:
        require(actor, Permission.START, circumstances_of(session, actor, discussion))
        parent_path, parent_address = "", ""
        number = _next_root(session, discussion.id)
    else:
        parent = get_post(session, actor, discussion, parent_id, need=Permission.REPLY)
        parent_path, parent_address = parent.path, parent.address
        number = _next_reply(session, parent_id)
    _refuse_twin(session, actor, discussion, parent_id, text=composed.text, since=now - TWINS_WITHIN)
    path = child_path(parent_path, number)
    post = Post(
        course_id=discussion.course_id,
        discussion_id=discussion.id,
        author_id=actor.person_id,
        by_staff=actor.is_staff,
        parent_id=parent_id,
        path=path,
        address=child_address(parent_address, number),
        depth=path.count("."),
        reply_count=0,
        text=composed.text,
        html=composed.html,
        words=composed.words,
        reading_ids=composed.reading_ids,
        created_at=now,
        version=1,
    )
    session.add(post)
    session.flush()
    _cite(session, post.id, composed)
    return post.address


def edit_post(
    session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, text: str, version: int, now: datetime
) -> str:
    """Replace a post's text and keep what it said before; returns its address.

    `version` is that of the text the author edited; raises PostChanged when it is no longer the newest or the post was
    deleted meanwhile, PostEmpty, PostTooLong, and what the gate raises. An unchanged text changes nothing.
    """
    get_post(session, actor, discussion, post_id, need=Permission.EDIT)
    composed = _compose(discussion, text)
    post = _locked(session, post_id)
    if composed.text == post.text:  # also the second of two clicks
        return post.address
    if post.version != version or post.deleted_at is not None:
        raise PostChanged
    session.add(
        Revision(
            post_id=post.id,
            version=post.version,
            text=post.text,
            html=post.html,
            words=post.words,
            reading_ids=post.reading_ids,
            written_at=post.edited_at or post.created_at,
        )
    )
    post.text, post.html, post.words = composed.text, composed.html, composed.words
    post.reading_ids = composed.reading_ids
    post.edited_at = now
    post.version += 1
    session.execute(delete(Citation).where(Citation.post_id == post.id))
    _cite(session, post.id, composed)
    return post.address


def delete_post(session: Session, actor: Actor, discussion: DiscussionView, post_id: int, *, now: datetime) -> str:
    """Leave a tombstone in a post's place, its text kept unseen; returns its address. Raises what the gate raises."""
    get_post(session, actor, discussion, post_id, need=Permission.DELETE)
    post = _locked(session, post_id)
    if post.deleted_at is None:
        post.deleted_at, post.deleted_by_id = now, actor.person_id
    session.flush()
    return post.address


def _refuse_twin(
    session: Session, actor: Actor, discussion: DiscussionView, parent_id: int | None, *, text: str, since: datetime
) -> None:
    """A second click, or a form sent again after a broken connection, is no second post. The counter's lock is held."""
    twin = session.scalar(
        select(Post.address).where(
            Post.discussion_id == discussion.id,
            Post.author_id == actor.person_id,
            Post.parent_id.is_(None) if parent_id is None else Post.parent_id == parent_id,
            Post.created_at > since,
            Post.deleted_at.is_(None),
            Post.text == text,
        )
    )
    if twin is not None:
        raise AlreadyPosted(address=twin)


def _compose(discussion: DiscussionView, text: str) -> Composed:
    if len(text) > MAX_TEXT:
        raise PostTooLong(limit=MAX_TEXT, length=len(text))
    composed = compose(text, discussion.readings)
    if not composed.text:
        raise PostEmpty
    return composed


def _locked(session: Session, post_id: int) -> Post:
    return session.scalars(
        select(Post).where(Post.id == post_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _next_root(session: Session, discussion_id: int) -> int:
    raised = update(Discussion).where(Discussion.id == discussion_id).values(root_count=Discussion.root_count + 1)
    return session.scalars(raised.returning(Discussion.root_count)).one()


def _next_reply(session: Session, parent_id: int) -> int:
    raised = update(Post).where(Post.id == parent_id).values(reply_count=Post.reply_count + 1)
    return session.scalars(raised.returning(Post.reply_count)).one()


def _cite(session: Session, post_id: int, composed: Composed) -> None:
    passages = find_passages(session, ((cited.reading_id, cited.page) for cited in composed.citations))
    if passages:
        rows = [{"post_id": post_id, "passage_id": passage_id} for passage_id in passages.values()]
        session.execute(insert(Citation), rows)
    session.flush()
