"""The discussions whose posts the actor may read."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.queries.course import list_views
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.access import Circumstances, PostPermission, may
from lti_app.discussion.posts.models import Post
from lti_app.discussion.visibility.queries import opens_gate


def list_readable(session: Session, actor: Actor, now: datetime) -> list[DiscussionView]:
    """The discussions of the course whose posts the actor may read (two statements, one for staff)."""
    views = list_views(session, actor, now)
    begun: set[int] = set()
    if not actor.is_staff:
        own = (Post.course_id == actor.course_id, opens_gate(Post, actor.person_id))
        begun = set(session.scalars(select(Post.discussion_id).where(*own).distinct()))
    return [view for view in views if may(actor, PostPermission.READ, _circumstances(view, begun))]


def _circumstances(view: DiscussionView, begun: set[int]) -> Circumstances:
    return Circumstances(state=view.state, post_first=view.post_first, has_posted=view.id in begun)
