"""posts of which nobody knows when they were written

They came from files without dates, and bore the moment at which the file was given.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

UNDATED = """
UPDATE post SET undated = true WHERE origin IS NOT NULL AND EXISTS (
    SELECT 1 FROM import WHERE import.discussion_id = post.discussion_id AND import.created_at = post.created_at
)
"""


def upgrade() -> None:
    op.add_column("post", sa.Column("undated", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(UNDATED)


def downgrade() -> None:
    op.drop_column("post", "undated")
