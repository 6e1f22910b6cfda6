"""Revising a post: changing it, screening it again, forgetting the draft of the change."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.drafts.actions import delete_posted_draft
from lti_app.discussion.drafts.rules import NO_DRAFT, DraftRef, place_of
from lti_app.discussion.integrity.actions import screen
from lti_app.discussion.posts.actions.edit import edit_post
from lti_app.discussion.posts.rules.written import PostContent
from lti_app.discussion.publishing.actions.publish import Published


def revise(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    post_id: int,
    written: PostContent,
    *,
    version: int,
    draft: DraftRef = NO_DRAFT,
    sellers: frozenset[str],
    now: datetime,
) -> Published:
    """Replace the text of a post, screen the new one and forget its draft; the old text becomes a revision.

    `version` is that of the text the author edited. Raises what `edit_post` raises.
    """
    address = edit_post(session, actor, discussion, post_id, written, version=version, now=now)
    held = screen(session, actor, discussion, post_id, sellers=sellers, edited=True, now=now)
    delete_posted_draft(session, actor, discussion.id, place_of(None, post_id), draft)
    return Published(post_id, address, tuple(held))
