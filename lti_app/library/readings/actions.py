"""Changing readings and passages, and recording the reading progress of students."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, BinaryIO

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.library.bibliography.rules.records import clean_record
from lti_app.library.bibliography.rules.styles import reference_html
from lti_app.library.files.actions import attach_files, delete_file, store_file
from lti_app.library.files.ports import Storage
from lti_app.library.files.rules import Limits, Purpose, Rights
from lti_app.library.readings.access import keeps_progress, require_edit
from lti_app.library.readings.errors import ReadingChanged, ReadingInUse
from lti_app.library.readings.models import Passage, Reading, ReadingState
from lti_app.library.readings.queries import StaleReference
from lti_app.library.readings.rules import PassagePlace, address_of, distinct_label, label_of


@dataclass(frozen=True)
class Relabelled:
    """The label of a reading before and after a change of its record."""

    before: str
    after: str
    wanted: str
    """The label it would have if nobody had cited it."""


def add_reading(
    session: Session, actor: Actor, csl: dict[str, Any], now: datetime, *, through_library: bool = True
) -> int:
    """Add a CSL-JSON record to the actor's course; returns its id. Raises Forbidden for anybody but an instructor."""
    return add_readings(session, actor, [csl], now, through_library=through_library)[0]


def add_readings(
    session: Session, actor: Actor, records: Sequence[dict[str, Any]], now: datetime, *, through_library: bool = True
) -> list[int]:
    """Add CSL-JSON records to the actor's course; returns their ids.

    The label of each differs from all others of the course, since posts cite by it.
    """
    require_edit(actor)
    style = session.scalars(select(Course.citation_style).where(Course.id == actor.course_id)).one()
    taken = list(session.scalars(select(Reading.label).where(Reading.course_id == actor.course_id)))
    added = []
    for csl in map(clean_record, records):
        label = distinct_label(label_of(csl), taken)
        taken.append(label)
        added.append(
            Reading(
                course_id=actor.course_id,
                csl=csl,
                label=label,
                reference_html=reference_html(csl, style),
                reference_style=style,
                url=address_of(csl),
                through_library=through_library,
                version=1,
                created_at=now,
            )
        )
    session.add_all(added)
    session.flush()
    return [reading.id for reading in added]


def change_reading(
    session: Session,
    actor: Actor,
    reading_id: int,
    csl: dict[str, Any],
    *,
    version: int,
    through_library: bool,
) -> Relabelled:
    """Replace the record of a reading. Its label changes too, unless the reading is cited: posts cite by the label.

    Raises ReadingChanged if it is no longer in this version.
    """
    reading, style = _locked(session, actor, reading_id)
    if reading.version != version:
        raise ReadingChanged
    others = select(Reading.label).where(Reading.course_id == actor.course_id, Reading.id != reading_id)
    before, csl = reading.label, clean_record(csl)
    wanted = distinct_label(label_of(csl), session.scalars(others).all())
    is_cited = session.scalar(select(Passage.id).where(Passage.reading_id == reading_id).limit(1)) is not None
    reading.csl, reading.label = csl, before if is_cited else wanted
    reading.reference_html, reading.reference_style = reference_html(csl, style), style
    reading.url = address_of(csl)
    reading.through_library, reading.version = through_library, version + 1
    session.flush()
    return Relabelled(before, reading.label, wanted)


def delete_reading(session: Session, actor: Actor, reading_id: int) -> None:
    """Delete a reading that nothing refers to except reading progress; otherwise raises ReadingInUse.

    The foreign keys of the database decide, so that it cannot be assigned or cited at the same moment.
    """
    _locked(session, actor, reading_id)
    try:
        with session.begin_nested():
            for table in (ReadingState, Passage):
                session.execute(delete(table).where(table.reading_id == reading_id))
            session.execute(delete(Reading).where(Reading.id == reading_id))
    except IntegrityError as error:
        raise ReadingInUse from error


def store_reference(session: Session, stale: StaleReference, html: str) -> None:
    """Store a reference that the worker has rendered, unless the record or the reading is not the same any more.

    The style is stored with it: if the course has changed its style again meanwhile, the reference remains stale.
    """
    unchanged = (Reading.id == stale.reading_id, Reading.version == stale.version)
    session.execute(update(Reading).where(*unchanged).values(reference_html=html, reference_style=stale.style))


def record_opening(session: Session, actor: Actor, reading_id: int, now: datetime) -> None:
    """Record that a student opened the reading, here or elsewhere. Nothing is recorded for anybody but students."""
    _record(session, actor, reading_id, now, {"last_opened_at": now})


def record_position(
    session: Session, actor: Actor, reading_id: int, now: datetime, *, page: str = "", paragraph: str = ""
) -> None:
    """Record the last page or paragraph that a student has read; with neither, delete the recorded one."""
    place = PassagePlace.of(page=page, paragraph=paragraph)
    stopped_at = now if place.page or place.paragraph else None
    position = {"page": place.page, "paragraph": place.paragraph, "stopped_at": stopped_at}
    _record(session, actor, reading_id, now, position)


