"""activity streams, and what they have told or have yet to tell"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "activity_stream",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant_id", ID, nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("grades_since", MOMENT, nullable=True),
        sa.Column("names_lms_users", sa.Boolean(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("looked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_stream")),
        sa.UniqueConstraint("tenant_id", name=op.f("uq_activity_stream_tenant_id")),
    )
    op.create_index(op.f("ix_activity_stream_due_at"), "activity_stream", ["due_at"])
    op.create_table(
        "streamed_activity",
        sa.Column("id", ID, nullable=False),
        sa.Column("stream_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["stream_id"], ["activity_stream.id"], name=op.f("fk_streamed_activity_stream_id_activity_stream")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streamed_activity")),
        sa.UniqueConstraint(
            "stream_id",
            "kind",
            "object_id",
            "version",
            name=op.f("uq_streamed_activity_stream_id_kind_object_id_version"),
        ),
    )
    op.create_index(op.f("ix_streamed_activity_stream_id_state_id"), "streamed_activity", ["stream_id", "state", "id"])
    op.create_index(op.f("ix_streamed_activity_state_at"), "streamed_activity", ["state", "at"])


def downgrade() -> None:
    op.drop_table("streamed_activity")
    op.drop_table("activity_stream")
