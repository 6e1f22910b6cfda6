"""Changing a post."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.content import check_quotes, compose_post, link_post, refuse_named_files
from lti_app.discussion.posts.errors import PostChanged
from lti_app.discussion.posts.models import Attachment, Citation, Mention, Post, Revision
from lti_app.discussion.posts.queries.gate import get_post, lock_post
from lti_app.discussion.posts.rules.compose import Composed
from lti_app.discussion.posts.rules.formats import Format
from lti_app.discussion.posts.rules.starting import is_titled, settle_title
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.visibility.rules import status_of


def edit_post(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    written: PostContent,
    *,
    version: int,
    now: datetime,
) -> str:
    """Replace the text of a post and store the earlier one as a revision; returns the post's address.

    `version` is the version that the author edited. Raises PostChanged if it is no longer the newest or the post has
    been deleted, PostEmpty, PostTooLong, TitleMissing, and what the gate raises. An edit that changes nothing is not
    stored.
    """
    found = get_post(session, actor, discussion, post_id, need=PostPermission.EDIT)
    composed = compose_post(session, actor, discussion, written, now=now)
    post = lock_post(session, found)
    refuse_named_files(session, actor, discussion, {*written.file_ids} - {file["id"] for file in post.attachments})
    title = settle_title(written.title, needed=is_titled(discussion.structure, post.address, post.title))
    had_more = bool(post.attachments) or "<img" in post.html or 'class="mention"' in post.html
    if post.title == title and _says_the_same(post, written, composed):  # also the second of two clicks
        return post.address
    if post.version != version or status_of(post).is_deleted:
        raise PostChanged
    session.add(
        Revision(
            post_id=post.id,
            version=post.version,
            title=post.title,
            format=post.format,
            text=post.text,
            html=post.html,
            words=post.words,
            reading_ids=post.reading_ids,
            written_at=post.edited_at or post.placed_at,
        )
    )
    post.title = title
    post.text, post.html, post.words = composed.text, composed.html, composed.words
    post.format, post.move = written.format, written.move if post.parent_id else None
    post.reading_ids = composed.reading_ids
    post.quotes = check_quotes(session, discussion, composed.html)
    post.edited_at = now
    post.version += 1
    session.execute(delete(Citation).where(Citation.post_id == post.id))
    if had_more:
        session.execute(delete(Mention).where(Mention.post_id == post.id))
        session.execute(delete(Attachment).where(Attachment.post_id == post.id))
    link_post(session, actor, post, written, composed, now=now)
    session.flush()
    return post.address


def _says_the_same(post: Post, written: PostContent, composed: Composed) -> bool:
    """Whether an edit changes nothing: rich text may differ in its look alone."""
    same_files = tuple(file["id"] for file in post.attachments) == written.file_ids
    same_look = written.format is post.format and (post.format is Format.TEXT or composed.html == post.html)
    same_move = post.parent_id is None or written.move is post.move
    return same_files and same_look and same_move and composed.text == post.text
