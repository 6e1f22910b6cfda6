"""Posts, written through the same action as in life."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.courses.rules import Actor
from lti_app.discussions.queries import DiscussionView
from lti_app.posts.access import Permission
from lti_app.posts.actions import create_post
from lti_app.posts.queries import PostView, find_post_id, get_post

FIRST = "Leaders set a direction and align people."
REPLY = "A case against this: hospitals."


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
    text = text or (REPLY if to else FIRST)
    address = create_post(session, author, discussion, text=text, parent_id=to.id if to else None, now=now)
    post_id = find_post_id(session, discussion, address)
    return get_post(session, author, discussion, post_id, need=Permission.READ)
