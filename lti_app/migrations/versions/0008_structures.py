"""extensions, which groups discuss apart, stances"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
GROUP_KIND = sa.Enum("lms_group", "lms_section", "own", name="groupkind", native_enum=False, length=32)
STANCE_TEXTS = ("stance_question", "stance_low", "stance_high")


def upgrade() -> None:
    with op.batch_alter_table("discussion") as batch:
        batch.add_column(sa.Column("group_kind", GROUP_KIND, nullable=True))
        for name in STANCE_TEXTS:
            batch.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
    _create_extension()
    _create_stance()


def _create_extension() -> None:
    op.create_table(
        "extension",
        sa.Column("id", KEY, nullable=False),
        sa.Column("discussion_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("group_id", KEY, nullable=True),
        sa.Column("first_post_due", MOMENT, nullable=True),
        sa.Column("replies_due", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("granted_by_id", KEY, nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_extension_person_or_group")),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name=op.f("fk_extension_discussion_id_discussion")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extension_person_id_person")),
        sa.ForeignKeyConstraint(["group_id"], ["course_group.id"], name=op.f("fk_extension_group_id_course_group")),
        sa.ForeignKeyConstraint(["granted_by_id"], ["person.id"], name=op.f("fk_extension_granted_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("discussion_id", "person_id", name=op.f("uq_extension_discussion_id_person_id")),
        sa.UniqueConstraint("discussion_id", "group_id", name=op.f("uq_extension_discussion_id_group_id")),
    )
    op.create_index(op.f("ix_extension_person_id"), "extension", ["person_id"])
    op.create_index(op.f("ix_extension_group_id"), "extension", ["group_id"])


def _create_stance() -> None:
    op.create_table(
        "stance",
        sa.Column("id", KEY, nullable=False),
        sa.Column("discussion_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("before_at", MOMENT, nullable=False),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("after_at", MOMENT, nullable=True),
        sa.Column("moved_by_id", KEY, nullable=True),
        sa.CheckConstraint('"before" BETWEEN 1 AND 7', name=op.f("ck_stance_before_on_scale")),
        sa.CheckConstraint('"after" BETWEEN 1 AND 7', name=op.f("ck_stance_after_on_scale")),
        sa.ForeignKeyConstraint(["discussion_id"], ["discussion.id"], name=op.f("fk_stance_discussion_id_discussion")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stance_person_id_person")),
        sa.ForeignKeyConstraint(["moved_by_id"], ["post.id"], name=op.f("fk_stance_moved_by_id_post")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stance")),
        sa.UniqueConstraint("discussion_id", "person_id", name=op.f("uq_stance_discussion_id_person_id")),
    )
    op.create_index(op.f("ix_stance_person_id"), "stance", ["person_id"])
    op.create_index(op.f("ix_stance_moved_by_id"), "stance", ["moved_by_id"])


def downgrade() -> None:
    op.drop_table("stance")
    op.drop_table("extension")
    with op.batch_alter_table("discussion") as batch:
        for name in (*STANCE_TEXTS, "group_kind"):
            batch.drop_column(name)
