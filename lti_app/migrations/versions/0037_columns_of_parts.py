"""separate columns of the gradebook for parts of a grade, and the times of handing in that an LMS knows"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("passback", sa.Column("parts", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("passback", sa.Column("sent_parts", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("passback", sa.Column("sent_submitted_at", MOMENT, nullable=True))
    # What was sent before told its time too: only a later one is a new submission.
    op.execute("UPDATE passback SET sent_submitted_at = submitted_at WHERE sent_version > 0")
    op.create_table(
        "gradebook_columns",
        sa.Column("discussion_id", ID, nullable=False, autoincrement=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("columns", sa.String(length=32), nullable=False),
        sa.Column("reply_criteria", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name=op.f("fk_gradebook_columns_discussion_id_discussion")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_gradebook_columns_course_id_course")),
        sa.PrimaryKeyConstraint("discussion_id", name=op.f("pk_gradebook_columns")),
    )
    op.create_index(op.f("ix_gradebook_columns_course_id"), "gradebook_columns", ["course_id"])
    op.create_table(
        "part_column",
        sa.Column("id", ID, nullable=False),
        sa.Column("placement_id", ID, nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("lineitem_url", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["placement_id"], ["placement.id"], name=op.f("fk_part_column_placement_id_placement")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_column")),
        sa.UniqueConstraint("placement_id", "part", name=op.f("uq_part_column_placement_id_part")),
    )


def downgrade() -> None:
    op.drop_table("part_column")
    op.drop_table("gradebook_columns")
    op.drop_column("passback", "sent_submitted_at")
    op.drop_column("passback", "sent_parts")
    op.drop_column("passback", "parts")
