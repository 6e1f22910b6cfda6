"""Marks by which it is known whether anything in a discussion has changed."""

from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.discussion.changes.rules import Source


class ChangeMark(Base):
    """A random mark of the facts of one kind in a discussion. Only triggers of the database write it: whatever changes
    a fact takes the marks away that others have made, and leaves a new one.

    So equal marks are equal facts, whoever wrote them and in whichever process: no mark is made twice, and one that was
    rolled back is never seen again. Where several transactions change something at the same moment, none waits for
    another: each leaves its mark, and the next change takes them all away.
    """

    __tablename__ = "change_mark"

    discussion_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    "No foreign key: checking it would wait for those who hold the discussion, and they for what was just written."
    source: Mapped[Source] = mapped_column(stored_enum(Source), primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
