"""Groups and sections of a course."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.course.courses.models import Course
from lti_app.course.groups.rules import GroupKind
from lti_app.course.people.models import Person


class Group(Base):
    """Some of a course's people: as the LMS groups them, or as an instructor did here."""

    __tablename__ = "course_group"
    __table_args__ = (UniqueConstraint("course_id", "kind", "external_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey(Course.id))
    kind: Mapped[GroupKind] = mapped_column(stored_enum(GroupKind))
    external_id: Mapped[str]
    "What the LMS calls it by; for a group made here, its name."
    name: Mapped[str]


class GroupMember(Base):
    """A person is in a group."""

    __tablename__ = "group_member"
    __table_args__ = (UniqueConstraint("group_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey(Group.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
