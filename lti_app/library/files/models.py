"""Files that people sent in. Their bytes lie in the storage, under a key that only this table knows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.library.files.rules import MediaType, Purpose, Right


class File(Base):
    """A text of a reading, or what belongs to a post."""

    __tablename__ = "file"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "course_id"),
        Index(None, "owner_id", "attached_at"),
        Index(None, "attached_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    owner_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    key: Mapped[str | None]
    "Where the storage keeps it; None once it is erased."
    purpose: Mapped[Purpose] = mapped_column(stored_enum(Purpose))
    name: Mapped[str]
    media_type: Mapped[MediaType] = mapped_column(stored_enum(MediaType, length=80))
    "Found in its content."
    size: Mapped[int]
    sha256: Mapped[str]
    "Of what is kept, which may be less than what was sent."
    rights: Mapped[Right | None] = mapped_column(stored_enum(Right))
    "Why it may be shared with a class; asked of readings."
    rights_note: Mapped[str]
    created_at: Mapped[datetime]
    attached_at: Mapped[datetime | None]
    "Since when something refers to it. Until then it is its owner's alone, and is swept away after a day."
    deleted_at: Mapped[datetime | None]
