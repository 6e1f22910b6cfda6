"""Who may save a draft: people who may post there, or could until something changed.

In a closed discussion or a locked thread, people can still save what they have written.
"""

from sqlalchemy.orm import Session

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State
from lti_app.discussion.drafts.rules import DraftKind, DraftPlace
from lti_app.discussion.posts.access import PostPermission
from lti_app.discussion.posts.queries.gate import get_post
from lti_app.discussion.posts.queries.views import PostView


def require_saving(session: Session, actor: Actor, discussion: DiscussionView, place: DraftPlace) -> PostView | None:
    """The post that a place names, if it names one; raises NotFound or Forbidden where the actor has no such place."""
    if actor.role is Role.OBSERVER:
        raise Forbidden
    if not actor.is_staff and discussion.state not in (State.OPEN, State.CLOSED):
        raise NotFound
    if place.post_id is None:
        return None
    post = get_post(session, actor, discussion, place.post_id, need=PostPermission.READ)
    if place.kind is DraftKind.EDIT and not post.is_own:
        raise Forbidden
    return post
