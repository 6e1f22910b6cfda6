"""Texts that quotations are checked against: the text itself, never shown, or only hashes of word sequences."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.people.models import Person
from lti_app.library.passages.rules import TextStorage
from lti_app.library.readings.models import Reading


class ReadingText(Base):
    """The text of a reading, stored by an instructor to check quotations. It is never shown."""

    __tablename__ = "reading_text"
    __table_args__ = (Index(None, "given_by_id"),)

    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id, ondelete="CASCADE"), primary_key=True)
    stored_as: Mapped[TextStorage] = mapped_column("kept", stored_enum(TextStorage))
    text: Mapped[str]
    "Each page after a line with its number, as split_pages reads it; empty if only hashes are stored."
    pages: Mapped[int]
    words: Mapped[int]
    stored_by_id: Mapped[int] = mapped_column("given_by_id", ForeignKey(Person.id))
    stored_at: Mapped[datetime] = mapped_column("given_at")


class ReadingShingle(Base):
    """The hash of a sequence of words, and a page that contains it."""

    __tablename__ = "reading_shingle"
    __table_args__ = (Index(None, "shingle", "reading_id"), Index(None, "reading_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id, ondelete="CASCADE"))
    shingle: Mapped[int] = mapped_column(BigInteger)
    page: Mapped[str]
