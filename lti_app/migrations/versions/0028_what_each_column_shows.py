"""what each gradebook column shows of a score that several have"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("passback", sa.Column("columns", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("passback", "columns")
