"""Rubrics, copied into the discussion that uses them."""

from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, stored_enum
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.rubrics.rules import Evidence


class Rubric(Base):
    """The rubric of one discussion."""

    __tablename__ = "rubric"
    __table_args__ = (UniqueConstraint("discussion_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey(Discussion.id))


class Criterion(Base):
    """One row of a rubric."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("rubric_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey(Rubric.id))
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str]
    evidence: Mapped[Evidence] = mapped_column(stored_enum(Evidence))


class Level(Base):
    """One level of a criterion, with its points."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("criterion_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey(Criterion.id))
    position: Mapped[int]
    points: Mapped[Decimal]
    title: Mapped[str]
