"""Files that were looked at or imported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.exchange.formats.entries import Fault, Note, Shape
from lti_app.exchange.importing.access import may_import, require_import
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.posts import Way


@dataclass(frozen=True)
class Sample:
    """A post of a file, as it would stand."""

    author: str
    at: datetime
    title: str
    html: str
    is_reply: bool
    is_gone: bool


@dataclass(frozen=True)
class ImportView:
    """A previewed or finished import."""

    id: int
    file_name: str
    shape: Shape
    encoding: str
    zone: str
    day_first: bool | None
    found: int
    first_posts: int
    voices: int
    known: int
    added: int
    samples: tuple[Sample, ...]
    faults: Mapping[Fault, int]
    notes: tuple[Note, ...]
    way: Way | None
    hides_names: bool
    by: str
    created_at: datetime
    brought_in_at: datetime | None

    @property
    def fresh(self) -> int:
        """How many posts are not in the discussion yet."""
        return self.found - self.known

    @property
    def left_out(self) -> int:
        """How many entries of the file are no posts here."""
        return sum(count for fault, count in self.faults.items() if fault.skips)

    @property
    def unlisted(self) -> int:
        """The number of notes that were not stored."""
        return sum(self.faults.values()) - len(self.notes)


def get_import(session: Session, actor: Actor, discussion: DiscussionView, import_id: int) -> ImportView:
    """One import into this discussion; raises Forbidden or NotFound."""
    require_import(actor)
    found = session.execute(_imports(discussion).where(Import.id == import_id)).one_or_none()
    if found is None:
        raise NotFound
    return _view(*found)


def list_imports(session: Session, actor: Actor, discussion: DiscussionView) -> list[ImportView]:
    """The imports into this discussion, newest first; empty for people who may not import."""
    if not may_import(actor):
        return []
    brought = _imports(discussion).where(Import.brought_in_at.is_not(None)).order_by(Import.id.desc())
    return [_view(*row) for row in session.execute(brought)]


def _imports(discussion: DiscussionView) -> Select[Import, str]:
    return (
        select(Import, Person.name)
        .join(Person, Person.id == Import.person_id)
        .where(Import.discussion_id == discussion.id)
    )


def _view(row: Import, by: str) -> ImportView:
    return ImportView(
        id=row.id,
        file_name=row.file_name,
        shape=row.shape,
        encoding=row.encoding,
        zone=row.zone,
        day_first=row.day_first,
        found=row.found,
        first_posts=row.first_posts,
        voices=row.voices,
        known=row.known,
        added=row.added,
        samples=tuple(Sample(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in row.preview),
        faults={Fault(name): count for name, count in row.fault_counts.items()},
        notes=tuple(Note(line, Fault(fault), detail) for line, fault, detail in row.notes),
        way=row.way,
        hides_names=row.hides_names,
        by=by,
        created_at=row.created_at,
        brought_in_at=row.brought_in_at,
    )
