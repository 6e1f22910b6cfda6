"""The text of the pages of readings, so that a citation can show what it cites."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reading_page",
        sa.Column("id", ID, nullable=False),
        sa.Column("reading_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], name=op.f("fk_reading_page_reading_id_reading"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_page")),
        sa.UniqueConstraint("reading_id", "place", name=op.f("uq_reading_page_reading_id_place")),
    )
    op.create_index(op.f("ix_reading_page_reading_id_label"), "reading_page", ["reading_id", "label"])
    op.add_column("reading", sa.Column("paged_file_id", ID, nullable=True))


def downgrade() -> None:
    op.drop_column("reading", "paged_file_id")
    op.drop_table("reading_page")
