"""what was brought in"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
SHAPE = sa.Enum("rows", "moodle", "canvas", "wordpress", "colloquy", name="shape", native_enum=False, length=32)
WAY = sa.Enum("exhibit", "live", name="way", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "import",
        sa.Column("id", KEY, nullable=False),
        sa.Column("discussion_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("day_first", sa.Boolean(), nullable=True),
        sa.Column("shape", SHAPE, nullable=False),
        sa.Column("encoding", sa.String(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("voices", sa.Integer(), nullable=False),
        sa.Column("first_posts", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("fault_counts", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("way", WAY, nullable=True),
        sa.Column("hides_names", sa.Boolean(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("brought_in_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_import_discussion_id_discussion")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_import_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_index(op.f("ix_import_discussion_id"), "import", ["discussion_id"])


def downgrade() -> None:
    op.drop_table("import")
