"""Which posts each person has read."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.read_state.rules import Sort


class ReadState(Base):
    """The read state of one person in one discussion. Opening a page does not change it; the script reports
    posts as read. A row without any says that the person has opened the discussion.
    """

    __tablename__ = "seen"
    __table_args__ = (UniqueConstraint("person_id", "discussion_id"), Index(None, "discussion_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    numbers: Mapped[bytes]
    "The numbers of the posts that they have read or written: post n is bit n - 1, the lowest first."
    all_to: Mapped[int]
    "All posts up to this number are read, so queries can skip them."
    sort: Mapped[Sort | None] = mapped_column(stored_enum(Sort))
    "The sort order that they have chosen."
