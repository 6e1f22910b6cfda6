"""Reservations of unanswered posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id
from lti_app.course.people.models import Person
from lti_app.discussion.posts.models import Post


class AnswerClaim(Base):
    """A reservation: a person has said that they are about to reply to a post. Others may still reply, and it
    expires.
    """

    __tablename__ = "answer_claim"
    __table_args__ = (UniqueConstraint("post_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey(Post.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    until: Mapped[datetime]
