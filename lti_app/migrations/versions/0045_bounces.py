"""mails that came back later, and that an address was given up because of them"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("outgoing_mail", sa.Column("takes_bounce", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("outgoing_mail", sa.Column("bounced_at", MOMENT, nullable=True))
    op.add_column("outgoing_mail", sa.Column("bounce_status", sa.String(), server_default="", nullable=False))
    op.add_column("outgoing_mail", sa.Column("bounced_key", sa.String(), nullable=True))
    op.add_column("refused_address", sa.Column("has_bounced", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("refused_address", "has_bounced")
    for column in ("bounced_key", "bounce_status", "bounced_at", "takes_bounce"):
        op.drop_column("outgoing_mail", column)
