"""What changes a person's record."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, bindparam, select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.course.people.models import Person
from lti_app.course.people.rules import Identity, Names, display_name, known_zone, sort_name


def record_person(session: Session, identity: Identity, names: Names, now: datetime) -> int:
    """Find or create the person whom a registration names; returns the person's id."""
    person = session.scalars(_PERSON, vars(identity)).first()
    return record_found(session, person if person and person.client_id else None, identity, names, now)


def select_person(*more: Any) -> Select[Any]:
    """The person whom a registration names, else the one of whom no registration is known; run with an identity. Such a
    person may be somebody else: `record_found` is given one only if they are known to be meant.
    """
    registrations = (bindparam("client_id", type_=String), "")
    known = (Person.issuer == bindparam("issuer"), Person.sub == bindparam("sub"), Person.client_id.in_(registrations))
    found = select(Person, *more).select_from(Person).where(*known)
    return found.order_by(Person.client_id.desc()).limit(1)


_PERSON = select_person()


def record_found(session: Session, person: Person | None, identity: Identity, names: Names, now: datetime) -> int:
    """Record what a registration says of the person whom it names, new where there is none yet; returns their id.

    Names that the registration sends replace the stored ones. Names that it withholds change nothing, since a class
    list may have what a launch lacks. Two launches of a new person may do this at the same time.
    """
    if person is None:
        if (person_id := _add(session, identity, names, now)) is not None:
            return person_id
        person = session.scalars(_PERSON, vars(identity)).one()  # the other launch was first
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


def _add(session: Session, identity: Identity, names: Names, now: datetime) -> int | None:
    """The id of a new person; None if another transaction has added them."""
    shown = display_name(names)
    told = {"name": shown, "sort_name": sort_name(names) if shown else ""}
    row = {**vars(identity), **told, "email": names.email or None, "locale": names.locale or None, "created_at": now}
    added = insert_into(session, Person).on_conflict_do_nothing().returning(Person.id)
    return session.connection().scalar(added, row)
