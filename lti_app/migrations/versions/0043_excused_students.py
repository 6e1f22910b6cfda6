"""students who are excused are found by their course"""

from lti_app.migrations.limits import create_index, drop_index

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

INDEX = "ix_assessment_course_id"


def upgrade() -> None:
    create_index(INDEX, "assessment", ["course_id"], where="excused_at IS NOT NULL")


def downgrade() -> None:
    drop_index(INDEX, "assessment")
