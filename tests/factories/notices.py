"""Notices, gathered as in life, and what people see of them."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.notices.feed.actions.gathering import gather, sources
from lti_app.notices.feed.actions.writing import write_notices
from lti_app.notices.feed.models import InstructorMessage, Notice
from lti_app.notices.feed.queries.notices import list_notices
from lti_app.notices.feed.rules.kinds import NoticeDraft, NoticeKind, of_message
from lti_app.notices.feed.rules.lines import NoticeLine
from lti_app.notices.preferences.actions import choose_preferences
from lti_app.notices.preferences.rules import Frequency, MailPreferences
from tests.cast import Cast


def gather_all(session: Session, *, now: datetime) -> None:
    """Everything that is new, in one transaction."""
    for source in sources():
        after: int | None = 0
        while after is not None:
            after = gather(session, source, after=after, now=now)


def notify(session: Session, student: Actor, *, now: datetime) -> int:
    """A message of the instructor to a student; the id of the notice."""
    row = InstructorMessage(
        course_id=student.course_id, sender_id=student.person_id, subject="Hello", text="Do come.", sent_at=now
    )
    session.add(row)
    session.flush()
    about = {"at": now, "message_id": row.id}
    draft = NoticeDraft(student.person_id, student.course_id, NoticeKind.MESSAGE, of_message(row.id), **about)
    write_notices(session, [draft], now=now)
    return session.scalars(select(Notice.id).where(Notice.message_id == row.id)).one()


def seen_by(session: Session, actor: Actor, *, now: datetime) -> list[NoticeLine]:
    """All that an actor may see, the newest first."""
    page = list_notices(session, actor, now=now)
    return sorted((*page.unread, *page.read), key=lambda line: -line.id)


def kinds(session: Session, actor: Actor, *, now: datetime) -> list[str]:
    """The kinds of them."""
    return [line.kind.value for line in seen_by(session, actor, now=now)]


def give_addresses(session: Session, cast: Cast) -> None:
    """Everybody has an address: ana@students.example.edu."""
    for name in ("ines", "tariq", "ana", "ben", "chi", "olga"):
        person_id = getattr(cast, name).person_id
        session.execute(update(Person).where(Person.id == person_id).values(email=f"{name}@students.example.edu"))


def want(
    session: Session, actor: Actor, frequency: Frequency, *, now: datetime, quiet: tuple[int, int] | None = None
) -> None:
    """Somebody chooses how often they get mail."""
    start, end = quiet or (None, None)
    choose_preferences(session, actor, MailPreferences(frequency, start, end), now=now)
