"""What changes a person's record."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names, display_name, known_zone, sort_name


def record_person(
    session: Session,
    identity: Identity,
    names: Names,
    now: datetime,
    *,
    is_theirs: Callable[[int], bool] = lambda _person_id: False,
) -> int:
    """Find or create the person whom a registration names; returns the person's id.

    Names that the registration sends replace the stored ones. Names that it withholds change nothing, since a class
    list may have what a launch lacks. Two launches of a new person may do this at the same time.

    `is_theirs` decides whether a person of this issuer and `sub`, of whom no registration is known, is the one meant.
    """
    person = _find(session, identity)
    if person is not None and not person.client_id:
        person = person if is_theirs(person.id) else None
    if person is None:
        try:
            with session.begin_nested():
                person = Person(**vars(identity), name="", sort_name="", created_at=now)
                session.add(person)
        except IntegrityError:  # the other launch was first
            person = _find(session, identity)
            if person is None:
                raise
    person.client_id = identity.client_id
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


def _find(session: Session, identity: Identity) -> Person | None:
    """The person whom this registration names, else the one of whom no registration is known."""
    registrations = (identity.client_id, "")
    known = (Person.issuer == identity.issuer, Person.sub == identity.sub, Person.client_id.in_(registrations))
    return session.scalars(select(Person).where(*known).order_by(Person.client_id.desc())).first()
