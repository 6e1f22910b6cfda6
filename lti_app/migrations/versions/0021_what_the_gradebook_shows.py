"""what the gradebook of the LMS shows of a score

Scores that were accepted in the last thirty days are read back soon after the upgrade; of older ones the pages say
that they were sent, until an instructor has them checked.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

import lti_app.core.db
from lti_app.migrations.limits import create_index, drop_index

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INDEX = "ix_passback_check_due_at"
SHOWN = "read_back NOT IN ('confirmed', 'changed', 'different', 'kept') OR shown_given IS NOT NULL"
CHECKS = {
    "shown_when_read": SHOWN,
    "shown_whole": "(shown_given IS NULL) = (shown_possible IS NULL)",
    "sent_whole": "(sent_given IS NULL) = (sent_possible IS NULL)",
}
RECENT = timedelta(days=30)
CHECKS_OF_OLD = 4
"""As after four readings: once soon, then at most three times within ten days."""


def _columns() -> list[sa.Column[Any]]:
    points, moment = lti_app.core.db.Points, lti_app.core.db.UtcDateTime
    return [
        sa.Column("sent_given", points(), nullable=True),
        sa.Column("sent_possible", points(), nullable=True),
        sa.Column("sends_unseen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read_back", sa.String(length=32), server_default="unchecked", nullable=False),
        sa.Column("shown_given", points(), nullable=True),
        sa.Column("shown_possible", points(), nullable=True),
        sa.Column("checked_at", moment(timezone=True), nullable=True),
        sa.Column("check_due_at", moment(timezone=True), nullable=True),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("resends", sa.Integer(), server_default="0", nullable=False),
    ]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("passback") as batch:
            for column in _columns():
                batch.add_column(column)
            for name, condition in CHECKS.items():
                batch.create_check_constraint(op.f(f"ck_passback_{name}"), condition)
    else:
        for column in _columns():
            op.add_column("passback", column, if_not_exists=True)
        # Asked of new rows at once, of the others while all go on writing. An earlier attempt may have come half-way.
        for name, condition in CHECKS.items():
            op.execute(f"ALTER TABLE passback DROP CONSTRAINT IF EXISTS ck_passback_{name}")
            op.execute(f"ALTER TABLE passback ADD CONSTRAINT ck_passback_{name} CHECK ({condition}) NOT VALID")
        with op.get_context().autocommit_block():
            for name in CHECKS:
                op.execute(f"ALTER TABLE passback VALIDATE CONSTRAINT ck_passback_{name}")
    create_index(INDEX, "passback", ["check_due_at"], where="check_due_at IS NOT NULL")
    _fill()


def _fill() -> None:
    """What was accepted is known; what is recent is to be read back."""
    moment = lti_app.core.db.UtcDateTime(timezone=True)
    names = ("sent_given", "sent_possible", "given", "possible", "state", "sent_at", "check_due_at", "checks")
    passback = sa.table("passback", *(sa.column(name, moment if name.endswith("_at") else None) for name in names))
    is_sent = passback.c.state == "sent"
    op.execute(
        passback.update()
        .where(is_sent, passback.c.sent_given.is_(None))
        .values(sent_given=passback.c.given, sent_possible=passback.c.possible)
    )
    now = datetime.now(UTC)
    recent = passback.update().where(is_sent, passback.c.sent_at > now - RECENT)
    op.execute(recent.values(check_due_at=now, checks=CHECKS_OF_OLD))


def downgrade() -> None:
    drop_index(INDEX, "passback")
    with op.batch_alter_table("passback") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_passback_{name}"), type_="check")
        for column in _columns():
            batch.drop_column(column.name)
    op.execute("UPDATE passback SET state = 'refused', error_code = 'rejected' WHERE state = 'held'")
