"""Storing and deleting the texts that quotations are checked against."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lti_app.core.prose import clean_text
from lti_app.course.courses.rules import Actor
from lti_app.library.passages.errors import TextTooLong, TextTooShort
from lti_app.library.passages.models import ReadingShingle, ReadingText
from lti_app.library.passages.queries import TextView, get_reading_text
from lti_app.library.passages.rules import (
    MAX_PAGES,
    MAX_TEXT,
    MIN_WORDS,
    Page,
    TextStorage,
    index_pages,
    join_pages,
    words_of,
)

_BATCH = 5_000


def store_text(
    session: Session, actor: Actor, reading_id: int, pages: Sequence[Page], *, stored_as: TextStorage, now: datetime
) -> TextView:
    """Store a text to check quotations of this reading against; it replaces any earlier one.

    Posts written before are not checked again: `check_again` in discussion.citations.actions does that. Raises
    TextTooShort, TextTooLong, and what the gate raises.
    """
    get_reading_text(session, actor, reading_id)
    if len(pages) > MAX_PAGES or sum(len(page.text) for page in pages) > MAX_TEXT:
        raise TextTooLong(limit=MAX_TEXT)
    shingles = index_pages(pages)
    if not shingles:
        raise TextTooShort(words=MIN_WORDS)
    _delete(session, reading_id)
    session.add(
        ReadingText(
            reading_id=reading_id,
            stored_as=stored_as,
            text=clean_text(join_pages(pages)) if stored_as is TextStorage.TEXT else "",
            pages=sum(1 for page in pages if page.text.strip()),
            words=sum(len(words_of(page.text)) for page in pages),
            stored_by_id=actor.person_id,
            stored_at=now,
            has_loose=True,
        )
    )
    session.flush()
    rows = [
        {"reading_id": reading_id, "shingle": shingle, "page": place.page, "position": place.position or -1}
        for shingle, place in shingles
    ]
    for begin in range(0, len(rows), _BATCH):
        session.execute(insert(ReadingShingle), rows[begin : begin + _BATCH])
    return get_reading_text(session, actor, reading_id)


def delete_text(session: Session, actor: Actor, reading_id: int) -> None:
    """Delete a reading's text and its hashes. Raises what the gate raises."""
    get_reading_text(session, actor, reading_id)
    _delete(session, reading_id)


def _delete(session: Session, reading_id: int) -> None:
    session.execute(delete(ReadingShingle).where(ReadingShingle.reading_id == reading_id))
    session.execute(delete(ReadingText).where(ReadingText.reading_id == reading_id))
    session.flush()
    session.expire_all()
