"""Rubrics: those of a course's library, and the versions that discussions are graded by."""

from decimal import Decimal

from sqlalchemy import ForeignKey, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from lti_app.core.db import Base, Id, index_where_filled, stored_enum
from lti_app.course.courses.models import Course
from lti_app.discussion.discussions.models import Discussion
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring


class Rubric(Base):
    """A rubric of a course's library, or one version of the rubric of a discussion.

    A discussion has a copy of its own, so that a change in the library changes no grade. Once somebody is graded by
    that copy, a change makes a new version: each assessment keeps the version that it was marked with.
    """

    __tablename__ = "rubric"
    __table_args__ = (
        UniqueConstraint("discussion_id", "version"),
        index_where_filled("course_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    course_id: Mapped[int | None] = mapped_column(ForeignKey(Course.id))
    "The course in whose library it is; empty for the copy of a discussion."
    discussion_id: Mapped[int | None] = mapped_column(ForeignKey(Discussion.id))
    "The discussion that is graded by it; empty in the library."
    version: Mapped[int] = mapped_column(server_default="1")
    "Counts the versions of a discussion's rubric, the newest is in use; in the library, how often it was changed."
    title: Mapped[str] = mapped_column(server_default="")
    scoring: Mapped[Scoring] = mapped_column(stored_enum(Scoring), server_default=Scoring.POINTS.value)
    pass_mark: Mapped[Decimal] = mapped_column(server_default="0")
    is_shared: Mapped[bool] = mapped_column(server_default=false())
    "Whether other courses of the same tenant may copy it."


class Criterion(Base):
    """One row of a rubric. The columns mean what they mean in rules.criteria.CriterionView."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("rubric_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey(Rubric.id))
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str]
    evidence: Mapped[Evidence] = mapped_column(stored_enum(Evidence))
    uses_range: Mapped[bool] = mapped_column(server_default=false())
    counts: Mapped[bool] = mapped_column(server_default=true())
    weight: Mapped[Decimal] = mapped_column(server_default="100")  # hundredths, as points are
    preselects: Mapped[bool] = mapped_column(server_default=false())
    key: Mapped[int | None] = mapped_column(Id)
    "The id that it had in the version where it first appeared; empty there."


class Level(Base):
    """One level of a criterion, with its points."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("criterion_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey(Criterion.id))
    position: Mapped[int]
    points: Mapped[Decimal]
    name: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column("title")
    key: Mapped[int | None] = mapped_column(Id)
    "The id that it had in the version where it first appeared; empty there."
