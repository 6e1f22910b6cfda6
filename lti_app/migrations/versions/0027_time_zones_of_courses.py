"""whether a course's time zone is a decision, or only where the server is

What earlier courses have stays: their days have been counted in it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course", sa.Column("is_zone_chosen", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("course", "is_zone_chosen")
