"""citation styles, where to read, reading states"""

import hashlib

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
DESCRIPTION = ("paragraph", "exact", "prefix", "suffix", "fingerprint")


def upgrade() -> None:
    style = sa.Enum(*STYLES, name="citationstyle", native_enum=False, length=32)
    library = sa.Enum(*LIBRARIES, name="library", native_enum=False, length=32)
    with op.batch_alter_table("course") as batch_op:
        # Harvard is what all references were written in before there was a choice.
        batch_op.add_column(sa.Column("citation_style", style, nullable=False, server_default="harvard"))
        batch_op.add_column(sa.Column("library", library, nullable=False, server_default="none"))
        batch_op.add_column(sa.Column("library_prefix", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("course") as batch_op:
        for column in ("citation_style", "library", "library_prefix"):
            batch_op.alter_column(column, server_default=None)
    with op.batch_alter_table("reading") as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("through_library", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("reading") as batch_op:
        batch_op.alter_column("version", server_default=None)
        batch_op.alter_column("through_library", server_default=None)
    with op.batch_alter_table("passage") as batch_op:
        for column in DESCRIPTION:
            batch_op.add_column(sa.Column(column, sa.String(), nullable=False, server_default=""))
    _take_fingerprints()
    with op.batch_alter_table("passage") as batch_op:
        for column in DESCRIPTION:
            batch_op.alter_column(column, server_default=None)
        batch_op.drop_constraint(batch_op.f("uq_passage_reading_id_page"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_passage_reading_id_fingerprint"), ["reading_id", "fingerprint"]
        )
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
    # Without quotations many passages share their page; citations keep only those that are a page and nothing else.
    described = "paragraph <> '' OR exact <> '' OR prefix <> '' OR suffix <> ''"
    op.execute(f"DELETE FROM citation WHERE passage_id IN (SELECT id FROM passage WHERE {described})")  # noqa: S608 - ours
    op.execute(f"DELETE FROM passage WHERE {described}")  # noqa: S608 - ours
    with op.batch_alter_table("passage") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_passage_reading_id_fingerprint"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_passage_reading_id_page"), ["reading_id", "page"])
        for column in DESCRIPTION:
            batch_op.drop_column(column)
    with op.batch_alter_table("reading") as batch_op:
        batch_op.drop_column("through_library")
        batch_op.drop_column("version")
    with op.batch_alter_table("course") as batch_op:
        for column in ("library_prefix", "library", "citation_style"):
            batch_op.drop_column(column)


def _take_fingerprints() -> None:
    """As the rules take them: all parts of the description, here the page alone, parted by NUL."""
    passage = sa.table("passage", sa.column("id"), sa.column("page"), sa.column("fingerprint"))
    connection = op.get_bind()
    for passage_id, page in connection.execute(sa.select(passage.c.id, passage.c.page)).all():
        fingerprint = hashlib.sha256("\0".join((page, "", "", "", "")).encode()).hexdigest()
        connection.execute(passage.update().where(passage.c.id == passage_id).values(fingerprint=fingerprint))
