"""Readings, the passages that posts cite, and the reading progress of students."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.courses.rules import CitationStyle
from lti_app.course.people.models import Person
from lti_app.library.files.models import File


class Reading(Base):
    """A bibliographic record (CSL-JSON) and where to read it."""

    __tablename__ = "reading"
    __table_args__ = (Index(None, "course_id"), index_where_filled("file_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    csl: Mapped[dict[str, Any]]
    label: Mapped[str]
    "Author and year, as citations name it: Kotter 1990."
    reference_html: Mapped[str]
    "The formatted reference."
    reference_style: Mapped[CitationStyle | None] = mapped_column(stored_enum(CitationStyle))
    "The style that the reference is in. While it is not the course's style, the worker has yet to render it again."
    url: Mapped[str | None]
    "Its own address, before the course's library link is put around it."
    file_id: Mapped[int | None] = mapped_column(ForeignKey(File.id))
    "The file in which the class can read it here, if any."
    first_page: Mapped[int] = mapped_column(default=1, server_default="1")
    "The number printed on the first page of that file."
    paged_file_id: Mapped[int | None] = mapped_column(Id)
    "The file whose pages ReadingPage has. While the reading has another one, the worker has yet to read that."
    through_library: Mapped[bool] = mapped_column(server_default=true())
    "Whether links go through the library proxy of the course; open-access readings need none."
    version: Mapped[int] = mapped_column(server_default="1")
    "Counts changes of the record, so that an instructor does not overwrite the change of another unknowingly."
    created_at: Mapped[datetime]


class ReadingPage(Base):
    """The text of a page, or in a document without pages of a paragraph, of the file in which the class reads it."""

    __tablename__ = "reading_page"
    __table_args__ = (UniqueConstraint("reading_id", "place"), Index(None, "reading_id", "label"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id, ondelete="CASCADE"))
    place: Mapped[int]
    "The nth of the file."
    label: Mapped[str]
    "As citations name it."
    text: Mapped[str]


class Passage(Base):
    """A citable place in a reading: a page or paragraph, and the words that stand there (W3C TextQuoteSelector)."""

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("reading_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id))
    page: Mapped[str]
    "The page or page range as printed; empty where only a paragraph or the whole reading is meant."
    paragraph: Mapped[str]
    "The paragraph's number, in readings without pages."
    exact: Mapped[str]
    "The words quoted; empty for the place as a whole."
    prefix: Mapped[str]
    "The words just before them, which distinguish similar places."
    suffix: Mapped[str]
    "The words just after them."
    fingerprint: Mapped[str]
    "A hash of everything that describes it: equal passages are one row."


class ReadingState(Base):
    """The progress of one person in one reading."""

    __tablename__ = "reading_state"
    __table_args__ = (Index(None, "person_id"),)

    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), primary_key=True)
    opened_at: Mapped[datetime | None]
    "When it was first opened from here."
    last_opened_at: Mapped[datetime | None]
    page: Mapped[str]
    "The last page; page and paragraph are empty until one is recorded."
    paragraph: Mapped[str]
    stopped_at: Mapped[datetime | None]
    "When page or paragraph were recorded."
    read_at: Mapped[datetime | None]
    "When it was marked as read."
