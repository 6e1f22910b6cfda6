"""Posts, written through the same action as in life."""

from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.actions.create import create_post
from lti_app.discussion.posts.errors import AlreadyPosted
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.queries.views import PostView
from lti_app.discussion.posts.rules.written import PostContent

FIRST = "Leaders set a direction and align people."
REPLY = "A case against this: hospitals."
_NUMBERS = count(1)


def write(
    session: Session,
    author: Actor,
    discussion: DiscussionView,
    *,
    now: datetime,
    text: str = "",
    to: PostView | None = None,
) -> PostView:
    """A first post, or a reply to the post `to`, as its author sees it afterwards."""
    text, parent_id = text or (REPLY if to else FIRST), to.id if to else None
    try:
        with session.begin_nested():
            placed = create_post(session, author, discussion, PostContent(text), parent_id=parent_id, now=now)
    except AlreadyPosted:  # the same words again would be taken for a second click; a quoted line does not count
        text = f"{text}\n\n> {next(_NUMBERS)}"
        placed = create_post(session, author, discussion, PostContent(text), parent_id=parent_id, now=now)
    return get_post(session, author, discussion, placed.id, need=PostPermission.READ)


def post_id_at(session: Session, discussion: DiscussionView, address: str) -> int:
    """The id of the post at this address of the discussion."""
    return session.scalars(select(Post.id).where(Post.discussion_id == discussion.id, Post.address == address)).one()
