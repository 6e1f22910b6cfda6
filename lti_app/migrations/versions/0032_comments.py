"""comments that graders save to use again; comments on sentences of posts; formatted comments"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "saved_comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_saved_comment_course_id_course")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_comment_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_comment")),
    )
    op.create_index(op.f("ix_saved_comment_course_id_person_id"), "saved_comment", ["course_id", "person_id"])
    op.create_index(op.f("ix_saved_comment_person_id"), "saved_comment", ["person_id"])
    op.create_table(
        "post_comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("assessment_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("post_version", sa.Integer(), nullable=False),
        sa.Column("exact", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_post_comment_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_comment_post_id_post")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_post_comment_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_comment")),
    )
    for column in ("assessment_id", "post_id", "by_id"):
        op.create_index(op.f(f"ix_post_comment_{column}"), "post_comment", [column])
    op.add_column("release", sa.Column("post_comments", sa.JSON(), nullable=True))
    op.add_column("release", sa.Column("comment_html", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("release", "comment_html")
    op.drop_column("release", "post_comments")
    op.drop_table("post_comment")
    op.drop_table("saved_comment")
