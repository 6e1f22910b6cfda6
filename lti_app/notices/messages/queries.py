"""To whom a message would go, and what was sent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_app.course.courses.queries import Member, list_students, name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.notices.feed.models import InstructorMessage, Notice
from lti_app.notices.messages.access import require_sender

RECENT = 10


@dataclass(frozen=True)
class SentMessage:
    """A message that went to students of the course."""

    id: int
    sender: str
    subject: str
    text: str
    sent_at: datetime
    people: int
    """To how many it went."""


def list_recipients(session: Session, actor: Actor, person_ids: Collection[int]) -> list[Member]:
    """Those of these people who are active students of the course, in class order (one statement). Raises Forbidden
    for all but staff.
    """
    require_sender(actor)
    wanted = set(person_ids)
    return [student for student in list_students(session, actor) if student.person_id in wanted]


def list_sent(session: Session, actor: Actor) -> list[SentMessage]:
    """The newest messages to students of the course, by whichever instructor (one statement). Raises Forbidden for all
    but staff.
    """
    require_sender(actor)
    people = select(func.count()).where(Notice.message_id == InstructorMessage.id).scalar_subquery()
    told = (InstructorMessage.id, name_in_course(Person, actor.course_id), InstructorMessage.subject)
    rows = session.execute(
        select(*told, InstructorMessage.text, InstructorMessage.sent_at, people)
        .join(Person, Person.id == InstructorMessage.sender_id)
        .where(InstructorMessage.course_id == actor.course_id)
        .order_by(InstructorMessage.id.desc())
        .limit(RECENT)
    )
    return [SentMessage(*row) for row in rows]
