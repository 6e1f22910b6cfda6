"""What one can ask about courses, their people and visits."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, literal, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of
from lti_app.core.errors import Forbidden, NotFound
from lti_app.core.known_rows import KnownRows
from lti_app.core.statements import fetch_row, fetch_stored
from lti_app.course.courses.models import Course, Enrollment, Visit
from lti_app.course.courses.rules import (
    RENEW_AFTER,
    STAND_INS,
    Actor,
    CourseSettings,
    Role,
    hash_token,
    visit_end,
)
from lti_app.course.people.models import Person


def joined_at() -> ColumnElement[datetime | None]:
    """When somebody came into a course, for statements that join Enrollment. NULL for those whom no class list of the
    LMS has named: they may have been there long before they opened Colloquy.
    """
    return case((Enrollment.listed_role.is_not(None), Enrollment.first_seen_at), else_=None)


_MEMBER = alias_of(Enrollment)
IN_CLASS_ORDER = (Person.sort_name, Enrollment.number, Person.id)
"""The order of class lists, for statements that join Person and Enrollment."""
_VISITOR = (
    select(
        *(Visit.person_id, Visit.course_id, Visit.role, Visit.frame_origins, Visit.created_at, Visit.expires_at),
        *(Person.name, Person.locale, Person.time_zone, Course.title, Course.time_zone, Enrollment.role),
        joined_at().label("joined_at"),
    )
    .join(Person, Person.id == Visit.person_id)
    .join(Course, Course.id == Visit.course_id)
    .join(Enrollment, (Enrollment.course_id == Visit.course_id) & (Enrollment.person_id == Visit.person_id))
    .where(
        Visit.token_hash == bindparam("token_hash"),
        Visit.course_id == bindparam("course_id"),
        Visit.expires_at > bindparam("now"),
        Enrollment.active,
    )
)
"""Made once: every request begins with it."""


class Member(NamedTuple):
    """A person as class lists show them."""

    person_id: int
    name: str
    role: Role
    joined_at: datetime | None = None
    """When a student came into the course, as far as class lists tell."""


def get_actor(session: Session, *, course_id: int, token: str, now: datetime) -> Actor | None:
    """Who holds this visit to this course; None when the visit is over, of another course, or the person has left."""
    values = visitor_values(course_id=course_id, token=token, now=now)
    row = fetch_row(session, _VISITOR, values)
    return None if row is None else actor_of(row, now)


def visitor_values(*, course_id: int, token: str, now: datetime) -> dict[str, object]:
    """The values with which `with_visitor` is run."""
    return {"token_hash": hash_token(token), "course_id": course_id, "now": now}


def with_visitor(*columns: Any) -> Select[Any]:
    """Who holds a visit, as `get_actor` finds them, with more columns: for requests of one statement.

    The visit, its person and its course are in the statement for others to refer to; no row means no visit.
    """
    return _VISITOR.add_columns(*columns)


def actor_of(row: Sequence[Any], now: datetime) -> Actor:
    """The actor whom a row of `with_visitor` begins with."""
    person_id, course_id, role, origins, opened_at, expires_at, name, locale, own_zone, *of_course = row[:13]
    title, course_zone, enrolled_as, joined = of_course
    return Actor(
        person_id=person_id,
        course_id=course_id,
        role=role,
        name=name,
        course_title=title,
        time_zone=own_zone or course_zone,
        frame_origins=tuple(origins.split()),
        expires_at=expires_at,
        locale=locale or "",
        is_renewable=visit_end(opened_at, now) - expires_at >= RENEW_AFTER,
        teaches=enrolled_as.is_staff,
        joined_at=joined,
    )


def get_settings(session: Session, actor: Actor) -> CourseSettings:
    """The settings of the actor's course. Raises Forbidden for anybody but an instructor."""
    if actor.role is not Role.INSTRUCTOR:
        raise Forbidden
    row = session.execute(
        select(Course.citation_style, Course.library, Course.library_prefix, Course.time_zone).where(
            Course.id == actor.course_id
        )
    ).one()
    return CourseSettings(*row)


def list_students(session: Session, actor: Actor) -> list[Member]:
    """The active students of the actor's course in the order of class lists."""
    return _students.made_of(actor.course_id, fetch_stored(session, _IN_ORDER, {"course_id": actor.course_id}))


def get_student(session: Session, actor: Actor, person_id: int) -> Member:
    """One active student of the actor's course; raises NotFound for anybody else."""
    values = {"course_id": actor.course_id, "person_id": person_id}
    row = session.execute(_ONE_STUDENT, values).one_or_none()
    if row is None:
        raise NotFound
    return Member(*row)


def member_name() -> ColumnElement[str]:
    """What a person is called in a course, for statements that join Person and Enrollment: the name from the LMS, else
    a number that stays theirs. Empty for those who have neither.
    """
    return case((Person.name != "", Person.name), else_=_stand_in(Enrollment))


def name_in_course(person: type[Person], course_id: ColumnElement[int] | int) -> ColumnElement[str]:
    """The same for statements that join Person, or an alias of it, alone."""
    member = (_MEMBER.course_id == course_id, _MEMBER.person_id == person.id)
    stand_in = select(_stand_in(_MEMBER)).where(*member).scalar_subquery()
    return case((person.name != "", person.name), else_=func.coalesce(stand_in, ""))


def _stand_in(enrollment: type[Enrollment]) -> ColumnElement[str]:
    word = case({role: literal(word) for role, word in STAND_INS.items()}, value=enrollment.numbered_as, else_="")
    return case((enrollment.number.is_not(None), word + " " + cast(enrollment.number, String)), else_="")


_OF_MEMBER: tuple[Any, ...] = (Person.id, member_name(), Enrollment.role, joined_at())
_STUDENTS = (
    select(*_OF_MEMBER)
    .join(Enrollment, Enrollment.person_id == Person.id)
    .where(Enrollment.course_id == bindparam("course_id", type_=Id), Enrollment.role == Role.STUDENT, Enrollment.active)
)
_IN_ORDER = _STUDENTS.order_by(*IN_CLASS_ORDER)
MOST_STUDENTS = 5_000
"""That one process keeps: ten courses of 500; about 2 MB."""
_students: KnownRows[int, Member] = KnownRows(MOST_STUDENTS, lambda row: Member(*row))
"""By course id."""
_ONE_STUDENT = _STUDENTS.where(Person.id == bindparam("person_id", type_=Id))
