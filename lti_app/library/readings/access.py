"""Who may change the readings of a course, and whose reading progress is recorded and shown."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.rules import Actor, Role
from lti_app.library.readings.models import Reading


def may_edit(actor: Actor) -> bool:
    """Whether the actor may add and change readings."""
    return actor.role is Role.INSTRUCTOR


def require_edit(actor: Actor) -> None:
    """Raise Forbidden unless the actor may add and change readings."""
    if not may_edit(actor):
        raise Forbidden


def require_staff(actor: Actor) -> None:
    """Raise Forbidden unless the actor may see the students' progress."""
    if not actor.is_staff:
        raise Forbidden


def keeps_progress(actor: Actor) -> bool:
    """Whether the actor's reading progress is recorded: only that of students."""
    return actor.role is Role.STUDENT


def may_cite(actor: Actor) -> bool:
    """Whether the actor may select passages to cite: everybody who writes posts."""
    return actor.role is not Role.OBSERVER


def require_cite(session: Session, actor: Actor, reading_id: int) -> None:
    """Raise NotFound unless the reading is of the actor's course, Forbidden unless they may select passages of it."""
    require_here(session, actor, reading_id)
    if not may_cite(actor):
        raise Forbidden


def require_here(session: Session, actor: Actor, reading_id: int) -> None:
    """Raise NotFound unless the reading is of the actor's course."""
    known = select(Reading.id).where(Reading.id == reading_id, Reading.course_id == actor.course_id)
    if session.scalar(known) is None:
        raise NotFound