def record_place(
    session: Session, actor: Actor, reading_id: int, now: datetime, *, page: str = "", paragraph: str = ""
) -> None:
    """A student has the reading open, at this page or paragraph where that is known."""
    if page or paragraph:
        record_position(session, actor, reading_id, now, page=page, paragraph=paragraph)
    else:
        record_opening(session, actor, reading_id, now)


def mark_read(session: Session, actor: Actor, reading_id: int, now: datetime, *, read: bool) -> None:
    """Mark the reading as read by a student, or as not read."""
    _record(session, actor, reading_id, now, {"read_at": now if read else None})


def _require_here(session: Session, actor: Actor, reading_id: int) -> None:
    known = select(Reading.id).where(Reading.id == reading_id, Reading.course_id == actor.course_id)
    if session.scalar(known) is None:
        raise NotFound


def _record(session: Session, actor: Actor, reading_id: int, now: datetime, changes: dict[str, Any]) -> None:
    """Write down how far the actor has got; who says where they stopped or that they are done has opened it."""
    _require_here(session, actor, reading_id)
    if not keeps_progress(actor):
        return
    row = {"page": "", "paragraph": "", "opened_at": now, "last_opened_at": now, **changes}
    session.execute(
        insert_into(session, ReadingState)
        .values(reading_id=reading_id, person_id=actor.person_id, **row)
        .on_conflict_do_update(
            index_elements=["reading_id", "person_id"],
            set_={"opened_at": func.coalesce(ReadingState.opened_at, now), **changes},
        )
    )


def _locked(session: Session, actor: Actor, reading_id: int) -> tuple[Reading, Any]:
    """A reading of the actor's course, locked until the end of the transaction, and the course's citation style."""
    row = session.execute(
        select(Reading, Course.citation_style)
        .join(Course, Course.id == Reading.course_id)
        .where(Reading.id == reading_id, Reading.course_id == actor.course_id)
        .with_for_update(of=Reading)
    ).one_or_none()
    if row is None:
        raise NotFound
    require_edit(actor)
    return row[0], row[1]


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
    _require_here(session, actor, reading_id)
    purpose = Purpose.READING
    file = store_file(
        session, actor, storage, stream, name=name, purpose=purpose, rights=rights, limits=limits, now=now
    )
    set_reading_file(session, actor, reading_id, file_id=file.id, first_page=first_page, now=now)


def find_passages(session: Session, places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The ids of these passages (reading id, page); missing passages are created."""
    wanted = {(reading_id, page): PassagePlace.of(page=page) for reading_id, page in places}
    found = _find_or_add(session, [(reading_id, place) for (reading_id, _page), place in sorted(wanted.items())])
    return {key: found[key[0], place.fingerprint] for key, place in wanted.items()}


def choose_passage(
    session: Session,
    actor: Actor,
    reading_id: int,
    *,
    page: str = "",
    paragraph: str = "",
    exact: str = "",
    prefix: str = "",
    suffix: str = "",
) -> int:
    """The id of the passage that a reader has selected; a new one is created. Raises NotFound."""
    _require_here(session, actor, reading_id)
    place = {"page": page, "paragraph": paragraph, "exact": exact, "prefix": prefix, "suffix": suffix}
    return find_or_add_passage(session, reading_id, **place)


def find_or_add_passage(
    session: Session,
    reading_id: int,
    *,
    page: str,
    paragraph: str = "",
    exact: str = "",
    prefix: str = "",
    suffix: str = "",
) -> int:
    """The id of this passage; a new one is created. Does not ask who may: `choose_passage` is the gate for readers.

    Otherwise the reading is one of the discussion's, as `Composed.citations` are.
    """
    place = PassagePlace.of(page=page, paragraph=paragraph, exact=exact, prefix=prefix, suffix=suffix)
    return _find_or_add(session, [(reading_id, place)])[reading_id, place.fingerprint]


def _find_or_add(session: Session, places: list[tuple[int, PassagePlace]]) -> dict[tuple[int, str], int]:
    """Find or create passages; returns their ids by reading and fingerprint. Two posts may do this at the same time."""
    if not places:
        return {}
    rows = [
        {"reading_id": reading_id, "fingerprint": place.fingerprint, **asdict(place)} for reading_id, place in places
    ]
    put = insert_into(session, Passage).values(sorted(rows, key=itemgetter("reading_id", "fingerprint")))
    # Changing nothing about a passage that is there makes the database answer its id too.
    known = put.on_conflict_do_update(
        index_elements=["reading_id", "fingerprint"], set_={"fingerprint": put.excluded.fingerprint}
    )
    found = session.execute(known.returning(Passage.reading_id, Passage.fingerprint, Passage.id))
    return {(reading_id, fingerprint): passage_id for reading_id, fingerprint, passage_id in found}
