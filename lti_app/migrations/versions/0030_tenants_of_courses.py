"""which installation of the LMS a course is of, so that its courses can share rubrics"""

import sqlalchemy as sa
from alembic import op

from lti_app.migrations.limits import create_index, drop_index

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIRST_LINKED = "SELECT min(deployment_id) FROM course_link WHERE course_link.course_id = course.id"
AT_ONCE = 1000


def upgrade() -> None:
    op.add_column("course", sa.Column("tenant_id", ID, nullable=True))
    create_index("ix_course_tenant_id", "course", ["tenant_id"], where="tenant_id IS NOT NULL")
    last = op.get_bind().scalar(sa.text("SELECT max(id) FROM course")) or 0
    for first in range(1, last + 1, AT_ONCE):
        part = sa.text(f"UPDATE course SET tenant_id = ({FIRST_LINKED}) WHERE id >= :first AND id < :past")  # noqa: S608 -- of a constant
        op.get_bind().execute(part, {"first": first, "past": first + AT_ONCE})


def downgrade() -> None:
    drop_index("ix_course_tenant_id", "course")
    op.drop_column("course", "tenant_id")
