"""What changes courses, enrolments and visits."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import Forbidden
from lti_app.course.courses.models import Course, EarlierCourse, Enrollment, Visit
from lti_app.course.courses.rules import Actor, CitationStyle, CourseSettings, Library, Role, hash_token, visit_end
from lti_app.course.people.actions import record_found, record_time_zone, select_person
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names, display_name

_IN_COURSE = Enrollment.course_id == bindparam("course_id")
_ENROLLMENT = select(Enrollment).where(_IN_COURSE, Enrollment.person_id == bindparam("who"))
_MEMBER = select_person(Enrollment).outerjoin(Enrollment, and_(Enrollment.person_id == Person.id, _IN_COURSE))
_WEAKEN_VISITS = (
    update(Visit)
    .where(Visit.course_id == bindparam("in_course"), Visit.person_id == bindparam("who"))
    .where(Visit.role.in_(bindparam("stronger", expanding=True)))
    .values(role=bindparam("now_as"))
)
_STUDENT_AGAIN = (
    update(Enrollment)
    .where(Enrollment.course_id == bindparam("in_course"), Enrollment.person_id == bindparam("who"))
    .where(Enrollment.listed_role == Role.STUDENT, Enrollment.role != Role.STUDENT)
    .values(role=bindparam("now_as"))
)
"""Made once, like those before: every launch needs them."""


def create_course(
    session: Session, *, title: str, label: str, time_zone: str, now: datetime, tenant_id: int | None = None
) -> int:
    """A new, empty course; returns its id. `time_zone` counts until an instructor's is known."""
    course = Course(
        title=title,
        label=label,
        time_zone=time_zone,
        is_zone_chosen=False,
        citation_style=CitationStyle.APA,
        library=Library.NONE,
        library_prefix="",
        created_at=now,
        tenant_id=tenant_id,
    )
    session.add(course)
    session.flush()
    return course.id


def record_earlier(session: Session, course_id: int, earlier_ids: Collection[int]) -> None:
    """Record the courses that this one was copied from."""
    rows = [{"course_id": course_id, "earlier_id": earlier} for earlier in {*earlier_ids} - {course_id}]
    if rows:
        session.execute(insert_into(session, EarlierCourse).values(rows).on_conflict_do_nothing())


def rename_course(session: Session, course_id: int, *, title: str, label: str, tenant_id: int | None = None) -> None:
    """Take over the title and label that the LMS uses for the course, and its tenant where none is known."""
    course = session.get_one(Course, course_id)
    course.tenant_id = course.tenant_id or tenant_id
    course.title, course.label = title or course.title, label or course.label
    session.flush()


def change_settings(session: Session, actor: Actor, settings: CourseSettings) -> bool:
    """Change the settings of the actor's course; returns whether the citation style has changed.

    Raises Forbidden unless the actor is an instructor.
    """
    if actor.role is not Role.INSTRUCTOR:
        raise Forbidden
    course = session.get_one(Course, actor.course_id, with_for_update=True)
    is_restyled = course.citation_style != settings.citation_style
    course.citation_style = settings.citation_style
    course.library, course.library_prefix = settings.library, settings.library_prefix
    course.time_zone, course.is_zone_chosen = settings.time_zone, True
    session.flush()
    return is_restyled


def adopt_time_zone(session: Session, *, course_id: int, person_id: int, role: Role) -> None:
    """Give the course the time zone of its first instructor whose zone is known, unless it has one already.

    It writes only where the course has none.
    """
    if role is not Role.INSTRUCTOR or session.get_one(Course, course_id).is_zone_chosen:
        return
    own = select(Person.time_zone).where(Person.id == person_id).scalar_subquery()
    session.execute(
        update(Course)
        .where(Course.id == course_id, ~Course.is_zone_chosen, own.is_not(None))
        .values(time_zone=own, is_zone_chosen=True)
    )


def report_time_zone(session: Session, actor: Actor, name: str) -> bool:
    """Store the time zone of the actor's browser, and of the course where nobody has chosen one.

    False if there is no time zone of this name.
    """
    known = record_time_zone(session, actor.person_id, name)
    adopt_time_zone(session, course_id=actor.course_id, person_id=actor.person_id, role=actor.role)
    return known


class MemberAtLaunch(NamedTuple):
    """Who has come into a course by a launch."""

    person_id: int
    role: Role
    """That the launch gives: that of an assistant to those who are known as assistants by `record_listed_roles`, whom
    Moodle's launches call instructors."""
    is_new: bool
    """Whether they were in no part of the course before."""


