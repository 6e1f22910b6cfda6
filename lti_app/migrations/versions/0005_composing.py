"""mentions, attachments, drafts"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _link("mention", "person")
    _link("attachment", "file")
    with op.batch_alter_table("post") as batch:
        batch.add_column(sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"))
    _create_draft()
    _create_answer_claim()


def downgrade() -> None:
    op.drop_table("answer_claim")
    op.drop_table("draft")
    with op.batch_alter_table("post") as batch:
        batch.drop_column("attachments")
    op.drop_table("attachment")
    op.drop_table("mention")


def _link(table: str, other: str) -> None:
    """A table of what posts are linked to."""
    column = f"{other}_id"
    op.create_table(
        table,
        sa.Column("id", KEY, nullable=False),
        sa.Column("post_id", KEY, nullable=False),
        sa.Column(column, KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f(f"fk_{table}_post_id_post")),
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")),
        sa.UniqueConstraint("post_id", column, name=op.f(f"uq_{table}_post_id_{column}")),
    )
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _create_draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("discussion_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("post_id", KEY, nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("format", sa.String(32), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("move", sa.String(32), nullable=True),
        sa.Column("file_ids", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_draft_course_id_course")),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_draft_discussion_id_discussion")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_person_id_person")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_draft_post_id_post")),
        sa.UniqueConstraint("person_id", "discussion_id", "place", name=op.f("uq_draft_person_id_discussion_id_place")),
    )
    op.create_index(op.f("ix_draft_post_id"), "draft", ["post_id"])


def _create_answer_claim() -> None:
    op.create_table(
        "answer_claim",
        sa.Column("id", KEY, nullable=False),
        sa.Column("post_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_claim")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_answer_claim_post_id_post")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_answer_claim_person_id_person")),
        sa.UniqueConstraint("post_id", "person_id", name=op.f("uq_answer_claim_post_id_person_id")),
    )
    op.create_index(op.f("ix_answer_claim_person_id"), "answer_claim", ["person_id"])
