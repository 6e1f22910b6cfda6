"""Imports that were previewed or finished."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, undefer

from lti_app.core.errors import NotFound
from lti_app.course.courses.queries import name_in_course
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.exchange.formats.encodings import samples
from lti_app.exchange.formats.entries import Fault, Note, Shape
from lti_app.exchange.importing.access import may_import, require_import
from lti_app.exchange.importing.models import Import
from lti_app.exchange.importing.rules.posts import ImportMode
from lti_app.exchange.importing.rules.prepare import ImportFile


@dataclass(frozen=True)
class PreviewPost:
    """A post of the file, as it would look in the discussion."""

    author: str
    at: datetime | None
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
    samples: Mapping[str, str]
    """How each encoding reads the first characters of the file that are not ASCII; empty where there are none."""

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
    wanted = _imports(discussion).where(Import.id == import_id).options(undefer(Import.content))
    found = session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    return _view(*found, found[0].content)


def get_import_file(
    session: Session, actor: Actor, discussion: DiscussionView, import_id: int
) -> tuple[ImportFile, datetime] | None:
    """The file of a preview, which stays the same, and when it was given; None once the import has been run.

    Raises Forbidden or NotFound.
    """
    require_import(actor)
    wanted = select(Import).where(Import.discussion_id == discussion.id, Import.id == import_id)
    row = session.scalar(wanted.options(undefer(Import.content)))
    if row is None:
        raise NotFound
    if row.content is None:
        return None
    content = zlib.decompress(row.content)
    return ImportFile(content, row.zone, row.file_name, row.day_first, row.encoding), row.created_at


def list_imports(session: Session, actor: Actor, discussion: DiscussionView) -> list[ImportView]:
    """The imports into this discussion, newest first; empty for people who may not import."""
    if not may_import(actor):
        return []
    finished = _imports(discussion).where(Import.imported_at.is_not(None)).order_by(Import.id.desc())
    return [_view(*row) for row in session.execute(finished)]


def _imports(discussion: DiscussionView) -> Select[Import, str]:
    return (
        select(Import, name_in_course(Person, discussion.course_id))
        .join(Person, Person.id == Import.person_id)
        .where(Import.discussion_id == discussion.id)
    )


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _view(row: Import, by: str, content: bytes | None = None) -> ImportView:
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
        preview_posts=tuple(PreviewPost(**{**each, "at": _moment(each["at"])}) for each in row.preview),
        faults={Fault(name): count for name, count in row.fault_counts.items()},
        notes=tuple(Note(line, Fault(fault), detail, *author) for line, fault, detail, *author in row.notes),
        mode=row.mode,
        hides_names=row.hides_names,
        by=by,
        created_at=row.created_at,
        imported_at=row.imported_at,
        samples=samples(zlib.decompress(content)) if content else {},
    )
