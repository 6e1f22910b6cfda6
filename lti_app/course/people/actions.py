"""What changes a person's record."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app.course.people.models import Person
from lti_app.course.people.rules import Names, display_name, known_zone, sort_name


def record_person(session: Session, *, issuer: str, sub: str, names: Names, now: datetime) -> int:
    """Find or create the person whom a platform names; returns the person's id.

    Names that the platform sends replace the stored ones; names it withholds leave them alone, since a roster may
    tell what a launch does not. Safe when two launches of a new person run at once.
    """
    person = _find(session, issuer, sub)
    if person is None:
        try:
            with session.begin_nested():
                person = Person(issuer=issuer, sub=sub, name="", sort_name="", created_at=now)
                session.add(person)
        except IntegrityError:  # the other launch was first
            person = _find(session, issuer, sub)
            if person is None:
                raise
    if shown := display_name(names):
        person.name, person.sort_name = shown, sort_name(names)
    person.email = names.email or person.email
    person.locale = names.locale or person.locale
    session.flush()
    return person.id


def record_time_zone(session: Session, person_id: int, name: str) -> bool:
    """Remember the time zone that a person's browser tells; False for a name that is none."""
    if known_zone(name) is None:
        return False
    person = session.get_one(Person, person_id)
    person.time_zone = name
    session.flush()
    return True


def _find(session: Session, issuer: str, sub: str) -> Person | None:
    return session.scalar(select(Person).where(Person.issuer == issuer, Person.sub == sub))
