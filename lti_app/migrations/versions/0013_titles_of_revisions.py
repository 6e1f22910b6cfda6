"""the titles that topics had before an edit"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Until now an edit left the title as it was.
    of_post = "UPDATE revision SET title = (SELECT post.title FROM post WHERE post.id = revision.post_id)"
    with op.batch_alter_table("revision") as batch:
        batch.add_column(sa.Column("title", sa.String(), nullable=False, server_default=""))
    op.execute(of_post)


def downgrade() -> None:
    with op.batch_alter_table("revision") as batch:
        batch.drop_column("title")
