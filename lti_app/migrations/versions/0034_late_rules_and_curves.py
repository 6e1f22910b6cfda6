"""late rules, waivers and curves; grades that are held back; the lines of a released grade"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
MOMENTS = ("late_waived_at", "withheld_at", "adjusted_at")
DOCUMENTS = ("late_rule", "curve")


def upgrade() -> None:
    op.add_column("discussion", sa.Column("late_rule", sa.JSON(), nullable=True))
    for name in MOMENTS:
        op.add_column("assessment", sa.Column(name, MOMENT, nullable=True))
    for name in DOCUMENTS:
        op.add_column("assessment", sa.Column(name, sa.JSON(), nullable=True))
    op.add_column("release", sa.Column("total", lti_app.core.db.Points(), nullable=True))
    op.add_column("release", sa.Column("lines", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("grade_event", sa.Column("lines", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("grade_event", "lines")
    op.drop_column("release", "lines")
    op.drop_column("release", "total")
    for name in (*DOCUMENTS, *MOMENTS):
        op.drop_column("assessment", name)
    op.drop_column("discussion", "late_rule")
