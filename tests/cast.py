"""The people of the tests, brought into their courses by the same actions as in life, and a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from lti_app.course.courses.actions import create_course, enroll, open_visit
from lti_app.course.courses.queries import get_actor
from lti_app.course.courses.rules import Actor, Role
from lti_app.course.people.actions import record_person
from lti_app.course.people.rules import Identity, Names

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ISSUER = "https://lms.example.edu"
CLIENT_ID = "client-1"
FRAME = ("https://lms.example.edu",)


class FrozenClock:
    """A clock that goes only when a test moves it."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Go on (`days=1, minutes=-5`); answers the new moment."""
        self.now += timedelta(**by)
        return self.now


@dataclass(frozen=True)
class Cast:
    """A course on leadership, and a person of every role in it."""

    course_id: int
    ines: Actor
    """The instructor."""
    tariq: Actor
    """Her assistant."""
    ana: Actor
    ben: Actor
    chi: Actor
    """Three students."""
    olga: Actor
    """An observer: Ana's mentor."""
    elsewhere: Actor
    """The instructor of another course."""
    stranger: Actor
    """A student of the other course."""

    @property
    def students(self) -> tuple[Actor, ...]:
        """Ana, Ben and Chi."""
        return (self.ana, self.ben, self.chi)


def gather_cast(session: Session, now: datetime) -> Cast:
    """Both courses with all their people."""
    here = create_course(session, title="Leading Change", label="LEAD 401", time_zone="Europe/Berlin", now=now)
    there = create_course(session, title="Statistics", label="STAT 101", time_zone="UTC", now=now)
    return Cast(
        course_id=here,
        ines=arrive(session, here, "Ines Navarro", Role.INSTRUCTOR, now=now),
        tariq=arrive(session, here, "Tariq Haddad", Role.ASSISTANT, now=now),
        ana=arrive(session, here, "Ana Brandt", Role.STUDENT, now=now),
        ben=arrive(session, here, "Ben Carter", Role.STUDENT, now=now),
        chi=arrive(session, here, "Chi Nguyen", Role.STUDENT, now=now),
        olga=arrive(session, here, "Olga Petrova", Role.OBSERVER, now=now),
        elsewhere=arrive(session, there, "Edda Lind", Role.INSTRUCTOR, now=now),
        stranger=arrive(session, there, "Sam Stone", Role.STUDENT, now=now),
    )


def arrive(session: Session, course_id: int, name: str, role: Role, *, now: datetime) -> Actor:
    """Launch somebody into a course: their record, their enrolment, a visit; answers who acts in it."""
    given, _, family = name.partition(" ")
    names = Names(name=name, given=given, family=family)
    person_id = record_person(session, Identity(ISSUER, CLIENT_ID, name.casefold().replace(" ", "-")), names, now)
    enroll(session, course_id=course_id, person_id=person_id, role=role, now=now)
    token = open_visit(session, course_id=course_id, person_id=person_id, role=role, frame_origins=FRAME, now=now)
    actor = get_actor(session, course_id=course_id, token=token, now=now)
    assert actor is not None
    return actor
