"""Drafts. Private to their writers: no query shows a draft to another person, staff included."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.rules.formats import Format


class Draft(Base):
    """What a person has written at one place of a discussion and not posted yet. Empty drafts are not stored."""

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("person_id", "discussion_id", "place"),
        Index(None, "post_id"),
        Index(None, "discussion_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    place: Mapped[str]
    "What it would become: rules.DraftPlace.key."
    post_id: Mapped[int | None] = mapped_column(ForeignKey(Post.id))
    "The post that it answers or changes."
    title: Mapped[str]
    format: Mapped[Format] = mapped_column(stored_enum(Format))
    text: Mapped[str]
    "As the composer sent it; sanitised like any post when it is posted, and like it before it is shown."
    move: Mapped[Move | None] = mapped_column(stored_enum(Move))
    file_ids: Mapped[list[int]] = mapped_column(JSON)
    version: Mapped[str]
    "A new one with each save, so that two windows cannot overwrite each other unseen."
    writer: Mapped[str]
    "The window that saved it last, by a name of its own; empty where no script gave one."
    saved_at: Mapped[datetime]
