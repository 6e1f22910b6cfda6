"""the points of participation requirements for a gradebook column of their own"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "points_passback"
CHECKS = {
    "sent_at_when_sent": "state <> 'sent' OR sent_at IS NOT NULL",
    "shown_when_read": "read_back NOT IN ('confirmed', 'changed', 'different', 'kept') OR shown_given IS NOT NULL",
    "shown_whole": "(shown_given IS NULL) = (shown_possible IS NULL)",
    "sent_whole": "(sent_given IS NULL) = (sent_possible IS NULL)",
}
"""What is true of every row of `passback` is true of these."""


def upgrade() -> None:
    points, moment = lti_app.core.db.Points(), lti_app.core.db.UtcDateTime(timezone=True)
    op.create_table(
        TABLE,
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("discussion_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("given", points, nullable=False),
        sa.Column("possible", points, nullable=False),
        sa.Column("earned", points, nullable=False),
        sa.Column("countable", points, nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("submitted_at", moment, nullable=True),
        sa.Column("wanted_version", sa.Integer(), nullable=False),
        sa.Column("sent_version", sa.Integer(), nullable=False),
        sa.Column("sent_comment", sa.String(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", moment, nullable=False),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", moment, nullable=True),
        sa.Column("score_timestamp", moment, nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=False),
        sa.Column("queued_at", moment, nullable=False),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column("sent_given", points, nullable=True),
        sa.Column("sent_possible", points, nullable=True),
        sa.Column("parts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sent_parts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("sent_submitted_at", moment, nullable=True),
        sa.Column("sends_unseen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_back", sa.String(length=32), server_default="unchecked", nullable=False),
        sa.Column("shown_given", points, nullable=True),
        sa.Column("shown_possible", points, nullable=True),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("checked_at", moment, nullable=True),
        sa.Column("check_due_at", moment, nullable=True),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("resends", sa.Integer(), server_default="0", nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_{TABLE}_{other}_id_{other}"))
            for other in ("course", "discussion", "person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("discussion_id", "person_id", name=op.f(f"uq_{TABLE}_discussion_id_person_id")),
        *(sa.CheckConstraint(condition, name=op.f(f"ck_{TABLE}_{name}")) for name, condition in CHECKS.items()),
    )
    op.create_index(op.f(f"ix_{TABLE}_course_id"), TABLE, ["course_id"])
    op.create_index(op.f(f"ix_{TABLE}_person_id"), TABLE, ["person_id"])
    op.create_index(op.f(f"ix_{TABLE}_state_due_at"), TABLE, ["state", "due_at"])
    is_filled = sa.text("check_due_at IS NOT NULL")
    op.create_index(
        op.f(f"ix_{TABLE}_check_due_at"),
        TABLE,
        ["check_due_at"],
        postgresql_where=is_filled,
        sqlite_where=is_filled,
    )


def downgrade() -> None:
    op.drop_table(TABLE)
