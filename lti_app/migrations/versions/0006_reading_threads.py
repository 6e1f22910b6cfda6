"""what has been seen"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_FIRST = sa.text("parent_id IS NULL")
SORT = sa.Enum("unread", "oldest", "newest", "replied", name="sort", native_enum=False, length=32)


def upgrade() -> None:
    op.create_table(
        "seen",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("discussion_id", KEY, nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.Column("all_to", sa.Integer(), nullable=False),
        sa.Column("sort", SORT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seen_person_id_person")),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_seen_discussion_id_discussion")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen")),
        sa.UniqueConstraint("person_id", "discussion_id", name=op.f("uq_seen_person_id_discussion_id")),
    )
    op.create_index(op.f("ix_seen_discussion_id"), "seen", ["discussion_id"])
    op.create_index(
        op.f("ix_post_discussion_id_latest_number"),
        "post",
        ["discussion_id", "latest_number"],
        postgresql_where=IS_FIRST,
        sqlite_where=IS_FIRST,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_post_discussion_id_latest_number"), table_name="post")
    op.drop_table("seen")
