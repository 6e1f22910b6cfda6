"""What the links of an LMS change: which discussion they open, its copies, its title."""

from datetime import datetime

from sqlalchemy import insert, literal, select, update
from sqlalchemy.orm import Session

from lti_app.discussion.discussions.actions.reserve import discussion_title, reserve_discussion
from lti_app.discussion.discussions.models import Discussion, DiscussionReading

COPIED = (
    "prompt",
    "prompt_html",
    "points",
    "opens_at",
    "first_post_due",
    "replies_due",
    "closes_at",
    "post_first",
    "structure",
    "group_kind",
    "anonymity",
    "edit_minutes",
    "stance_question",
    "stance_low",
    "stance_high",
    "requirements",
    "late_rule",
    "review_plan",
)
"""The settings that a copy begins with."""


def copy_discussion(session: Session, discussion_id: int, *, title: str, now: datetime) -> int:
    """Create a discussion with the settings and readings of this one, and without posts, extensions or grades.

    It is not set up yet: its dates are those of the original, and an instructor should see them before students do.
    Returns its id.
    """
    original = session.get_one(Discussion, discussion_id)
    copy_id = reserve_discussion(session, course_id=original.course_id, title=title or original.title, now=now)
    copy = session.get_one(Discussion, copy_id)
    for name in COPIED:
        setattr(copy, name, getattr(original, name))
    copy.copied_from_id = original.id
    session.flush()
    readings = (
        select(literal(copy_id), DiscussionReading.reading_id, DiscussionReading.position, DiscussionReading.required)
        .where(DiscussionReading.discussion_id == discussion_id)
        .order_by(DiscussionReading.position)
    )
    columns = ["discussion_id", "reading_id", "position", "required"]
    session.execute(insert(DiscussionReading).from_select(columns, readings))
    return copy_id


def replace_discussion(session: Session, discussion_id: int, *, new_id: int) -> None:
    """Record that the activity that opened a discussion opens another one now, and that no other opens it."""
    replaced = update(Discussion).where(Discussion.id == discussion_id, Discussion.id != new_id)
    session.execute(replaced.values(replaced_by_id=new_id))


def restore_discussion(session: Session, discussion_id: int) -> None:
    """Record that an activity opens the discussion, perhaps again."""
    replaced = (Discussion.id == discussion_id, Discussion.replaced_by_id.is_not(None))
    session.execute(update(Discussion).where(*replaced).values(replaced_by_id=None))


def follow_title(session: Session, discussion_id: int, *, before: str, title: str) -> None:
    """Take over the new title of the activity in the LMS, unless the instructor has named the discussion otherwise."""
    named_alike = (Discussion.id == discussion_id, Discussion.title == discussion_title(before))
    session.execute(update(Discussion).where(*named_alike).values(title=discussion_title(title)))
