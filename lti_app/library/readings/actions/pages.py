"""The texts of the pages of a reading."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from lti_app.library.readings.models import Reading, ReadingPage

MAX_TEXT = 20_000
"""Characters of one page."""


def store_pages(session: Session, reading_id: int, file_id: int, pages: Sequence[tuple[str, str]]) -> bool:
    """Store the label and the text of each page of a reading's file, in the place of those of an earlier file.

    Changes nothing, and answers False, if the class reads another file by now. For the worker, which reads the files of
    all courses.
    """
    is_current = (Reading.id == reading_id, Reading.file_id == file_id)
    found = session.scalar(update(Reading).where(*is_current).values(paged_file_id=file_id).returning(Reading.id))
    if found is None:
        return False
    forget_pages(session, reading_id)
    rows = [
        {"reading_id": reading_id, "place": place, "label": label, "text": text[:MAX_TEXT]}
        for place, (label, text) in enumerate(pages, 1)
        if text.strip()
    ]
    if rows:
        session.execute(insert(ReadingPage), rows)
    return True


def forget_pages(session: Session, reading_id: int) -> None:
    """Delete the texts of the pages of a reading, whose gate the caller has passed."""
    session.execute(delete(ReadingPage).where(ReadingPage.reading_id == reading_id))
