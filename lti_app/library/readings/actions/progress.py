"""Recording the reading progress of students."""

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.courses.rules import Actor
from lti_app.library.readings.access import keeps_progress, require_here
from lti_app.library.readings.models import ReadingState
from lti_app.library.readings.rules import PassagePlace


def record_opening(session: Session, actor: Actor, reading_id: int, now: datetime) -> None:
    """Record that a student opened the reading, here or elsewhere. Nothing is recorded for anybody but students."""
    _record(session, actor, reading_id, now, {"last_opened_at": now})


def record_position(
    session: Session, actor: Actor, reading_id: int, now: datetime, *, page: str = "", paragraph: str = ""
) -> None:
    """Record the last page or paragraph that a student has read; with neither, delete the recorded one."""
    place = PassagePlace.of(page=page, paragraph=paragraph)
    stopped_at = now if place.page or place.paragraph else None
    position = {"page": place.page, "paragraph": place.paragraph, "stopped_at": stopped_at}
    _record(session, actor, reading_id, now, position)


def record_place(
    session: Session, actor: Actor, reading_id: int, now: datetime, *, page: str = "", paragraph: str = ""
) -> None:
    """A student has the reading open, at this page or paragraph where that is known."""
    if page or paragraph:
        record_position(session, actor, reading_id, now, page=page, paragraph=paragraph)
    else:
        record_opening(session, actor, reading_id, now)


def mark_read(session: Session, actor: Actor, reading_id: int, now: datetime, *, read: bool) -> None:
    """Mark the reading as read by a student, or as not read."""
    _record(session, actor, reading_id, now, {"read_at": now if read else None})


def _record(session: Session, actor: Actor, reading_id: int, now: datetime, changes: dict[str, Any]) -> None:
    """Write down how far the actor has got; who says where they stopped or that they are done has opened it."""
    require_here(session, actor, reading_id)
    if not keeps_progress(actor):
        return
    row = {"page": "", "paragraph": "", "opened_at": now, "last_opened_at": now, **changes}
    session.execute(
        insert_into(session, ReadingState)
        .values(reading_id=reading_id, person_id=actor.person_id, **row)
        .on_conflict_do_update(
            index_elements=["reading_id", "person_id"],
            set_={"opened_at": func.coalesce(ReadingState.opened_at, now), **changes},
        )
    )