def record_member(
    session: Session, *, course_id: int, identity: Identity, names: Names, role: Role, now: datetime
) -> int:
    """Record that the person whom a registration names is in a course; returns the person's id.

    Someone in the course of whom no registration is known yet, but the rest fits, is that person.
    """
    return record_launch(session, course_id=course_id, identity=identity, names=names, role=role, now=now).person_id


def record_launch(
    session: Session, *, course_id: int, identity: Identity, names: Names, role: Role, now: datetime
) -> MemberAtLaunch:
    """The same for somebody who opens the course now, with what else follows from what was known of them."""
    found = session.execute(_MEMBER, {**vars(identity), "course_id": course_id}).first()
    person, enrollment = found or (None, None)
    if person is not None and not person.client_id and enrollment is None:
        person = None  # somebody else, of whom no registration is known
    person_id = record_found(session, person, identity, names, now)
    known = _enrolled(session, course_id, person_id, role, now, known=enrollment)
    if not display_name(names):
        _number(session, known or _enrollment(session, course_id, person_id))
    return MemberAtLaunch(person_id, _launched_as(known, role) if known else role, is_new=known is None)


def enroll(session: Session, *, course_id: int, person_id: int, role: Role, now: datetime) -> None:
    """Record that a person is in a course. A weaker role alone never replaces a stronger one.

    An instructor who previews the course as a student, or who has a weaker role in the class list, must not become a
    student who is graded. People who come back after they had left have the new role. Two launches may do this at the
    same time.
    """
    before = _find_enrollment(session, course_id, person_id)
    known = _enrolled(session, course_id, person_id, role, now, known=before)
    _number(session, known or _enrollment(session, course_id, person_id))


def _enrolled(
    session: Session, course_id: int, person_id: int, role: Role, now: datetime, *, known: Enrollment | None
) -> Enrollment | None:
    """The enrollment that was there before, changed where it has to be; None where a new one was made."""
    enrollment = known
    if enrollment is None:
        new = {"course_id": course_id, "person_id": person_id, "role": role, "active": True, "first_seen_at": now}
        added = insert_into(session, Enrollment).on_conflict_do_nothing().returning(Enrollment.id)
        if session.connection().scalar(added, new) is not None:
            return None
        enrollment = _enrollment(session, course_id, person_id)  # the other launch was first
    role = _launched_as(enrollment, role)
    if enrollment.active and role.power <= enrollment.role.power:
        return enrollment
    session.refresh(enrollment, with_for_update=True)  # another launch may be recording a stronger role right now
    stronger = max(role, enrollment.role, key=lambda each: each.power)
    enrollment.role = stronger if enrollment.active else role
    enrollment.active = True
    session.flush()
    return enrollment


def _number(session: Session, enrollment: Enrollment) -> None:
    """Give a number to a person whose name the LMS withholds, and another one when their role has changed.

    The row of the course is locked, so that two people never get the same.
    """
    role = enrollment.role
    if enrollment.numbered_as is role or session.get_one(Person, enrollment.person_id).name:
        return
    session.execute(select(Course.id).where(Course.id == enrollment.course_id).with_for_update())
    alike = (Enrollment.course_id == enrollment.course_id, Enrollment.numbered_as == role)
    last = session.scalar(select(func.max(Enrollment.number)).where(*alike)) or 0
    enrollment.number, enrollment.numbered_as = last + 1, role
    session.flush()


def _launched_as(known: Enrollment, role: Role) -> Role:
    is_assistant = known.active and known.role is Role.ASSISTANT and known.listed_role is Role.STUDENT
    return Role.ASSISTANT if role is Role.INSTRUCTOR and is_assistant else role


def record_listed_roles(
    session: Session, course_id: int, roles: Mapping[int, Role], *, of_moodle: Collection[int] = ()
) -> None:
    """Record the roles in a complete class list, by person id.

    A student there whose newest launch was a student's too is a student again. Launches alone may be previews, and
    class lists alone may be wrong. Moodle's list calls a non-editing teacher a learner, and its launches an instructor:
    those in `of_moodle` of whom both are said are assistants.
    """
    members = select(Enrollment).where(Enrollment.course_id == course_id, Enrollment.active).order_by(Enrollment.id)
    enrollments = session.scalars(members.with_for_update()).all()
    visits = select(Visit.person_id, Visit.role).where(Visit.course_id == course_id).order_by(Visit.created_at)
    newest = dict(iter(session.execute(visits)))  # a result has keys, but is no mapping
    for enrollment in enrollments:
        if (listed := roles.get(enrollment.person_id)) is not None:
            enrollment.listed_role = listed
        if listed is newest.get(enrollment.person_id) is Role.STUDENT:
            enrollment.role = Role.STUDENT
        elif enrollment.person_id in of_moodle and enrollment.role.is_staff:
            _settle_staff(session, enrollment)
        _number(session, enrollment)
    session.flush()


