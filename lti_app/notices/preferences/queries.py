"""What people have chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.course.courses.models import Course, Enrollment
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.course.people.rules import zone
from lti_app.notices.preferences.models import NoticePreference
from lti_app.notices.preferences.rules import MailPreferences, MailSubscription


@dataclass(frozen=True)
class MailRecipient:
    """Somebody who is in a course now, as far as mail to them is concerned."""

    email: str
    """As the LMS sent it, unchecked; empty if it sends none."""
    zone: ZoneInfo
    chosen: MailPreferences


def get_preferences(session: Session, actor: Actor) -> MailPreferences:
    """What the actor has chosen for their course, else the defaults (one statement)."""
    return preferences_of(_row(session, actor.course_id, actor.person_id))


def get_own_address(session: Session, actor: Actor) -> str:
    """The actor's address as the LMS sent it, unchecked; empty if it sends none (one statement)."""
    return session.scalar(select(Person.email).where(Person.id == actor.person_id)) or ""


def get_course_title(session: Session, subscription: MailSubscription) -> str:
    """What an unsubscribe page calls the course of its signed address (one statement); empty for none."""
    return session.scalar(select(Course.title).where(Course.id == subscription.course_id)) or ""


def get_member(session: Session, *, course_id: int, person_id: int, now: datetime) -> Actor | None:
    """Somebody who is in a course now, with the role that it lists them in, and nothing that a visit would add; None if
    they are not (one statement).

    For what is made for them while they are away: mail and calendars.
    """
    row = session.execute(
        select(Enrollment.role, Person.name, Person.locale, Person.time_zone, Course.title, Course.time_zone)
        .join(Person, Person.id == Enrollment.person_id)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.course_id == course_id, Enrollment.person_id == person_id, Enrollment.active)
    ).one_or_none()
    if row is None:
        return None
    role, name, locale, own_zone, title, course_zone = row
    return Actor(
        person_id=person_id,
        course_id=course_id,
        role=role,
        name=name,
        course_title=title,
        time_zone=own_zone or course_zone,
        frame_origins=(),
        expires_at=now,
        locale=locale or "",
        teaches=role.is_staff,
    )


def collect_recipients(session: Session, course_id: int, person_ids: Collection[int]) -> dict[int, MailRecipient]:
    """Those of these people who are in the course now, by person id (one statement)."""
    rows = session.execute(
        select(Person.id, Person.email, Person.time_zone, Course.time_zone, NoticePreference)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .join(Course, Course.id == Enrollment.course_id)
        .outerjoin(
            NoticePreference,
            (NoticePreference.person_id == Person.id) & (NoticePreference.course_id == Enrollment.course_id),
        )
        .where(Enrollment.course_id == course_id, Enrollment.active, Person.id.in_(person_ids))
    )
    return {
        person_id: MailRecipient(email or "", zone(own_zone or course_zone), preferences_of(row))
        for person_id, email, own_zone, course_zone, row in rows
    }


def preferences_of(row: NoticePreference | None) -> MailPreferences:
    """A stored choice, or the defaults."""
    return MailPreferences(row.frequency, row.quiet_from, row.quiet_to) if row else MailPreferences()


def _row(session: Session, course_id: int, person_id: int) -> NoticePreference | None:
    return session.scalars(
        select(NoticePreference).where(NoticePreference.course_id == course_id, NoticePreference.person_id == person_id)
    ).one_or_none()
