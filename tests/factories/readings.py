"""The two readings of the course, as the short form tells them and as a discussion assigns them."""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_app.course.courses.rules import Actor
from lti_app.discussion.discussions.rules import AssignedReading
from lti_app.library.readings.actions.records import add_reading
from lti_app.library.readings.rules import ReadingEntry, to_csl

KOTTER = ReadingEntry(
    authors="Kotter, John P.",
    year=1990,
    title="What Leaders Really Do",
    container="Harvard Business Review",
    volume="68",
    issue="3",
    pages="103-111",
)
ZALEZNIK = ReadingEntry(
    authors="Zaleznik, Abraham",
    year=1977,
    title="Managers and Leaders: Are They Different?",
    container="Harvard Business Review",
    volume="55",
    issue="3",
    pages="67-78",
)


def add_readings(session: Session, instructor: Actor, now: datetime) -> tuple[int, int]:
    """Kotter and Zaleznik in the instructor's course; their ids."""
    kotter, zaleznik = (add_reading(session, instructor, to_csl(entry), now) for entry in (KOTTER, ZALEZNIK))
    return kotter, zaleznik


def assigned(reading_id: int, label: str, *, required: bool = True) -> AssignedReading:
    """A reading of a discussion, for rules that need no database."""
    return AssignedReading(reading_id, label, f"{label}.", None, required)
