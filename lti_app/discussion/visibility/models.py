"""The columns of a post that decide for whom it exists, under which name, and what it says."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from lti_app.course.courses.models import Course
from lti_app.course.groups.models import Group
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion


class PostVisibility:
    """A mixin for the table of posts. Conditions on these columns are written in this room alone."""

    __tablename__: str

    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    author_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    by_staff: Mapped[bool]
    "Whether the author taught in the course when writing."
    byline: Mapped[str | None]
    "Of an imported post: the name it is shown under."
    group_id: Mapped[int | None] = mapped_column(ForeignKey(Group.id))
    "The group whose discussion it is part of, where groups are separate."
    private_to_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    "Only this person, the author and staff see it."
    held_at: Mapped[datetime | None]
    "Since when it is held for review; only its author and staff see it."
    held_reasons: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    hidden_reason: Mapped[str] = mapped_column(default="", server_default="")
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))

    @declared_attr
    def parent_id(cls) -> Mapped[int | None]:
        """What it replies to; None for a first post."""
        return mapped_column(ForeignKey(f"{cls.__tablename__}.id"))

    @declared_attr
    def split_from_id(cls) -> Mapped[int | None]:
        """Of a first post that was a reply: what it answered, and counts as answering, before it was split off."""
        return mapped_column(ForeignKey(f"{cls.__tablename__}.id"))
