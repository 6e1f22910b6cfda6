"""Imports that were previewed or finished."""

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
from lti_app.exchange.importing.rules.posts import ImportMode


@dataclass(frozen=True)
class PreviewPost:
    """A post of the file, as it would look in the discussion."""

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
    authors: int
    known: int
    added: int
    preview_posts: tuple[PreviewPost, ...]
    faults: Mapping[Fault, int]
    notes: tuple[Note, ...]
    mode: ImportMode | None
    hides_names: bool
    by: str
    created_at: datetime
    imported_at: datetime | None

    @property
    def to_add(self) -> int:
        """How many posts are not in the discussion yet."""
        return self.found - self.known

    @property
    def skipped(self) -> int:
        """How many entries of the file are not imported."""
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
    finished = _imports(discussion).where(Import.imported_at.is_not(None)).order_by(Import.id.desc())
    return [_view(*row) for row in session.execute(finished)]


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
        authors=row.authors,
        known=row.known,
        added=row.added,
        preview_posts=tuple(PreviewPost(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in row.preview),
        faults={Fault(name): count for name, count in row.fault_counts.items()},
        notes=tuple(Note(line, Fault(fault), detail) for line, fault, detail in row.notes),
        mode=row.mode,
        hides_names=row.hides_names,
        by=by,
        created_at=row.created_at,
        imported_at=row.imported_at,
    )
