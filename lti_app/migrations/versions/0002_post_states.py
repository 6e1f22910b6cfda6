"""states of posts, structures of discussions, groups and pseudonyms"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
STRUCTURE = sa.Enum("whole_class", "groups", "topics", "questions", name="structure", native_enum=False, length=32)
ANONYMITY = sa.Enum("named", "peers", "blind", name="anonymity", native_enum=False, length=32)
MOVE = sa.Enum("extend", "question", "counter", "connect", "example", name="move", native_enum=False, length=32)
FORMAT = sa.Enum("text", "html", name="format", native_enum=False, length=32)
GROUP_KIND = sa.Enum("lms_group", "lms_section", "own", name="groupkind", native_enum=False, length=32)


def _of_discussion() -> list[sa.Column[Any]]:
    return [
        sa.Column("structure", STRUCTURE, nullable=False, server_default="whole_class"),
        sa.Column("anonymity", ANONYMITY, nullable=False, server_default="named"),
        sa.Column("names_revealed_at", MOMENT, nullable=True),
        sa.Column("wanted_move", MOVE, nullable=True),
        sa.Column("edit_minutes", sa.Integer(), nullable=True),
    ]


def _of_post() -> list[sa.Column[Any]]:
    return [
        sa.Column("group_id", KEY, nullable=True),
        sa.Column("title", sa.String(), nullable=False, server_default=""),
        sa.Column("format", FORMAT, nullable=False, server_default="text"),
        sa.Column("move", MOVE, nullable=True),
        sa.Column("quotes", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("byline", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("announcement", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("private_to_id", KEY, nullable=True),
        sa.Column("appreciations", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pinned_at", MOMENT, nullable=True),
        sa.Column("exemplary_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("locked_at", MOMENT, nullable=True),
        sa.Column("hidden_at", MOMENT, nullable=True),
        sa.Column("hidden_by_id", KEY, nullable=True),
        sa.Column("hidden_reason", sa.String(), nullable=False, server_default=""),
        sa.Column("held_at", MOMENT, nullable=True),
        sa.Column("held_reasons", sa.JSON(), nullable=False, server_default="[]"),
    ]


POST_KEYS = [
    ("group_id", "course_group"),
    ("private_to_id", "person"),
    ("hidden_by_id", "person"),
]


def upgrade() -> None:
    op.create_table(
        "course_group",
        sa.Column("id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("kind", GROUP_KIND, nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_group_course_id_course")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_group")),
        sa.UniqueConstraint(
            "course_id", "kind", "external_id", name=op.f("uq_course_group_course_id_kind_external_id")
        ),
    )
    op.create_table(
        "group_member",
        sa.Column("id", KEY, nullable=False),
        sa.Column("group_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["course_group.id"], name=op.f("fk_group_member_group_id_course_group")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_member_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_member")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_group_member_group_id_person_id")),
    )
    op.create_index(op.f("ix_group_member_person_id"), "group_member", ["person_id"])
    op.create_table(
        "pseudonym",
        sa.Column("id", KEY, nullable=False),
        sa.Column("discussion_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name=op.f("fk_pseudonym_discussion_id_discussion")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pseudonym_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pseudonym")),
        sa.UniqueConstraint("discussion_id", "person_id", name=op.f("uq_pseudonym_discussion_id_person_id")),
        sa.UniqueConstraint("discussion_id", "name", name=op.f("uq_pseudonym_discussion_id_name")),
    )
    for table, columns in (("discussion", _of_discussion()), ("post", _of_post())):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.add_column(column)
    with op.batch_alter_table("revision") as batch:
        batch.add_column(sa.Column("format", FORMAT, nullable=False, server_default="text"))
    with op.batch_alter_table("post") as batch:
        for key, target in POST_KEYS:
            batch.create_foreign_key(op.f(f"fk_post_{key}_{target}"), target, [key], ["id"])
        batch.create_unique_constraint(op.f("uq_post_discussion_id_origin"), ["discussion_id", "origin"])


def downgrade() -> None:
    with op.batch_alter_table("post") as batch:
        batch.drop_constraint(op.f("uq_post_discussion_id_origin"), type_="unique")
        for key, target in POST_KEYS:
            batch.drop_constraint(op.f(f"fk_post_{key}_{target}"), type_="foreignkey")
        for column in _of_post():
            batch.drop_column(column.name)
    with op.batch_alter_table("revision") as batch:
        batch.drop_column("format")
    with op.batch_alter_table("discussion") as batch:
        for column in _of_discussion():
            batch.drop_column(column.name)
    op.drop_table("pseudonym")
    op.drop_table("group_member")
    op.drop_table("course_group")
