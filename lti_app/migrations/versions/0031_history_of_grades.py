"""who did what with a grade, and when; students who are excused, and who ask for a second look"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("assessment", sa.Column("excused_at", MOMENT, nullable=True))
    op.create_table(
        "grade_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("total", lti_app.core.db.Points(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_grade_event_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_grade_event_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_event")),
    )
    op.create_index(op.f("ix_grade_event_assessment_id"), "grade_event", ["assessment_id"])
    op.create_index(op.f("ix_grade_event_by_id"), "grade_event", ["by_id"])
    op.create_table(
        "second_look",
        sa.Column("id", ID, nullable=False),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_second_look_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_second_look_answered_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_look")),
    )
    op.create_index(op.f("ix_second_look_assessment_id"), "second_look", ["assessment_id"])
    filled = sa.text("answered_by_id IS NOT NULL")
    op.create_index(
        op.f("ix_second_look_answered_by_id"),
        "second_look",
        ["answered_by_id"],
        postgresql_where=filled,
        sqlite_where=filled,
    )


def downgrade() -> None:
    op.drop_table("second_look")
    op.drop_table("grade_event")
    op.drop_column("assessment", "excused_at")
