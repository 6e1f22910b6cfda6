"""Everything that is stored about one person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.orm import Session

from lti_app.core.db import Base
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.people.models import Person
from lti_app.exchange.personal.rules import FATES, PARTS, SECRETS, Fate
from lti_app.library.files.models import File
from lti_app.library.files.rules import Purpose

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""By table."""


@dataclass(frozen=True)
class PersonLine:
    """A person as the operator finds them."""

    id: int
    issuer: str
    client_id: str
    sub: str
    courses: int


@dataclass(frozen=True)
class PersonData:
    """All that is stored about a person."""

    rows: Rows
    files: Mapping[str, str]
    """By the name of each file that they attached to posts, the key under which the storage has it."""


def find_people(session: Session, *, issuer: str, sub: str) -> list[PersonLine]:
    """Who has this user id at this LMS, once for each registration of the LMS (one statement)."""
    courses = select(func.count()).where(Enrollment.person_id == Person.id).scalar_subquery()
    rows = session.execute(
        select(Person.id, Person.issuer, Person.client_id, Person.sub, courses)
        .where(Person.issuer == issuer, Person.sub == sub)
        .order_by(Person.id)
    )
    return [PersonLine(*row) for row in rows]


def collect_person(session: Session, person_id: int) -> PersonData:
    """All rows that are about a person or were written by them, with their parts (a statement for each table).

    What they did to the work of others is not included. Raises NotFound.
    """
    if session.get(Person, person_id) is None:
        raise NotFound("unknown_person")
    person = table_of("person")
    own = [each for one in owned_by(person_id, Fate.OWN, Fate.WRITTEN) for each in with_parts(*one)]
    rows: dict[str, dict[tuple[Any, ...], Mapping[str, Any]]] = {}
    for table, condition in [(person, person.c.id == person_id), *own]:
        told = [column for column in table.c if f"{table.name}.{column.name}" not in SECRETS]
        known = rows.setdefault(table.name, {})
        for row in session.execute(select(table).where(condition).order_by(*table.primary_key)).mappings():
            known[tuple(row[column.name] for column in table.primary_key)] = {
                column.name: row[column.name] for column in told
            }
    attached = select(File.id, File.name, File.key).where(
        File.owner_id == person_id, File.purpose == Purpose.ATTACHMENT, File.key.is_not(None)
    )
    by_table = {name: list(found.values()) for name, found in rows.items()}
    return PersonData(by_table, {f"{row.id}-{row.name}": str(row.key) for row in session.execute(attached)})


def table_of(name: str) -> Table:
    """The table with this name."""
    return Base.metadata.tables[name]


def owned_by(person_id: int, *fates: Fate) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The tables with rows of a person that have one of these fates, each with the condition for its rows."""
    wanted: dict[str, list[ColumnElement[bool]]] = {}
    for column, fate in FATES.items():
        name = column.partition(".")[0]
        if fate in fates:
            wanted.setdefault(name, []).append(_names(column, person_id))
    for table, conditions in wanted.items():
        yield table_of(table), or_(*conditions)


def _names(column: str, person_id: int) -> ColumnElement[bool]:
    """Whether a row names the person there. Imported posts are not by the person who imported them."""
    table, _, name = column.partition(".")
    names = table_of(table).c[name] == person_id
    return names & table_of(table).c.byline.is_(None) if column == "post.author_id" else names


def with_parts(table: Table, condition: ColumnElement[bool]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """These rows and their parts, and the parts of those, each table with its condition: parts before their whole."""
    yield from parts_of(table, condition)
    yield table, condition


def parts_of(table: Table, condition: ColumnElement[bool]) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    """The parts of these rows, and the parts of those, without the rows themselves."""
    for column in PARTS.get(table.name, ()):
        part, _, name = column.partition(".")
        of_these = table_of(part).c[name].in_(select(table.c.id).where(condition))
        yield from with_parts(table_of(part), of_these)
