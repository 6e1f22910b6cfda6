"""Where people stand on a discussion's question, before and after."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.posts.models import Post


class Stance(Base):
    """One person's place between the two poles of a discussion's question."""

    __tablename__ = "stance"
    __table_args__ = (
        UniqueConstraint("discussion_id", "person_id"),
        Index(None, "person_id"),
        Index(None, "moved_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    before: Mapped[int]
    "The first answer; it is never changed."
    before_at: Mapped[datetime]
    after: Mapped[int | None]
    "The newest later answer."
    after_at: Mapped[datetime | None]
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id))
    "The post that moved the person."
