"""Likes of posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.people.models import Person
from lti_app.discussion.posts.models import Post


class Like(Base):
    """A person likes a post. The post keeps the count."""

    __tablename__ = "appreciation"
    __table_args__ = (UniqueConstraint("post_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]
