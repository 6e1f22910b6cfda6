"""Texts that quotations are checked against: the text itself, never shown, or only hashes of word sequences."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, false, text
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
    has_loose: Mapped[bool] = mapped_column(server_default=false())
    "Whether rows of letters are stored too, without which nothing can be told not to be in it."


class ReadingShingle(Base):
    """The hash of a sequence of words, and a page that contains it."""

    __tablename__ = "reading_shingle"
    __table_args__ = (Index(None, "shingle", "reading_id"), Index(None, "reading_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id, ondelete="CASCADE"))
    shingle: Mapped[int] = mapped_column(BigInteger)
    page: Mapped[str]
    position: Mapped[int] = mapped_column(server_default=text("0"))
    "The number of its first word, as Place has it; 0 of rows from before this column, whose ids are in that order."
