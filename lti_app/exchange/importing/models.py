"""Imports into discussions, with their reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.exchange.formats.entries import Shape
from lti_app.exchange.importing.rules.posts import ImportMode


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
    "Empty for pasted text."
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    "The file, compressed; emptied by the import."
    zone: Mapped[str]
    "The IANA time zone of the dates that name none."
    day_first: Mapped[bool | None]
    "Whether dates like 3/4/2026 begin with the day; None: to be judged by the other dates of the file."
    shape: Mapped[Shape] = mapped_column(stored_enum(Shape))
    encoding: Mapped[str]
    found: Mapped[int]
    "How many posts the file has, deleted ones with replies included."
    authors: Mapped[int] = mapped_column("voices")
    first_posts: Mapped[int]
    known: Mapped[int]
    "How many of them were in the discussion already: at the preview, later at the import."
    preview: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    "The first posts, as they will look; emptied by the import."
    fault_counts: Mapped[dict[str, Any]]
    notes: Mapped[list[list[Any]]] = mapped_column(JSON)
    "Line, fault and detail of the first problems."
    mode: Mapped[ImportMode | None] = mapped_column("way", stored_enum(ImportMode))
    hides_names: Mapped[bool]
    added: Mapped[int]
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime | None] = mapped_column("brought_in_at")
