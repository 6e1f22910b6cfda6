"""a number in the course for people whose names the LMS withholds"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NUMBERED = """
    UPDATE enrollment SET numbered_as = role, number = (
        SELECT count(*) FROM enrollment AS earlier JOIN person ON person.id = earlier.person_id
        WHERE person.name = '' AND earlier.course_id = enrollment.course_id AND earlier.role = enrollment.role
            AND earlier.id <= enrollment.id
    )
    WHERE person_id IN (SELECT id FROM person WHERE name = '')
"""


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("enrollment", sa.Column("numbered_as", sa.String(length=32), nullable=True))
    op.execute(NUMBERED)


def downgrade() -> None:
    with op.batch_alter_table("enrollment") as batch:
        batch.drop_column("numbered_as")
        batch.drop_column("number")
