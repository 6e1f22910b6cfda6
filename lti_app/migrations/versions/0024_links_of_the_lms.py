"""which link of the LMS opens which discussion: choices, copies, replaced and removed discussions

All new columns are empty for existing rows. A link whose `named` is empty was opened by an earlier release, which kept
the first discussion of a link for ever.
"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
DISCUSSIONS = ("copied_from_id", "replaced_by_id")


def upgrade() -> None:
    triggers = _triggers()
    with op.batch_alter_table("discussion") as batch:
        batch.add_column(sa.Column("selection", sa.String(), nullable=True))
        batch.add_column(sa.Column("removed_at", MOMENT, nullable=True))
        for name in DISCUSSIONS:
            batch.add_column(sa.Column(name, KEY, nullable=True))
    with op.batch_alter_table("discussion") as batch:
        for name in DISCUSSIONS:
            batch.create_foreign_key(op.f(f"fk_discussion_{name}_discussion"), "discussion", [name], ["id"])
    _make_again(triggers)
    op.create_index(op.f("ix_discussion_course_id_selection"), "discussion", ["course_id", "selection"], unique=True)
    for name in DISCUSSIONS:
        op.create_index(op.f(f"ix_discussion_{name}"), "discussion", [name])
    op.add_column("placement", sa.Column("named", sa.String(), nullable=True))
    op.add_column("placement", sa.Column("title", sa.String(), nullable=True))


def downgrade() -> None:
    triggers = _triggers()
    with op.batch_alter_table("placement") as batch:
        batch.drop_column("title")
        batch.drop_column("named")
    for name in (*DISCUSSIONS, "course_id_selection"):
        op.drop_index(op.f(f"ix_discussion_{name}"), table_name="discussion")
    with op.batch_alter_table("discussion") as batch:
        for name in DISCUSSIONS:
            batch.drop_constraint(op.f(f"fk_discussion_{name}_discussion"), type_="foreignkey")
            batch.drop_column(name)
        batch.drop_column("removed_at")
        batch.drop_column("selection")
    _make_again(triggers)


def _triggers() -> list[str]:
    """The triggers of the table, which SQLite loses where Alembic copies it."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    wanted = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'discussion'"
    return [row[0] for row in op.get_bind().exec_driver_sql(wanted)]


def _make_again(triggers: list[str]) -> None:
    for trigger in triggers:
        op.get_bind().exec_driver_sql(trigger)
