"""appreciations, reports, what was done to posts, posts that were moved, and what similar posts are found by"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
DEEDS = [
    "pin",
    "unpin",
    "mark",
    "unmark",
    "close",
    "reopen",
    "hide",
    "restore",
    "hold",
    "release",
    "accept",
    "unaccept",
    "split",
    "dismiss",
    "reply_privately",
]
DEED = sa.Enum(*DEEDS, name="deed", native_enum=False, length=32)
REPORT_REASON = sa.Enum(
    "disrespect", "privacy", "worry", "spam", "copied", "other", name="reportreason", native_enum=False, length=32
)
OUTCOME = sa.Enum("hidden", "held", "kept", name="outcome", native_enum=False, length=32)
HELD_REASON = sa.Enum("instructor", "similar", "seller", "links", name="heldreason", native_enum=False, length=32)


def upgrade() -> None:
    _table(
        "appreciation",
        _key("post_id", "post"),
        _key("person_id", "person"),
        sa.Column("at", MOMENT, nullable=False),
        unique=("post_id", "person_id"),
        indexes=["person_id"],
    )
    _table(
        "report",
        _key("course_id", "course"),
        _key("discussion_id", "discussion"),
        _key("post_id", "post"),
        _key("reporter_id", "person"),
        sa.Column("reason", REPORT_REASON, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", OUTCOME, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        _key("settled_by_id", "person", nullable=True),
        unique=("post_id", "reporter_id"),
        indexes=["course_id settled_at", "discussion_id settled_at", "reporter_id"],
    )
    _table(
        "moderation_act",
        _key("discussion_id", "discussion"),
        _key("post_id", "post"),
        _key("by_id", "person", nullable=True),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("kind", DEED, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        indexes=["post_id", "discussion_id"],
    )
    _table(
        "moved_post",
        _key("discussion_id", "discussion"),
        sa.Column("old_address", sa.String(), nullable=False),
        _key("post_id", "post"),
        sa.Column("at", MOMENT, nullable=False),
        unique=("discussion_id", "old_address"),
        indexes=["post_id"],
    )
    _table(
        "signature_band",
        _key("course_id", "course"),
        _key("post_id", "post"),
        sa.Column("band", sa.BigInteger(), nullable=False),
        unique=("post_id", "band"),
        indexes=["course_id band"],
    )
    _table(
        "finding",
        _key("post_id", "post"),
        sa.Column("reason", HELD_REASON, nullable=False),
        _key("like_id", "post", nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        unique=("post_id", "reason"),
        indexes=["like_id"],
    )
    with op.batch_alter_table("post") as batch:
        batch.add_column(sa.Column("split_from_id", KEY, nullable=True))
        batch.add_column(sa.Column("split_at", MOMENT, nullable=True))
        batch.create_foreign_key(op.f("fk_post_split_from_id_post"), "post", ["split_from_id"], ["id"])
    held = sa.text("held_at IS NOT NULL")
    op.create_index(op.f("ix_post_course_id"), "post", ["course_id"], postgresql_where=held, sqlite_where=held)


def downgrade() -> None:
    op.drop_index(op.f("ix_post_course_id"), "post")
    with op.batch_alter_table("post") as batch:
        batch.drop_constraint(op.f("fk_post_split_from_id_post"), type_="foreignkey")
        batch.drop_column("split_at")
        batch.drop_column("split_from_id")
    for table in ("finding", "signature_band", "moved_post", "moderation_act", "report", "appreciation"):
        op.drop_table(table)


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A foreign key, marked with its table until the table that it is in is known."""
    return sa.Column(name, KEY, nullable=nullable, info={"target": target})


def _table(name: str, *columns: sa.Column[Any], unique: tuple[str, ...] = (), indexes: list[str] | None = None) -> None:
    keys = [
        sa.ForeignKeyConstraint([column.name], [f"{target}.id"], name=op.f(f"fk_{name}_{column.name}_{target}"))
        for column in columns
        if (target := column.info.get("target"))
    ]
    both = "_".join(unique)
    uniques = [sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{both}"))] if unique else []
    op.create_table(
        name,
        sa.Column("id", KEY, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        *keys,
        *uniques,
    )
    for index in indexes or []:
        names = index.split()
        op.create_index(op.f(f"ix_{name}_{'_'.join(names)}"), name, names)
