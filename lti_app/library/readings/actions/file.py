"""The file in which a class reads a reading."""

from datetime import datetime
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.library.files.actions import attach_files, delete_file, store_file
from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import Limits, Purpose, Rights
from lti_app.library.readings.access import require_edit, require_here
from lti_app.library.readings.actions.pages import forget_pages
from lti_app.library.readings.models import Reading


def set_reading_file(
    session: Session, actor: Actor, reading_id: int, *, file_id: int | None, first_page: int = 1, now: datetime
) -> None:
    """Let the class read one of the actor's files as this reading, or none any more. The old file is deleted.

    `first_page` is the number printed on its first page. Raises Forbidden, or NotFound for an unknown reading or file.
    """
    require_edit(actor)
    reading = session.scalar(
        select(Reading).where(Reading.id == reading_id, Reading.course_id == actor.course_id).with_for_update()
    )
    if reading is None:
        raise NotFound
    if file_id is not None:
        attach_files(session, actor, [file_id], purpose=Purpose.READING, now=now)
    if reading.file_id is not None and reading.file_id != file_id:
        delete_file(session, actor, reading.file_id, now=now)
        forget_pages(session, reading_id)
        reading.paged_file_id = None
    reading.file_id, reading.first_page = file_id, first_page
    session.flush()


def upload_file(
    session: Session,
    actor: Actor,
    reading_id: int,
    *,
    storage: Storage,
    stream: BinaryIO,
    name: str,
    rights: Rights,
    limits: Limits,
    first_page: int,
    now: datetime,
) -> None:
    """Store a file and let the class read it as the reading's text.

    Raises what `store_file` and `set_reading_file` raise.
    """
    require_edit(actor)
    require_here(session, actor, reading_id)
    purpose = Purpose.READING
    file = store_file(
        session, actor, storage, stream, name=name, purpose=purpose, rights=rights, limits=limits, now=now
    )
    set_reading_file(session, actor, reading_id, file_id=file.id, first_page=first_page, now=now)
