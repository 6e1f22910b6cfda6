"""Who appreciates which post."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.people.models import Person
from lti_app.discussion.posts.models import Post


class Appreciation(Base):
    """A person appreciates a post; how many do is counted on the post."""

    __tablename__ = "appreciation"
    __table_args__ = (UniqueConstraint("post_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    at: Mapped[datetime]
