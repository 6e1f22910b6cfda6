"""texts to check quotations against"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = sa.Enum("text", "fingerprints", name="kept", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "reading_text",
        sa.Column("reading_id", KEY, nullable=False),
        sa.Column("kept", KEPT, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("given_by_id", KEY, nullable=False),
        sa.Column("given_at", lti_app.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], ondelete="CASCADE", name=op.f("fk_reading_text_reading_id_reading")
        ),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_reading_text_given_by_id_person")),
        sa.PrimaryKeyConstraint("reading_id", name=op.f("pk_reading_text")),
    )
    op.create_table(
        "reading_shingle",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reading_id", KEY, nullable=False),
        sa.Column("shingle", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reading_id"], ["reading.id"], ondelete="CASCADE", name=op.f("fk_reading_shingle_reading_id_reading")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_shingle")),
    )
    op.create_index(op.f("ix_reading_shingle_reading_id"), "reading_shingle", ["reading_id"])
    op.create_index(op.f("ix_reading_shingle_shingle_reading_id"), "reading_shingle", ["shingle", "reading_id"])


def downgrade() -> None:
    op.drop_table("reading_shingle")
    op.drop_table("reading_text")
