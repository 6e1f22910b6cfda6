"""comments that graders save to use again"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "saved_comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_saved_comment_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_comment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_comment")),
    )
    op.create_index(op.f("ix_saved_comment_course_id_person_id"), "saved_comment", ["course_id", "person_id"])
    op.create_index(op.f("ix_saved_comment_person_id"), "saved_comment", ["person_id"])


def downgrade() -> None:
    op.drop_table("saved_comment")