def _settle_staff(session: Session, enrollment: Enrollment) -> None:
    """Take the role of staff from Moodle's list: an editing teacher is an instructor there, another one a learner."""
    if enrollment.listed_role is Role.INSTRUCTOR:
        enrollment.role = Role.INSTRUCTOR
    elif enrollment.listed_role is Role.STUDENT and enrollment.role is Role.INSTRUCTOR:
        enrollment.role = Role.ASSISTANT
        theirs = (Visit.course_id == enrollment.course_id, Visit.person_id == enrollment.person_id)
        session.execute(update(Visit).where(*theirs, Visit.role == Role.INSTRUCTOR).values(role=Role.ASSISTANT))


def deactivate_others(session: Session, course_id: int, person_ids: Collection[int], now: datetime) -> None:
    """Mark people who are missing from a complete class list as no longer active, and end their visits.

    Their work stays. Those whom no class list has named before stay active if they have an open visit or are no
    students: class lists leave out the platform's test student, and administrators who may open every course.
    """
    visiting = select(Visit.person_id).where(Visit.course_id == course_id, Visit.expires_at > now)
    never_listed = and_(Enrollment.role == Role.STUDENT, Enrollment.person_id.not_in(visiting))
    candidates = select(Enrollment).where(
        Enrollment.course_id == course_id,
        Enrollment.active,
        or_(Enrollment.listed_role.is_not(None), never_listed),
    )
    present = set(person_ids)
    gone = [enrollment for enrollment in session.scalars(candidates) if enrollment.person_id not in present]
    for enrollment in gone:
        enrollment.active, enrollment.listed_role = False, None
    theirs = Visit.person_id.in_([enrollment.person_id for enrollment in gone])
    session.execute(delete(Visit).where(Visit.course_id == course_id, theirs))
    session.flush()


def open_visit(
    session: Session,
    *,
    course_id: int,
    person_id: int,
    role: Role,
    frame_origins: Sequence[str],
    now: datetime,
    is_new: bool = False,
) -> str:
    """Open a visit after a launch; returns the token for the cookie, which we cannot read back later.

    The person's older visits to the course keep no stronger role than this one has. A student by this launch whom the
    class list calls a student too is a student again, whatever they were before. Somebody who `is_new` in the course
    has nothing older there.
    """
    connection = session.connection()
    if not is_new:
        theirs = {"in_course": course_id, "who": person_id, "now_as": role}
        if stronger := [each for each in Role if each.power > role.power]:
            connection.execute(_WEAKEN_VISITS, {**theirs, "stronger": stronger})
        if role is Role.STUDENT:
            connection.execute(_STUDENT_AGAIN, theirs)
    token = secrets.token_urlsafe(32)
    visit = {
        "token_hash": hash_token(token),
        "course_id": course_id,
        "person_id": person_id,
        "role": role,
        "frame_origins": " ".join(frame_origins),
        "created_at": now,
        "expires_at": visit_end(now, now),
    }
    connection.execute(insert(Visit), visit)
    return token


def renew_visit(session: Session, token: str, now: datetime) -> None:
    """Make a visit last longer after a sign of life; one that is over stays over."""
    visit = session.get(Visit, hash_token(token))
    if visit is not None and visit.expires_at > now:
        visit.expires_at = max(visit.expires_at, visit_end(visit.created_at, now))
        session.flush()


def end_visits_of_others(session: Session, person_id: int, tokens: Collection[str]) -> bool:
    """End those of a browser's visits that are another person's, in all courses; whether there were any."""
    if not tokens:
        return False
    hashes = [hash_token(token) for token in tokens]
    of_others = delete(Visit).where(Visit.token_hash.in_(hashes), Visit.person_id != person_id)
    return bool(session.execute(of_others.returning(Visit.token_hash)).all())


def close_expired_visits(session: Session, now: datetime) -> None:
    """Delete expired visits."""
    session.execute(delete(Visit).where(Visit.expires_at < now))


def _find_enrollment(session: Session, course_id: int, person_id: int) -> Enrollment | None:
    return session.scalar(_ENROLLMENT, {"course_id": course_id, "who": person_id})


def _enrollment(session: Session, course_id: int, person_id: int) -> Enrollment:
    return session.scalars(_ENROLLMENT, {"course_id": course_id, "who": person_id}).one()
