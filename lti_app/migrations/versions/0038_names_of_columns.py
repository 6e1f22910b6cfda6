"""which name a gradebook column was given, so that it can follow that of the discussion"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("lineitem_label", sa.String(), nullable=True))
    op.add_column("part_column", sa.Column("lineitem_label", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("part_column", "lineitem_label")
    op.drop_column("placement", "lineitem_label")
