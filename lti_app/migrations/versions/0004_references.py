"""citation styles, where to read, reading states"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = lti_app.core.db.UtcDateTime(timezone=True)
STYLES = ("apa", "mla", "chicago", "harvard")
LIBRARIES = ("none", "ezproxy", "openathens")


def upgrade() -> None:
    style = sa.Enum(*STYLES, name="citationstyle", native_enum=False, length=32)
    library = sa.Enum(*LIBRARIES, name="library", native_enum=False, length=32)
    with op.batch_alter_table("course") as batch_op:
        # Harvard is what all references were written in before there was a choice.
        batch_op.add_column(sa.Column("citation_style", style, nullable=False, server_default="harvard"))
        batch_op.add_column(sa.Column("library", library, nullable=False, server_default="none"))
        batch_op.add_column(sa.Column("library_prefix", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("reading") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("through_library", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "reading_state",
        sa.Column("reading_id", Id, nullable=False),
        sa.Column("person_id", Id, nullable=False),
        sa.Column("opened_at", Moment, nullable=True),
        sa.Column("last_opened_at", Moment, nullable=True),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("paragraph", sa.String(), nullable=False),
        sa.Column("stopped_at", Moment, nullable=True),
        sa.Column("read_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(["reading_id"], ["reading.id"], name=op.f("fk_reading_state_reading_id_reading")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reading_state_person_id_person")),
        sa.PrimaryKeyConstraint("reading_id", "person_id", name=op.f("pk_reading_state")),
    )
    op.create_index(op.f("ix_reading_state_person_id"), "reading_state", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_reading_state_person_id"), table_name="reading_state")
    op.drop_table("reading_state")
    with op.batch_alter_table("reading") as batch_op:
        batch_op.drop_column("through_library")
        batch_op.drop_column("version")
    with op.batch_alter_table("course") as batch_op:
        for column in ("library_prefix", "library", "citation_style"):
            batch_op.drop_column(column)
