"""The gate to a file, and its content."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_app.core.documents import extract_pages
from lti_app.core.errors import ColloquyError, NotFound
from lti_app.course.courses.rules import Actor
from lti_app.library.files.access import FileCircumstances, FilePermission, require
from lti_app.library.files.models import File
from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import MediaType, Purpose, Right, part_of_address, words_of


@dataclass(frozen=True)
class FileView:
    """A file that the actor may see."""

    id: int
    course_id: int
    owner_id: int
    key: str
    purpose: Purpose
    name: str
    media_type: MediaType
    size: int
    sha256: str
    rights: Right | None
    rights_note: str
    created_at: datetime

    @property
    def slug(self) -> str:
        """The last part of its address, which must be known to fetch it."""
        return part_of_address(self.key, self.name)


def get_file(session: Session, actor: Actor, file_id: int, *, need: FilePermission = FilePermission.READ) -> FileView:
    """The gate: one file of the actor's course, if the actor may do what is needed.

    Raises NotFound if it does not exist in this course, is deleted, or may not be seen by the actor; Forbidden if the
    actor may see it but not do this.
    """
    row = session.scalar(_kept(actor).where(File.id == file_id))
    if row is None:
        raise NotFound
    require(actor, need, _circumstances(actor, row))
    return view_of(row)


def list_files(session: Session, actor: Actor, file_ids: Collection[int]) -> dict[int, FileView]:
    """Those of these files that the actor may see, by id; one statement."""
    if not file_ids:
        return {}
    rows = session.scalars(_kept(actor).where(File.id.in_(file_ids)))
    return {row.id: view_of(row) for row in rows if _may_read(actor, row)}


def read_pages(storage: Storage, file: FileView) -> list[str]:
    """The text of a reading page by page; HTML is one page. Slow: not for use in a request that a reader waits for."""
    with storage.open(file.key) as stream:
        if file.media_type is MediaType.PDF:
            return extract_pages(stream)
        return [words_of(stream.read().decode())]


def view_of(row: File) -> FileView:
    """What a row says to those who may see it."""
    return FileView(
        id=row.id,
        course_id=row.course_id,
        owner_id=row.owner_id,
        key=row.key or "",
        purpose=row.purpose,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        rights=row.rights,
        rights_note=row.rights_note,
        created_at=row.created_at,
    )


def _kept(actor: Actor) -> Select[File]:
    return select(File).where(File.course_id == actor.course_id, File.deleted_at.is_(None), File.key.is_not(None))


def _circumstances(actor: Actor, row: File) -> FileCircumstances:
    return FileCircumstances(
        row.purpose, is_owner=row.owner_id == actor.person_id, is_attached=row.attached_at is not None
    )


def _may_read(actor: Actor, row: File) -> bool:
    try:
        require(actor, FilePermission.READ, _circumstances(actor, row))
    except ColloquyError:
        return False
    return True
