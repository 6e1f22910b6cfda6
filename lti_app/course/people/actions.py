"""What changes a person's record."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app.course.people.models import Person
from lti_app.course.people.rules import Names, display_name, known_zone, sort_name


def record_person(session: Session, *, issuer: str, sub: str, names: Names, now: datetime) -> int:
    """Find or create the person whom a platform names; returns the person's id.

    Names that the platform sends replace the stored ones. Names that it withholds change nothing, since a class list
    may have what a launch lacks. Two launches of a new person may do this at the same time.
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
    """Store the time zone of a person's browser; False if there is no time zone of this name."""
    if known_zone(name) is None:
        return False
    person = session.get_one(Person, person_id)
    person.time_zone = name
    session.flush()
    return True


def _find(session: Session, issuer: str, sub: str) -> Person | None:
    return session.scalar(select(Person).where(Person.issuer == issuer, Person.sub == sub))
