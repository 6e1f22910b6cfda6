"""the rules of a course for its early signals, and the signals that were dismissed"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "signal_settings",
        sa.Column("course_id", ID, nullable=False, autoincrement=False),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_signal_settings_course_id_course")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_signal_settings")),
    )
    op.create_table(
        "signal_dismissal",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("dismissed_by_id", ID, nullable=False),
        sa.Column("dismissed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_signal_dismissal_course_id_course")),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["person.id"], name=op.f("fk_signal_dismissal_dismissed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_dismissal")),
        sa.UniqueConstraint("course_id", "key", name=op.f("uq_signal_dismissal_course_id_key")),
    )
    op.create_index(op.f("ix_signal_dismissal_dismissed_by_id"), "signal_dismissal", ["dismissed_by_id"])


def downgrade() -> None:
    op.drop_table("signal_dismissal")
    op.drop_table("signal_settings")
