"""What one can ask about courses, their people and visits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.courses.models import Course, Enrollment, Visit
from lti_app.courses.rules import Actor, Role, hash_token
from lti_app.people.models import Person


@dataclass(frozen=True)
class Member:
    """A person as class lists show them."""

    person_id: int
    name: str
    role: Role


def get_actor(session: Session, *, course_id: int, token: str, now: datetime) -> Actor | None:
    """Who holds this visit to this course; None when the visit is over, of another course, or the person has left."""
    row = session.execute(
        select(Visit, Person.name, Person.time_zone, Course.title, Course.time_zone)
        .join(Person, Person.id == Visit.person_id)
        .join(Course, Course.id == Visit.course_id)
        .join(Enrollment, (Enrollment.course_id == Visit.course_id) & (Enrollment.person_id == Visit.person_id))
        .where(
            Visit.token_hash == hash_token(token),
            Visit.course_id == course_id,
            Visit.expires_at > now,
            Enrollment.active,
        )
    ).one_or_none()
    if row is None:
        return None
    visit, name, own_zone, title, course_zone = row
    return Actor(
        person_id=visit.person_id,
        course_id=visit.course_id,
        role=visit.role,
        name=name,
        course_title=title,
        time_zone=own_zone or course_zone,
        frame_origins=tuple(visit.frame_origins.split()),
        expires_at=visit.expires_at,
    )


def list_students(session: Session, actor: Actor) -> list[Member]:
    """The active students of the actor's course in the order of class lists."""
    return [Member(*row) for row in session.execute(_students(actor.course_id).order_by(Person.sort_name, Person.id))]


def get_student(session: Session, actor: Actor, person_id: int) -> Member:
    """One active student of the actor's course; raises NotFound for anybody else."""
    row = session.execute(_students(actor.course_id).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound
    return Member(*row)


def _students(course_id: int) -> Select[int, str, Role]:
    return (
        select(Person.id, Person.name, Enrollment.role)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .where(Enrollment.course_id == course_id, Enrollment.role == Role.STUDENT, Enrollment.active)
    )
