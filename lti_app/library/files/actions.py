"""What changes files."""

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import BinaryIO

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.core.prose import clean_text
from lti_app.course.courses.rules import Actor
from lti_app.library.files.access import FilePermission, require_sending
from lti_app.library.files.errors import RightsMissing, StorageUnavailable, TooManyFiles
from lti_app.library.files.models import File
from lti_app.library.files.ports import Storage
from lti_app.library.files.queries import FileView, get_file, view_of
from lti_app.library.files.rules import CHUNK, MAX_RIGHTS, Limits, Purpose, Rights, display_name, examine

UNATTACHED_FOR = timedelta(days=1)
"""How long a file waits for something that refers to it; also how long a deleted one can still be brought back."""
MOST_WAITING = 50
"""Files of one person that nothing refers to yet."""
DEFAULT_LIMITS = Limits()


def store_file(
    session: Session,
    actor: Actor,
    storage: Storage,
    stream: BinaryIO,
    *,
    name: str,
    purpose: Purpose,
    rights: Rights | None = None,
    limits: Limits = DEFAULT_LIMITS,
    now: datetime,
) -> FileView:
    """Store an uploaded file; until `attach_files` only its owner can see it. The stream must be seekable.

    Raises Forbidden, or one of files.errors. The bytes are stored before the database is used, so that no transaction
    waits for a disk or a network.
    """
    require_sending(actor, purpose)
    if purpose is Purpose.READING and rights is None:
        raise RightsMissing
    examined = examine(stream, purpose, limits)
    key, digest = secrets.token_hex(16), _digest(examined.content)
    storage.put(key, examined.content)
    file = File(
        course_id=actor.course_id,
        owner_id=actor.person_id,
        key=key,
        purpose=purpose,
        name=display_name(name, examined.media_type),
        media_type=examined.media_type,
        size=examined.size,
        sha256=digest,
        rights=rights.ground if rights else None,
        rights_note=clean_text(rights.note)[:MAX_RIGHTS] if rights else "",
        created_at=now,
    )
    try:
        _refuse_hoard(session, actor, now)
        session.add(file)
        session.flush()
    except BaseException:  # no row would say that the bytes are there, so no sweep would find them
        with suppress(StorageUnavailable):
            storage.delete(key)
        raise
    return view_of(file)


def attach_files(session: Session, actor: Actor, file_ids: Collection[int], *, purpose: Purpose, now: datetime) -> None:
    """Mark files as used, so that readers can see them and the sweep leaves them.

    Raises NotFound unless all belong to the actor, have this purpose, and are in this course. Attaching twice changes
    nothing.
    """
    wanted = set(file_ids)
    if not wanted:
        return
    attached = update(File).where(
        File.id.in_(wanted),
        File.course_id == actor.course_id,
        File.owner_id == actor.person_id,
        File.purpose == purpose,
        File.deleted_at.is_(None),
        File.key.is_not(None),
    )
    found = session.scalars(
        attached.values(attached_at=func.coalesce(File.attached_at, now)).returning(File.id),
        execution_options={"synchronize_session": False},
    ).all()
    if set(found) != wanted:
        raise NotFound


def delete_file(session: Session, actor: Actor, file_id: int, *, now: datetime) -> None:
    """Delete a file; its bytes are erased by the next sweep after a day. Raises what the gate raises."""
    view = get_file(session, actor, file_id, need=FilePermission.DELETE)
    session.execute(update(File).where(File.id == view.id).values(deleted_at=now))


def sweep(session: Session, storage: Storage, *, now: datetime, limit: int = 500) -> int:
    """Erase what nothing has referred to for a day and what was deleted a day ago; answers how many files that were."""
    before = now - UNATTACHED_FOR
    rows = session.execute(
        select(File.id, File.key)
        .where(
            File.key.is_not(None),
            or_(File.deleted_at < before, File.attached_at.is_(None) & (File.created_at < before)),
        )
        .limit(limit)
        .with_for_update()
    ).all()
    for _, key in rows:
        storage.delete(key or "")
    gone = update(File).where(File.id.in_([file_id for file_id, _ in rows]))
    session.execute(gone.values(key=None, deleted_at=func.coalesce(File.deleted_at, now)))
    return len(rows)


def _refuse_hoard(session: Session, actor: Actor, now: datetime) -> None:
    waiting = session.scalar(
        select(func.count())
        .select_from(File)
        .where(
            File.owner_id == actor.person_id,
            File.attached_at.is_(None),
            File.deleted_at.is_(None),
            File.created_at > now - UNATTACHED_FOR,
        )
    )
    if (waiting or 0) >= MOST_WAITING:
        raise TooManyFiles(limit=MOST_WAITING)


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    stream.seek(0)
    return digest.hexdigest()
