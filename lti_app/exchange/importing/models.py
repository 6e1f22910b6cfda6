"""Imports into discussions, with their reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.exchange.formats.entries import Shape
from lti_app.exchange.importing.rules.posts import Way


class Import(Base):
    """An import file: previewed and waiting for the instructor's decision, or imported, with its report."""

    __tablename__ = "import"
    __table_args__ = (
        Index(None, "discussion_id"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    file_name: Mapped[str]
    "Empty for what was pasted."
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    "The file, compressed, until it has been brought in."
    zone: Mapped[str]
    "The IANA zone of dates that name none."
    day_first: Mapped[bool | None]
    "How dates like 3/4/2026 are read; None: as the file's other dates tell."
    shape: Mapped[Shape] = mapped_column(stored_enum(Shape))
    encoding: Mapped[str]
    found: Mapped[int]
    "How many posts there are to bring in, tombstones among them."
    voices: Mapped[int]
    first_posts: Mapped[int]
    known: Mapped[int]
    "How many of them were in the discussion already: when it was looked at, then when it was brought in."
    preview: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    "The first posts, as they will stand; emptied when they do."
    fault_counts: Mapped[dict[str, Any]]
    notes: Mapped[list[list[Any]]] = mapped_column(JSON)
    "Line, fault and detail of the first of them."
    way: Mapped[Way | None] = mapped_column(stored_enum(Way))
    hides_names: Mapped[bool]
    added: Mapped[int]
    created_at: Mapped[datetime]
    brought_in_at: Mapped[datetime | None]
