"""Checking quotations against the stored texts of readings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.rules import Actor
from lti_app.library.passages.models import ReadingShingle, ReadingText
from lti_app.library.passages.rules import (
    Known,
    Place,
    QuoteVerdict,
    TextStorage,
    find_quotations,
    judge,
    shingles_to_look_up,
)
from lti_app.library.readings.access import require_edit
from lti_app.library.readings.models import Reading

_AT_ONCE = 10_000
"""Shingles in one statement: databases limit its parameters."""


@dataclass(frozen=True)
class TextView:
    """Facts about the stored text of a reading; never the text itself."""

    reading_id: int
    label: str
    """The reading's."""
    stored_as: TextStorage | None
    """None if no text is stored."""
    pages: int
    words: int
    stored_at: datetime | None


def get_reading_text(session: Session, actor: Actor, reading_id: int) -> TextView:
    """The gate for instructors to the stored text of a reading. Raises NotFound, Forbidden."""
    row = session.execute(
        select(Reading.label, ReadingText)
        .outerjoin(ReadingText, ReadingText.reading_id == Reading.id)
        .where(Reading.id == reading_id, Reading.course_id == actor.course_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    require_edit(actor)
    label, text = row
    if text is None:
        return TextView(reading_id, label, None, 0, 0, None)
    return TextView(reading_id, label, text.stored_as, text.pages, text.words, text.stored_at)


def check_quotations(session: Session, html: str, reading_ids: Iterable[int]) -> list[QuoteVerdict]:
    """Look up the quotations of a post in the texts of these readings (one statement; none without quotations).

    `html` is the sanitized post. Readings without a stored text give no verdict.
    """
    return check_many(session, {0: html}, reading_ids)[0]


def check_many(session: Session, posts: Mapping[int, str], reading_ids: Iterable[int]) -> dict[int, list[QuoteVerdict]]:
    """Look up the quotations of many posts, keyed by any number; one statement for about every thousand quotations."""
    quotations = {number: find_quotations(html) for number, html in posts.items()}
    asked = sorted(shingles_to_look_up(quotation for found in quotations.values() for quotation in found))
    if not asked:
        return {number: [] for number in posts}
    known, partly = _look_up(session, asked, sorted(set(reading_ids)))
    return {number: judge(found, known, partly=partly) for number, found in quotations.items()}


def _look_up(
    session: Session, shingles: Sequence[int], reading_ids: Sequence[int]
) -> tuple[dict[int, Known], set[int]]:
    """The places of each of these shingles, by reading, for the readings with a stored text; and those readings of
    which nothing can be told not to be in them.
    """
    known: dict[int, dict[int, list[Place]]] = defaultdict(lambda: defaultdict(list))
    partly: set[int] = set()
    for begin in range(0, len(shingles), _AT_ONCE):
        some = shingles[begin : begin + _AT_ONCE]
        stands = and_(ReadingShingle.reading_id == ReadingText.reading_id, ReadingShingle.shingle.in_(some))
        position = func.coalesce(func.nullif(ReadingShingle.position, 0), ReadingShingle.id)
        rows = session.execute(
            select(ReadingText.reading_id, ReadingText.has_loose, ReadingShingle.shingle, ReadingShingle.page, position)
            .outerjoin(ReadingShingle, stands)
            .where(ReadingText.reading_id.in_(reading_ids))
            .order_by(ReadingShingle.id)
        )
        for reading_id, has_loose, shingle, page, at in rows:
            places = known[reading_id]
            if not has_loose:
                partly.add(reading_id)
            if shingle is not None:
                places[shingle].append(Place(page, at))
    return {reading_id: dict(places) for reading_id, places in known.items()}, partly
