"""What changes readings and passages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_app.core.db import insert_into
from lti_app.courses.rules import Actor
from lti_app.readings.access import require_edit
from lti_app.readings.models import Passage, Reading
from lti_app.readings.rules import address_of, distinct_label, label_of, reference_html


def add_reading(session: Session, actor: Actor, csl: dict[str, Any], now: datetime) -> int:
    """Add a CSL-JSON record to the actor's course; returns its id. Raises Forbidden for anybody but an instructor.

    Its label differs from all others of the course, since posts cite by it.
    """
    require_edit(actor)
    taken = session.scalars(select(Reading.label).where(Reading.course_id == actor.course_id)).all()
    reading = Reading(
        course_id=actor.course_id,
        csl=csl,
        label=distinct_label(label_of(csl), taken),
        reference_html=reference_html(csl),
        url=address_of(csl),
        created_at=now,
    )
    session.add(reading)
    session.flush()
    return reading.id


def find_passages(session: Session, places: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The ids of these passages (reading id, page), making those that nobody has cited before."""
    wanted = sorted(set(places))
    if not wanted:
        return {}
    session.execute(
        insert_into(session, Passage)
        .values([{"reading_id": reading_id, "page": page} for reading_id, page in wanted])
        .on_conflict_do_nothing(index_elements=["reading_id", "page"])
    )
    rows = session.execute(
        select(Passage.reading_id, Passage.page, Passage.id).where(Passage.reading_id.in_({r for r, _ in wanted}))
    )
    known = {(reading_id, page): passage_id for reading_id, page, passage_id in rows}
    return {place: known[place] for place in wanted}
