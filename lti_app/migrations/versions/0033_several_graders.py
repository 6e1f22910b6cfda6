"""who grades whom, and marks that graders give independently of one another"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = lti_app.core.db.UtcDateTime(timezone=True)


def _key(table: str, column: str, to: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"), ondelete=ondelete)


def _index(table: str, column: str, *, filled: bool = False) -> None:
    condition = sa.text(f"{column} IS NOT NULL") if filled else None
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], postgresql_where=condition, sqlite_where=condition)


def upgrade() -> None:
    op.create_table(
        "grader_assignment",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("discussion_id", ID, nullable=True),
        sa.Column("grader_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("is_second", sa.Boolean(), server_default=sa.false(), nullable=False),
        _key("grader_assignment", "course_id", "course"),
        _key("grader_assignment", "discussion_id", "discussion"),
        _key("grader_assignment", "grader_id", "person"),
        _key("grader_assignment", "group_id", "course_group", ondelete="CASCADE"),
        _key("grader_assignment", "person_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grader_assignment")),
    )
    _index("grader_assignment", "course_id")
    _index("grader_assignment", "discussion_id", filled=True)
    _index("grader_assignment", "grader_id")
    _index("grader_assignment", "group_id", filled=True)
    _index("grader_assignment", "person_id", filled=True)
    op.create_table(
        "second_marking",
        sa.Column("discussion_id", ID, nullable=False),
        sa.Column("mode", sa.String(length=32), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("agreement", sa.String(length=32), nullable=False),
        sa.Column("tolerance", lti_app.core.db.Points(), nullable=False),
        _key("second_marking", "discussion_id", "discussion"),
        sa.PrimaryKeyConstraint("discussion_id", name=op.f("pk_second_marking")),
    )
    op.create_table(
        "blind_marking",
        sa.Column("id", ID, nullable=False),
        sa.Column("course_id", ID, nullable=False),
        sa.Column("discussion_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by_id", ID, nullable=True),
        _key("blind_marking", "course_id", "course"),
        _key("blind_marking", "discussion_id", "discussion"),
        _key("blind_marking", "person_id", "person"),
        _key("blind_marking", "settled_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_marking")),
        sa.UniqueConstraint("discussion_id", "person_id", name=op.f("uq_blind_marking_discussion_id_person_id")),
    )
    _index("blind_marking", "course_id")
    _index("blind_marking", "person_id")
    _index("blind_marking", "settled_by_id", filled=True)
    op.create_table(
        "marking",
        sa.Column("id", ID, nullable=False),
        sa.Column("blind_marking_id", ID, nullable=False),
        sa.Column("grader_id", ID, nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        _key("marking", "blind_marking_id", "blind_marking"),
        _key("marking", "grader_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marking")),
        sa.UniqueConstraint("blind_marking_id", "grader_id", name=op.f("uq_marking_blind_marking_id_grader_id")),
    )
    _index("marking", "grader_id")


def downgrade() -> None:
    op.drop_table("marking")
    op.drop_table("blind_marking")
    op.drop_table("second_marking")
    op.drop_table("grader_assignment")
