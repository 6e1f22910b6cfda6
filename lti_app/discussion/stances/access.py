"""Who may answer a stance question."""

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.rules import Actor, Role
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.discussions.rules import State


def may_answer(actor: Actor, discussion: DiscussionView) -> bool:
    """Whether the actor is asked: students, from when the discussion opens, after it has closed too."""
    return actor.role is Role.STUDENT and not actor.teaches and discussion.state in (State.OPEN, State.CLOSED)


def require_answer(actor: Actor, discussion: DiscussionView) -> None:
    """Raise NotFound where nothing is asked, Forbidden for those who are not."""
    if discussion.stance is None:
        raise NotFound
    if not may_answer(actor, discussion):
        raise Forbidden
