"""the courses that a course was copied from"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "earlier_course",
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("earlier_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_earlier_course_course_id_course")),
        sa.ForeignKeyConstraint(["earlier_id"], ["course.id"], name=op.f("fk_earlier_course_earlier_id_course")),
        sa.PrimaryKeyConstraint("course_id", "earlier_id", name=op.f("pk_earlier_course")),
    )


def downgrade() -> None:
    op.drop_table("earlier_course")
