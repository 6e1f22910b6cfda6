"""The gate to a file, and its content."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lti_app.core.bounded import AllPlacesTaken
from lti_app.core.documents import PdfPages, extract_pages, page_labels
from lti_app.core.errors import ColloquyError, NotFound
from lti_app.course.courses.rules import Actor
from lti_app.library.files.access import FileCircumstances, FilePermission, require
from lti_app.library.files.errors import FileLocked, FileReadingBusy
from lti_app.library.files.models import File
from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import MediaType, Purpose, Right, is_part_of_address, part_of_address, words_of

PART = 1_000_000


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
    neutral_name: str = ""
    """What it is called for a reader who may not know its own name."""

    @property
    def slug(self) -> str:
        """The last part of its address, which must be known to fetch it."""
        return part_of_address(self.key, self.name)

    def is_at(self, slug: str) -> bool:
        """Whether its address ends with this part."""
        return is_part_of_address(slug, self.key, self.name)


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


def read_pages(storage: Storage, file: FileView, first_page: int = 1) -> list[tuple[str, str]]:
    """The label and the text of each page of a reading; HTML is one page. Slow: not for use in a request that a reader
    waits for. Raises FileLocked or FileReadingBusy.
    """
    with storage.open(file.key) as stream:
        if file.media_type is MediaType.PDF:
            read = _extract(stream)
            if read.is_locked:
                raise FileLocked
            return list(zip(page_labels(read.labels, len(read.texts), first_page), read.texts, strict=True))
        return [(str(first_page), words_of(stream.read().decode()))]


def refuse_locked(stream: BinaryIO) -> None:
    """Raise FileLocked for a PDF that opens only with a password: the class could not read it. Raises FileReadingBusy
    where that cannot be found out now.
    """
    is_encrypted = any(b"/Encrypt" in part for part in _parts(stream))
    stream.seek(0)
    if is_encrypted and _extract(stream).is_locked:
        raise FileLocked
    stream.seek(0)


def _extract(stream: BinaryIO) -> PdfPages:
    try:
        return extract_pages(stream)
    except AllPlacesTaken as error:
        raise FileReadingBusy from error


def _parts(stream: BinaryIO) -> Iterator[bytes]:
    """A stream in parts that overlap by the length of a word."""
    before = b""
    while part := stream.read(PART):
        yield before + part
        before = part[-10:]


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
