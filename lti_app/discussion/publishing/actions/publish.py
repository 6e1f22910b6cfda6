"""Publishing a post: writing it, screening it, forgetting its draft."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.drafts.actions import delete_posted_draft
from lti_app.discussion.drafts.rules import NO_DRAFT, DraftRef, place_of
from lti_app.discussion.integrity.actions import screen
from lti_app.discussion.moderation.rules import HeldReason
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.rules.written import PostContent


@dataclass(frozen=True)
class Published:
    """A post that has been written."""

    id: int
    address: str
    held_for: tuple[HeldReason, ...]
    """Why it waits for an instructor; empty where everyone may see it."""


def publish(
    session: Session,
    actor: Actor,
    discussion: DiscussionView,
    written: PostContent,
    *,
    parent_id: int | None,
    draft: DraftRef = NO_DRAFT,
    sellers: frozenset[str],
    now: datetime,
) -> Published:
    """Write a first post, or a reply to the post `parent_id`, screen it and forget the draft it was made from.

    `sellers` are the sites that nobody may link to without review. Raises what `create_post` raises.
    """
    placed = create_post(session, actor, discussion, written, parent_id=parent_id, now=now)
    held = screen(session, actor, discussion, placed.id, sellers=sellers, now=now)
    delete_posted_draft(session, actor, discussion.id, place_of(parent_id), draft)
    return Published(placed.id, placed.address, tuple(held))
