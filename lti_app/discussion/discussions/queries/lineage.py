"""Where a discussion comes from: the copied original, and what its activity in the LMS opened before or opens now."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, may
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import DiscussionView


@dataclass(frozen=True)
class Relative:
    """Another discussion of the course, as a link to it is written."""

    id: int
    title: str
    post_count: int
    is_set_up: bool
    copied_from_id: int | None = None
    replaced_by_id: int | None = None


@dataclass(frozen=True)
class Lineage:
    """What an instructor is told of a discussion's relatives."""

    original: Relative | None = None
    """The discussion whose settings this one was created with."""
    successor: Relative | None = None
    """What the activity that opened this discussion opens now."""
    replaced: tuple[Relative, ...] = ()
    """What the activity that opens this discussion opened before."""
    copies: tuple[Relative, ...] = ()
    """The discussions that were created with the settings of this one, because its activity was duplicated."""


def get_lineage(session: Session, actor: Actor, discussion: DiscussionView) -> Lineage:
    """The relatives of a discussion, for those who may change its settings (one statement; none if there are none)."""
    named = [found for found in (discussion.copied_from_id, discussion.replaced_by_id) if found is not None]
    if not may(actor, DiscussionPermission.EDIT_SETTINGS) or not (
        named or discussion.has_replaced or discussion.has_copies
    ):
        return Lineage()
    related = or_(
        Discussion.id.in_(named),
        Discussion.replaced_by_id == discussion.id,
        Discussion.copied_from_id == discussion.id,
    )
    is_set_up = Discussion.prepared_at.is_not(None)
    told = (Discussion.id, Discussion.title, Discussion.post_count, is_set_up)
    rows = session.execute(
        select(*told, Discussion.copied_from_id, Discussion.replaced_by_id)
        .where(related, Discussion.course_id == actor.course_id, Discussion.removed_at.is_(None))
        .order_by(Discussion.id)
    ).all()
    found = {row.id: Relative(*row) for row in rows}
    return Lineage(
        original=found.get(discussion.copied_from_id or 0),
        successor=found.get(discussion.replaced_by_id or 0),
        replaced=tuple(each for each in found.values() if each.replaced_by_id == discussion.id),
        copies=tuple(each for each in found.values() if each.copied_from_id == discussion.id),
    )
