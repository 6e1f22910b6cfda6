"""where each sequence of words stands in a reading, so that a quotation is found only in its order

Sequences that are stored already are in the order of their ids. Of their readings nothing is called "not found" until
the text is stored again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reading_shingle", sa.Column("position", sa.Integer, nullable=False, server_default="0"))
    op.add_column("reading_text", sa.Column("has_loose", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("reading_text", "has_loose")
    op.execute("DELETE FROM reading_shingle WHERE page = ''")
    op.drop_column("reading_shingle", "position")
