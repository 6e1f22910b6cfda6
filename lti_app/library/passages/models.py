"""Texts that quotations are checked against: private, or only as fingerprints."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.people.models import Person
from lti_app.library.passages.rules import Kept
from lti_app.library.readings.models import Reading


class ReadingText(Base):
    """The text of a reading, stored by an instructor to check quotations. It is never shown."""

    __tablename__ = "reading_text"
    __table_args__ = (Index(None, "given_by_id"),)

    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id, ondelete="CASCADE"), primary_key=True)
    kept: Mapped[Kept] = mapped_column(stored_enum(Kept))
    text: Mapped[str]
    "Each page after a line with its number, as split_pages reads it; empty where only fingerprints are kept."
    pages: Mapped[int]
    words: Mapped[int]
    given_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    given_at: Mapped[datetime]


class ReadingShingle(Base):
    """The hash of a sequence of words, and a page that contains it."""

    __tablename__ = "reading_shingle"
    __table_args__ = (Index(None, "shingle", "reading_id"), Index(None, "reading_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id, ondelete="CASCADE"))
    shingle: Mapped[int] = mapped_column(BigInteger)
    page: Mapped[str]
