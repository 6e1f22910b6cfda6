"""Readings, and the passages that posts argue from."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.courses.models import Course  # noqa: F401 -- the table that the foreign key names


class Reading(Base):
    """A bibliographic record (CSL-JSON) and where to read it."""

    __tablename__ = "reading"
    __table_args__ = (Index(None, "course_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    csl: Mapped[dict[str, Any]]
    label: Mapped[str]
    "Author and year, as citations name it: Kotter 1990."
    reference_html: Mapped[str]
    "The formatted reference, rendered when written."
    url: Mapped[str | None]
    created_at: Mapped[datetime]


class Passage(Base):
    """A citable place in a reading."""

    __tablename__ = "passage"
    __table_args__ = (UniqueConstraint("reading_id", "page"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    reading_id: Mapped[int] = mapped_column(ForeignKey("reading.id"))
    page: Mapped[str]
    "The page or page range as printed; empty for the reading as a whole."
