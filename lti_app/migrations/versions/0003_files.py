"""files, and the readings whose text they are"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)
PURPOSE = sa.Enum("reading", "attachment", name="purpose", native_enum=False, length=32)
RIGHT = sa.Enum(
    "own_work",
    "open_licence",
    "library_licence",
    "permission",
    "public_domain",
    "exception",
    name="right",
    native_enum=False,
    length=32,
)
MEDIA_TYPE = sa.Enum(
    "application/pdf",
    "text/html",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "text/plain",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
    name="mediatype",
    native_enum=False,
    length=80,
)
INDEXES = (["course_id"], ["owner_id", "attached_at"], ["attached_at", "created_at"])


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("id", KEY, nullable=False),
        sa.Column("course_id", KEY, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("purpose", PURPOSE, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", MEDIA_TYPE, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rights", RIGHT, nullable=True),
        sa.Column("rights_note", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attached_at", MOMENT, nullable=True),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_file_course_id_course")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_file_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("key", name=op.f("uq_file_key")),
    )
    for columns in INDEXES:
        op.create_index(op.f(f"ix_file_{'_'.join(columns)}"), "file", columns)
    with op.batch_alter_table("reading") as batch:
        batch.add_column(sa.Column("file_id", KEY, nullable=True))
        batch.add_column(sa.Column("first_page", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("reading") as batch:
        batch.create_foreign_key(op.f("fk_reading_file_id_file"), "file", ["file_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("reading") as batch:
        batch.drop_constraint(op.f("fk_reading_file_id_file"), type_="foreignkey")
        batch.drop_column("first_page")
        batch.drop_column("file_id")
    op.drop_table("file")
