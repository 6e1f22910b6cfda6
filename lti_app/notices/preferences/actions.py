"""Choosing, and unsubscribing without a visit."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor
from lti_app.notices.preferences.errors import InvalidQuietHours
from lti_app.notices.preferences.models import NoticePreference
from lti_app.notices.preferences.rules import Frequency, MailPreferences, MailSubscription


def choose_preferences(session: Session, actor: Actor, chosen: MailPreferences, *, now: datetime) -> None:
    """Store what the actor chooses for their course; raises InvalidQuietHours."""
    hours = (chosen.quiet_from, chosen.quiet_to)
    if hours != (None, None):
        is_sound = all(hour is not None and 0 <= hour < 24 for hour in hours)
        if not is_sound or chosen.quiet_from == chosen.quiet_to:
            raise InvalidQuietHours
    _store(session, actor.course_id, actor.person_id, {**vars(chosen), "changed_at": now})


def unsubscribe(session: Session, subscription: MailSubscription, *, now: datetime) -> bool:
    """Turn mail from a course off, for the person whom a signed address names; False if they are not in it.

    A MailSubscription comes from an address whose signature was checked. Doing it again changes nothing.
    """
    course_id, person_id = subscription.course_id, subscription.person_id
    member = (Enrollment.course_id == course_id, Enrollment.person_id == person_id)
    if session.scalar(select(Enrollment.id).where(*member)) is None:
        return False
    _store(session, course_id, person_id, {"frequency": Frequency.OFF, "changed_at": now})
    return True


def _store(session: Session, course_id: int, person_id: int, values: dict[str, object]) -> None:
    key = {"course_id": course_id, "person_id": person_id}
    statement = insert_into(session, NoticePreference).values({**key, **values})
    session.execute(statement.on_conflict_do_update(index_elements=["person_id", "course_id"], set_=values))
    session.flush()
