"""Adding, changing and deleting readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.core.later import LaterModule
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import Actor
from lti_app.library.bibliography.rules.records import clean_record
from lti_app.library.readings.access import require_edit
from lti_app.library.readings.errors import ReadingChanged, ReadingInUse
from lti_app.library.readings.models import Passage, Reading, ReadingState
from lti_app.library.readings.queries import StaleReference
from lti_app.library.readings.rules import address_of, distinct_label, label_of

if TYPE_CHECKING:
    from lti_app.library.bibliography.rules import styles
else:  # with what it imports 6 MB, for readings that are new or have changed
    styles = LaterModule("lti_app.library.bibliography.rules.styles")


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
                reference_html=styles.reference_html(csl, style),
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
    reading.reference_html, reading.reference_style = styles.reference_html(csl, style), style
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
