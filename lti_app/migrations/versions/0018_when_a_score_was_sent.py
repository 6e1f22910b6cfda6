"""a score that the LMS has accepted says when"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# No code has ever stored one without the other; rows that were changed by hand get the moment of their newest try.
MOMENT = "UPDATE passback SET sent_at = coalesce(score_timestamp, queued_at) WHERE state = 'sent' AND sent_at IS NULL"
NAME, CONDITION = "sent_at_when_sent", "state <> 'sent' OR sent_at IS NOT NULL"


def upgrade() -> None:
    op.execute(MOMENT)
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("passback") as batch:
            batch.create_check_constraint(op.f(f"ck_passback_{NAME}"), CONDITION)
        return
    # Asked of new rows at once, of the others while all go on writing. An earlier attempt may have come half-way.
    op.execute(f"ALTER TABLE passback DROP CONSTRAINT IF EXISTS ck_passback_{NAME}")
    op.execute(f"ALTER TABLE passback ADD CONSTRAINT ck_passback_{NAME} CHECK ({CONDITION}) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE passback VALIDATE CONSTRAINT ck_passback_{NAME}")


def downgrade() -> None:
    with op.batch_alter_table("passback") as batch:
        batch.drop_constraint(op.f(f"ck_passback_{NAME}"), type_="check")
