"""students who review one another: who reviews whom, and what they say"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db
from lti_app.migrations.limits import create_index

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
POINTS = lti_app.core.db.Points


def upgrade() -> None:
    op.add_column("discussion", sa.Column("review_plan", sa.JSON(none_as_null=True), nullable=True))
    _assignments()
    op.create_table(
        "review",
        sa.Column("id", ID, nullable=False),
        sa.Column("assignment_id", ID, nullable=False),
        sa.Column("rubric_id", ID, nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("total", POINTS(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("excluded_at", MOMENT, nullable=True),
        sa.Column("excluded_by_id", ID, nullable=True),
        sa.Column("excluded_reason", sa.String(), nullable=False),
        sa.Column("helpful_at", MOMENT, nullable=True),
        sa.Column("reported_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["review_assignment.id"], name=op.f("fk_review_assignment_id_review_assignment")
        ),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_review_rubric_id_rubric")),
        sa.ForeignKeyConstraint(["excluded_by_id"], ["person.id"], name=op.f("fk_review_excluded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_review_assignment_id")),
    )
    op.create_index(op.f("ix_review_rubric_id"), "review", ["rubric_id"])
    create_index("ix_review_excluded_by_id", "review", ["excluded_by_id"], where="excluded_by_id IS NOT NULL")
    _marks_and_events()


def _assignments() -> None:
    op.create_table(
        "review_assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("discussion_id", ID, nullable=False),
        sa.Column("reviewer_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("author_key", sa.String(), nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=True),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_review_assignment_course_id_course")),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name=op.f("fk_review_assignment_discussion_id_discussion")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_assignment_reviewer_id_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_review_assignment_author_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_assignment")),
        sa.UniqueConstraint("discussion_id", "key", name=op.f("uq_review_assignment_discussion_id_key")),
        sa.UniqueConstraint(
            "discussion_id",
            "reviewer_id",
            "author_id",
            name=op.f("uq_review_assignment_discussion_id_reviewer_id_author_id"),
        ),
    )
    op.create_index(
        op.f("ix_review_assignment_course_id_reviewer_id"), "review_assignment", ["course_id", "reviewer_id"]
    )
    op.create_index(op.f("ix_review_assignment_reviewer_id"), "review_assignment", ["reviewer_id"])
    op.create_index(op.f("ix_review_assignment_author_id"), "review_assignment", ["author_id"])


def _marks_and_events() -> None:
    op.create_table(
        "review_mark",
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("criterion_id", ID, nullable=False),
        sa.Column("level_id", ID, nullable=True),
        sa.Column("points", POINTS(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_mark_review_id_review")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_review_mark_criterion_id_criterion")),
        sa.ForeignKeyConstraint(["level_id"], ["level.id"], name=op.f("fk_review_mark_level_id_level")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_mark")),
        sa.UniqueConstraint("review_id", "criterion_id", name=op.f("uq_review_mark_review_id_criterion_id")),
    )
    op.create_index(op.f("ix_review_mark_criterion_id"), "review_mark", ["criterion_id"])
    op.create_index(op.f("ix_review_mark_level_id"), "review_mark", ["level_id"])
    op.create_table(
        "review_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("review_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_event_review_id_review")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_review_event_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_event")),
    )
    op.create_index(op.f("ix_review_event_review_id"), "review_event", ["review_id"])
    op.create_index(op.f("ix_review_event_by_id"), "review_event", ["by_id"])


def downgrade() -> None:
    for table in ("review_event", "review_mark", "review", "review_assignment"):
        op.drop_table(table)
    op.drop_column("discussion", "review_plan")
