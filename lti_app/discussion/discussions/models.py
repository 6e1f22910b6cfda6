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
    """A prompt and its readings. Created when a placement is first launched; open once an instructor has set it up."""

    __tablename__ = "discussion"
    __table_args__ = (
        Index(None, "course_id"),
        Index(None, "course_id", "selection", unique=True),
        Index(None, "copied_from_id"),
        Index(None, "replaced_by_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    title: Mapped[str]
    prompt: Mapped[str]
    "The prompt as plain text."
    prompt_html: Mapped[str]
    "The prompt as HTML, sanitized when it is saved."
    points: Mapped[Decimal]
    "The maximum of the gradebook column in the LMS."
    opens_at: Mapped[datetime | None]
    "When students can see it; None: as soon as it is set up."
    first_post_due: Mapped[datetime | None]
    replies_due: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    "When it closes for everybody but staff; None: never."
    post_first: Mapped[bool]
    "Whether students see the posts of others only after their own first post."
    prepared_at: Mapped[datetime | None]
    "When it was first set up; None before that."
    version: Mapped[int]
    "Counts changes of the settings, so that an instructor does not overwrite the change of another unknowingly."
    root_count: Mapped[int]
    "The number of first posts, deleted ones included: the number of the newest one."
    post_count: Mapped[int]
    "The number of posts, deleted ones included: the number of the newest one."
    structure: Mapped[Structure] = mapped_column(stored_enum(Structure), server_default=Structure.WHOLE_CLASS.value)
    group_kind: Mapped[GroupKind | None] = mapped_column(stored_enum(GroupKind))
    "The kind of groups, with separate groups; None: all kinds."
    anonymity: Mapped[Anonymity] = mapped_column(stored_enum(Anonymity), server_default=Anonymity.NAMED.value)
    names_revealed_at: Mapped[datetime | None]
    "When the names of a blind discussion were revealed to staff."
    edit_minutes: Mapped[int | None]
    "How long authors can edit a post; None: until the discussion closes."
    stance_question: Mapped[str] = mapped_column(server_default="")
    "The question of the class poll, asked before and after; empty for no poll."
    stance_low: Mapped[str] = mapped_column(server_default="")
    stance_high: Mapped[str] = mapped_column(server_default="")
    "The ends of its scale."
    created_at: Mapped[datetime]
    selection: Mapped[str | None]
    "The key of the choice in the LMS (deep linking) for which it was created; None without one."
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("discussion.id"))
    "The discussion whose settings it was created with, because the LMS duplicated its activity."
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("discussion.id"))
    "The discussion that its activity in the LMS opens now, while no activity opens this one."
    removed_at: Mapped[datetime | None]
    "When an instructor removed it, which nobody sees any more; only one in which nobody has posted."
    requirements: Mapped[list[dict[str, Any]]] = mapped_column(JSON, server_default="[]")
    "The participation requirements, in the stored form of `participation`."
    late_rule: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    "What lateness takes off a grade, in the stored form of `grading`; None for nothing."
    review_plan: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    "How students review one another, in the stored form of `reviewing`; empty where that was never set."
    rule_version: Mapped[int] = mapped_column(default=0, server_default="0")
    "Counts the changes of what decides how participation is counted; 0 before the first was recorded."
    first_post_words: Mapped[int] = _of_earlier_release(server_default="0")
    replies_wanted: Mapped[int] = _of_earlier_release(server_default="0")
    reply_words: Mapped[int] = _of_earlier_release(server_default="0")
    wanted_move: Mapped[Move | None] = _of_earlier_release(stored_enum(Move))
    "These four are no longer used. The release before `requirements` still uses them; the next release drops them."


class Extension(Base):
    """Later dates for one person or one group; None where the class date applies."""

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
    """The pseudonym of a person in one discussion. It never changes."""

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
    """A reading that is assigned in a discussion."""

    __tablename__ = "discussion_reading"
    __table_args__ = (UniqueConstraint("discussion_id", "reading_id"), Index(None, "reading_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))
    reading_id: Mapped[int] = mapped_column(ForeignKey(Reading.id))
    position: Mapped[int]
    required: Mapped[bool]
    "Whether every student must cite it."
