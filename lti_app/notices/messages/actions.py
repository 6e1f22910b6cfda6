"""Writing to students."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.notices.feed.actions.writing import write_notices
from lti_app.notices.feed.models import InstructorMessage, Notice
from lti_app.notices.feed.rules.kinds import NoticeDraft, NoticeKind, of_message
from lti_app.notices.messages.access import require_sender
from lti_app.notices.messages.errors import NobodyToWriteTo
from lti_app.notices.messages.queries import list_recipients
from lti_app.notices.messages.rules import MAX_RECIPIENTS, MessageContent, clean_message

TWICE_WITHIN = timedelta(minutes=5)
"""The same words to the same people within this time are a second click."""


def send_message(
    session: Session, actor: Actor, person_ids: Collection[int], content: MessageContent, *, now: datetime
) -> int:
    """Write to these students of the actor's course, each by themselves; returns to how many.

    Each finds it among their notices, and by mail if they get mail from this course. People who are no active students
    of the course are left out. The same message again by a second click is sent once. Raises Forbidden for all but
    staff, MessageEmpty, MessageTooLong, and NobodyToWriteTo.
    """
    require_sender(actor)
    content = clean_message(content)
    students = [student.person_id for student in list_recipients(session, actor, person_ids)]
    if not 0 < len(students) <= MAX_RECIPIENTS:
        raise NobodyToWriteTo(limit=MAX_RECIPIENTS)
    if _is_sent(session, actor, content, students, now):
        return len(students)
    row = InstructorMessage(
        course_id=actor.course_id,
        sender_id=actor.person_id,
        subject=content.subject,
        text=content.text,
        sent_at=now,
    )
    session.add(row)
    session.flush()
    drafts = [
        NoticeDraft(each, actor.course_id, NoticeKind.MESSAGE, of_message(row.id), at=now, message_id=row.id)
        for each in students
    ]
    return write_notices(session, drafts, now=now)


def _is_sent(session: Session, actor: Actor, content: MessageContent, students: list[int], now: datetime) -> bool:
    recent = session.scalars(
        select(InstructorMessage.id).where(
            InstructorMessage.course_id == actor.course_id,
            InstructorMessage.sender_id == actor.person_id,
            InstructorMessage.subject == content.subject,
            InstructorMessage.text == content.text,
            InstructorMessage.sent_at > now - TWICE_WITHIN,
        )
    ).all()
    reached = set(session.scalars(select(Notice.person_id).where(Notice.message_id.in_(recent)))) if recent else set()
    return bool(recent) and reached == set(students)
