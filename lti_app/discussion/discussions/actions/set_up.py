"""Changing the settings of a discussion."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line, clean_text, to_html
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.actions.reserve import discussion_title
from lti_app.discussion.discussions.errors import DatesOutOfOrder, SetUpChanged, UnknownReading
from lti_app.discussion.discussions.models import Discussion, DiscussionReading
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion
from lti_app.discussion.discussions.rules import SetUp, StanceQuestion
from lti_app.library.readings.models import Reading


def set_up_discussion(  # one statement a field: long, not complex
    session: Session, actor: Actor, discussion_id: int, *, set_up: SetUp, version: int, now: datetime
) -> DiscussionView:
    """Save the settings of a discussion; `version` is the version that the instructor saw.

    Raises SetUpChanged if somebody else has saved them since, DatesOutOfOrder, UnknownReading, and what the gate
    raises.
    """
    get_discussion(session, actor, discussion_id, need=DiscussionPermission.SET_UP, now=now)
    discussion = session.scalars(
        select(Discussion)
        .where(Discussion.id == discussion_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if discussion.version != version:
        raise SetUpChanged
    if wrong := set_up.calendar.out_of_order():
        raise DatesOutOfOrder(earlier=wrong[0], later=wrong[1])
    _store(discussion, set_up, now)
    _assign_readings(session, discussion, set_up)
    session.flush()
    return get_discussion(session, actor, discussion_id, now=now)


def write_prompt(session: Session, actor: Actor, discussion: DiscussionView, *, text: str, html: str) -> None:
    """Store a rich-text prompt: `html` is sanitized, `text` is its plain text. Raises Forbidden."""
    require(actor, DiscussionPermission.SET_UP)
    session.execute(update(Discussion).where(Discussion.id == discussion.id).values(prompt=text, prompt_html=html))


def _store(discussion: Discussion, set_up: SetUp, now: datetime) -> None:
    discussion.title = discussion_title(set_up.title)
    prompt = clean_text(set_up.prompt)
    # Without scripts the words alone come back: while they are the same, so is their look.
    if prompt != discussion.prompt:
        discussion.prompt, discussion.prompt_html = prompt, to_html(prompt)
    discussion.points = set_up.points
    discussion.opens_at = set_up.calendar.opens_at
    discussion.first_post_due = set_up.calendar.first_post_due
    discussion.replies_due = set_up.calendar.replies_due
    discussion.closes_at = set_up.calendar.closes_at
    discussion.requirements = [dict(each) for each in set_up.requirements]
    discussion.post_first = set_up.post_first
    discussion.structure = set_up.structure
    discussion.group_kind, discussion.edit_minutes = set_up.group_kind, set_up.edit_minutes
    stance = set_up.stance or StanceQuestion("", "", "")
    discussion.stance_question = clean_line(stance.text)
    discussion.stance_low, discussion.stance_high = clean_line(stance.low), clean_line(stance.high)
    if not discussion.post_count:  # what was promised to those who have written is kept
        discussion.anonymity = set_up.anonymity
    discussion.prepared_at = discussion.prepared_at or now
    discussion.version += 1


def _assign_readings(session: Session, discussion: Discussion, set_up: SetUp) -> None:
    if _count_known(session, discussion.course_id, set_up.reading_ids) != len(set(set_up.reading_ids)):
        raise UnknownReading
    session.execute(delete(DiscussionReading).where(DiscussionReading.discussion_id == discussion.id))
    session.add_all(
        DiscussionReading(
            discussion_id=discussion.id, reading_id=reading_id, position=n, required=reading_id in set_up.required_ids
        )
        for n, reading_id in enumerate(dict.fromkeys(set_up.reading_ids))
    )


def _count_known(session: Session, course_id: int, reading_ids: Iterable[int]) -> int:
    count = select(func.count()).where(Reading.course_id == course_id, Reading.id.in_(reading_ids))
    return session.scalar(count) or 0
