"""the style that each reference is in

Until now a change of the style rendered all references at once, so each is in the style of its course.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OF_COURSE = (
    "UPDATE reading SET reference_style = (SELECT citation_style FROM course WHERE course.id = reading.course_id)"
)


def upgrade() -> None:
    op.add_column("reading", sa.Column("reference_style", sa.String(length=32), nullable=True))
    op.execute(OF_COURSE)


def downgrade() -> None:
    with op.batch_alter_table("reading") as batch:
        batch.drop_column("reference_style")
