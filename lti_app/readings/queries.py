"""What one can ask about readings."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.courses.rules import Actor
from lti_app.readings.models import Reading


@dataclass(frozen=True)
class ReadingLine:
    """A reading in the course's list."""

    id: int
    label: str
    reference_html: str
    url: str | None


def list_readings(session: Session, actor: Actor) -> list[ReadingLine]:
    """The readings of the actor's course by label."""
    rows = session.execute(
        select(Reading.id, Reading.label, Reading.reference_html, Reading.url)
        .where(Reading.course_id == actor.course_id)
        .order_by(Reading.label, Reading.id)
    )
    return [ReadingLine(*row) for row in rows]
