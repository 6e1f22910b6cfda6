"""Who follows what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post

_WHOLE = text("root_id IS NULL")


class Follow(Base):
    """A person wants to know of new posts in a discussion or, with `root_id`, in one of its threads."""

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("person_id", "root_id"),
        Index(
            "uq_follow_person_id_discussion_id",
            *("person_id", "discussion_id"),
            unique=True,
            postgresql_where=_WHOLE,
            sqlite_where=_WHOLE,
        ),
        Index(None, "discussion_id"),
        Index(None, "root_id"),
        Index(None, "course_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    root_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id))
    "The first post of the thread; empty for the whole discussion."
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]
