"""Discussions: the prompt, its readings, its calendar and what it requires."""

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.groups.models import Group
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.rules import Anonymity, Move, Structure
from lti_app.library.readings.models import Reading

_of_earlier_release = partial(mapped_column, deferred=True, deferred_raiseload=True)


class Discussion(Base):
    """A prompt and its readings. Reserved when a placement is first launched; open once an instructor has set it up."""

    __tablename__ = "discussion"
    __table_args__ = (Index(None, "course_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    title: Mapped[str]
    prompt: Mapped[str]
    "As the instructor wrote it."
    prompt_html: Mapped[str]
    "Sanitised when written."
    points: Mapped[Decimal]
    "What the LMS's gradebook column is out of."
    opens_at: Mapped[datetime | None]
    "From when students see it; None: as soon as it is set up."
    first_post_due: Mapped[datetime | None]
    replies_due: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    "From when nobody but staff can write; None: never."
    post_first: Mapped[bool]
    "Students see others' posts only after their own first post."
    prepared_at: Mapped[datetime | None]
    "When it was first set up; None while it is only reserved."
    version: Mapped[int]
    "Grows with each change of the set-up, so that two instructors cannot overwrite each other unseen."
    root_count: Mapped[int]
    "How many first posts were ever made: the number of the newest one."
    post_count: Mapped[int]
    "How many posts were ever made: the number of the newest one."
    structure: Mapped[Structure] = mapped_column(stored_enum(Structure), server_default=Structure.WHOLE_CLASS.value)
    group_kind: Mapped[GroupKind | None] = mapped_column(stored_enum(GroupKind))
    "Which groups discuss apart; None: any."
    anonymity: Mapped[Anonymity] = mapped_column(stored_enum(Anonymity), server_default=Anonymity.NAMED.value)
    names_revealed_at: Mapped[datetime | None]
    "From when staff see the names of a blind discussion."
    edit_minutes: Mapped[int | None]
    "How long a post can be edited by its author; None: until the discussion closes."
    stance_question: Mapped[str] = mapped_column(server_default="")
    "Asked before and after; empty for none."
    stance_low: Mapped[str] = mapped_column(server_default="")
    stance_high: Mapped[str] = mapped_column(server_default="")
    "The two poles of its scale."
    created_at: Mapped[datetime]
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    "What counts as taking part, as `participation` writes and reads it."
    first_post_words: Mapped[int] = _of_earlier_release(server_default="0")
    replies_wanted: Mapped[int] = _of_earlier_release(server_default="0")
    reply_words: Mapped[int] = _of_earlier_release(server_default="0")
    wanted_move: Mapped[Move | None] = _of_earlier_release(stored_enum(Move))
    "These four are neither read nor written: the release before `requirements` does, and the next one drops them."


class Extension(Base):
    """Later dates for one person or one group; None where the class's date holds."""

    __tablename__ = "extension"
    __table_args__ = (
        UniqueConstraint("discussion_id", "person_id"),
        UniqueConstraint("discussion_id", "group_id"),
        Index(None, "person_id"),
        Index(None, "group_id"),
        Index(None, "granted_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    group_id: Mapped[int | None] = mapped_column(ForeignKey(Group.id))
    first_post_due: Mapped[datetime | None]
    replies_due: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    note: Mapped[str]
    "For staff only."
    granted_by_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    granted_at: Mapped[datetime]


class Pseudonym(Base):
    """The name of a person in one anonymous discussion. It never changes."""

    __tablename__ = "pseudonym"
    __table_args__ = (
        UniqueConstraint("discussion_id", "person_id"),
        UniqueConstraint("discussion_id", "name"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    name: Mapped[str]


class DiscussionReading(Base):
    """A reading assigned in a discussion."""

    __tablename__ = "discussion_reading"
    __table_args__ = (UniqueConstraint("discussion_id", "reading_id"), Index(None, "reading_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id))
    position: Mapped[int]
    required: Mapped[bool]
    "Whether each student must cite it."
