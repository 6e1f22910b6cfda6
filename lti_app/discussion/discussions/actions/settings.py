"""Changing the settings of a discussion."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_line, clean_text, to_html
from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.access import DiscussionPermission, require
from lti_app.discussion.discussions.actions.reserve import discussion_title
from lti_app.discussion.discussions.errors import DatesOutOfOrder, SettingsChanged, UnknownReading
from lti_app.discussion.discussions.models import Discussion, DiscussionReading
from lti_app.discussion.discussions.queries.discussion import DiscussionView, get_discussion, lock_discussion
from lti_app.discussion.discussions.rules import Calendar, DiscussionSettings, StanceQuestion, StoredRequirements
from lti_app.library.readings.models import Reading


def save_settings(  # one statement a field: long, not complex
    session: Session, actor: Actor, discussion_id: int, *, settings: DiscussionSettings, version: int, now: datetime
) -> DiscussionView:
    """Save the settings of a discussion; `version` is the version that the instructor saw.

    Raises SettingsChanged if somebody else has saved them since, DatesOutOfOrder, UnknownReading, and what the gate
    raises.
    """
    need = DiscussionPermission.EDIT_SETTINGS
    discussion = lock_discussion(session, get_discussion(session, actor, discussion_id, need=need, now=now))
    _check(discussion, settings.calendar, version)
    _store(discussion, settings, now)
    _assign_readings(session, discussion, settings)
    session.flush()
    return get_discussion(session, actor, discussion_id, now=now)


def change_rule(
    session: Session,
    actor: Actor,
    discussion_id: int,
    *,
    requirements: StoredRequirements,
    calendar: Calendar | None = None,
    version: int,
    now: datetime,
) -> None:
    """Change what a discussion asks for, its dates if any are given, and nothing else; `version` is the version that
    the instructor saw.

    Raises SettingsChanged if somebody else has saved the settings since, DatesOutOfOrder, and what the gate raises.
    """
    need = DiscussionPermission.EDIT_SETTINGS
    discussion = lock_discussion(session, get_discussion(session, actor, discussion_id, need=need, now=now, bare=True))
    _check(discussion, calendar, version)
    if calendar is not None:
        _store_dates(discussion, calendar)
    discussion.requirements = [dict(each) for each in requirements]
    discussion.version += 1
    session.flush()


def write_prompt(session: Session, actor: Actor, discussion: DiscussionView, *, text: str, html: str) -> None:
    """Store a rich-text prompt: `html` is sanitized, `text` is its plain text. Raises Forbidden."""
    require(actor, DiscussionPermission.EDIT_SETTINGS)
    session.execute(update(Discussion).where(Discussion.id == discussion.id).values(prompt=text, prompt_html=html))


def _check(discussion: Discussion, calendar: Calendar | None, version: int) -> None:
    """Whether the instructor saw what is stored, and the dates make sense."""
    if discussion.version != version:
        raise SettingsChanged
    if calendar is not None and (wrong := calendar.out_of_order()):
        raise DatesOutOfOrder(earlier=wrong[0], later=wrong[1])


def _store_dates(discussion: Discussion, calendar: Calendar) -> None:
    discussion.opens_at = calendar.opens_at
    discussion.first_post_due = calendar.first_post_due
    discussion.replies_due = calendar.replies_due
    discussion.closes_at = calendar.closes_at


def _store(discussion: Discussion, settings: DiscussionSettings, now: datetime) -> None:
    discussion.title = discussion_title(settings.title)
    prompt = clean_text(settings.prompt)
    # Without scripts the words alone come back: while they are the same, so is their look.
    if prompt != discussion.prompt:
        discussion.prompt, discussion.prompt_html = prompt, to_html(prompt)
    discussion.points = settings.points
    _store_dates(discussion, settings.calendar)
    discussion.requirements = [dict(each) for each in settings.requirements]
    discussion.post_first = settings.post_first
    discussion.structure = settings.structure
    discussion.group_kind, discussion.edit_minutes = settings.group_kind, settings.edit_minutes
    stance = settings.stance or StanceQuestion("", "", "")
    discussion.stance_question = clean_line(stance.text)
    discussion.stance_low, discussion.stance_high = clean_line(stance.low), clean_line(stance.high)
    if not discussion.post_count:  # what was promised to those who have written is kept
        discussion.anonymity = settings.anonymity
    discussion.prepared_at = discussion.prepared_at or now
    discussion.version += 1


def _assign_readings(session: Session, discussion: Discussion, settings: DiscussionSettings) -> None:
    if _count_known(session, discussion.course_id, settings.reading_ids) != len(set(settings.reading_ids)):
        raise UnknownReading
    session.execute(delete(DiscussionReading).where(DiscussionReading.discussion_id == discussion.id))
    rows = [
        {
            "discussion_id": discussion.id,
            "reading_id": reading_id,
            "position": n,
            "required": reading_id in settings.required_ids,
        }
        for n, reading_id in enumerate(dict.fromkeys(settings.reading_ids))
    ]
    if rows:
        session.execute(insert(DiscussionReading), rows)


def _count_known(session: Session, course_id: int, reading_ids: Iterable[int]) -> int:
    count = select(func.count()).where(Reading.course_id == course_id, Reading.id.in_(reading_ids))
    return session.scalar(count) or 0
