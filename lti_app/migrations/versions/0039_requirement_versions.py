"""versions of the rule by which participation is counted, and what new discussions of a course begin with"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("discussion", sa.Column("rule_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("release", sa.Column("rule_version", sa.Integer(), nullable=True))
    op.create_table(
        "requirement_version",
        sa.Column("id", ID, nullable=False),
        sa.Column("discussion_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("made_by_id", ID, nullable=True),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["discussion_id"], ["discussion.id"], name=op.f("fk_requirement_version_discussion_id_discussion")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_requirement_version_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement_version")),
        sa.UniqueConstraint("discussion_id", "number", name=op.f("uq_requirement_version_discussion_id_number")),
    )
    op.create_index(
        op.f("ix_requirement_version_made_by_id"),
        "requirement_version",
        ["made_by_id"],
        postgresql_where=sa.text("made_by_id IS NOT NULL"),
        sqlite_where=sa.text("made_by_id IS NOT NULL"),
    )
    op.create_table(
        "course_requirements",
        sa.Column("course_id", ID, nullable=False, autoincrement=False),
        sa.Column("requirements", sa.JSON(), nullable=False),
        sa.Column("saved_by_id", ID, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_requirements_course_id_course")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_course_requirements_saved_by_id_person")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_requirements")),
    )
    op.create_index(op.f("ix_course_requirements_saved_by_id"), "course_requirements", ["saved_by_id"])


def downgrade() -> None:
    op.drop_table("course_requirements")
    op.drop_table("requirement_version")
    op.drop_column("release", "rule_version")
    op.drop_column("discussion", "rule_version")
