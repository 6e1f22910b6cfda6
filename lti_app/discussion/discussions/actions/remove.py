"""Removing a discussion that is not set up yet."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission
from lti_app.discussion.discussions.errors import NotRemovable
from lti_app.discussion.discussions.queries.discussion import get_discussion, lock_discussion


def remove_discussion(session: Session, actor: Actor, discussion_id: int, *, now: datetime) -> str:
    """Remove a discussion that is not set up and in which nobody has posted; returns its title.

    An activity in the LMS that still opens it gets a new one, with the same choice in the LMS. Raises NotRemovable,
    and what the gate raises.
    """
    need = DiscussionPermission.EDIT_SETTINGS
    discussion = lock_discussion(session, get_discussion(session, actor, discussion_id, need=need, now=now, bare=True))
    if discussion.prepared_at is not None or discussion.post_count:
        raise NotRemovable
    discussion.removed_at = discussion.removed_at or now
    discussion.selection = discussion.replaced_by_id = None
    session.flush()
    return discussion.title
