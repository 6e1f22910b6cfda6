"""rubrics in libraries and in versions; marks with points and comments; notes of graders"""

import sqlalchemy as sa
from alembic import op

import lti_app.core.db
from lti_app.migrations.limits import create_index, drop_index

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
POINTS = lti_app.core.db.Points
PLACE = "(course_id IS NULL) <> (discussion_id IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table("rubric") as batch:
        batch.add_column(sa.Column("course_id", ID, nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch.add_column(sa.Column("title", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("scoring", sa.String(length=32), server_default="points", nullable=False))
        batch.add_column(sa.Column("pass_mark", POINTS(), server_default="0", nullable=False))
        batch.add_column(sa.Column("is_shared", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.alter_column("discussion_id", existing_type=ID, nullable=True)
        batch.drop_constraint(op.f("uq_rubric_discussion_id"), type_="unique")
        batch.create_unique_constraint(op.f("uq_rubric_discussion_id_version"), ["discussion_id", "version"])
        batch.create_foreign_key(op.f("fk_rubric_course_id_course"), "course", ["course_id"], ["id"])
        batch.create_check_constraint(op.f("ck_rubric_in_library_or_discussion"), PLACE)
    with op.batch_alter_table("criterion") as batch:
        batch.add_column(sa.Column("uses_range", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("counts", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch.add_column(sa.Column("weight", POINTS(), server_default="100", nullable=False))
        batch.add_column(sa.Column("preselects", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("key", ID, nullable=True))
    with op.batch_alter_table("level") as batch:
        batch.add_column(sa.Column("name", sa.String(), server_default="", nullable=False))
        batch.add_column(sa.Column("key", ID, nullable=True))
    with op.batch_alter_table("mark") as batch:
        batch.alter_column("level_id", existing_type=ID, nullable=True)
        batch.add_column(sa.Column("points", POINTS(), nullable=True))
        batch.add_column(sa.Column("comment", sa.String(), server_default="", nullable=False))
    with op.batch_alter_table("assessment") as batch:
        batch.add_column(sa.Column("rubric_id", ID, nullable=True))
        batch.add_column(sa.Column("note", sa.String(), server_default="", nullable=False))
        batch.create_foreign_key(op.f("fk_assessment_rubric_id_rubric"), "rubric", ["rubric_id"], ["id"])
    create_index("ix_rubric_course_id", "rubric", ["course_id"], where="course_id IS NOT NULL")
    create_index("ix_assessment_rubric_id", "assessment", ["rubric_id"], where="rubric_id IS NOT NULL")


def downgrade() -> None:
    drop_index("ix_assessment_rubric_id", "assessment")
    drop_index("ix_rubric_course_id", "rubric")
    with op.batch_alter_table("assessment") as batch:
        batch.drop_constraint(op.f("fk_assessment_rubric_id_rubric"), type_="foreignkey")
        batch.drop_column("note")
        batch.drop_column("rubric_id")
    op.execute("DELETE FROM mark WHERE level_id IS NULL")
    with op.batch_alter_table("mark") as batch:
        batch.alter_column("level_id", existing_type=ID, nullable=False)
        batch.drop_column("comment")
        batch.drop_column("points")
    with op.batch_alter_table("level") as batch:
        batch.drop_column("key")
        batch.drop_column("name")
    with op.batch_alter_table("criterion") as batch:
        for column in ("key", "preselects", "weight", "counts", "uses_range"):
            batch.drop_column(column)
    # Libraries and older versions are more than the code before can hold: they go, with the marks given by them.
    rubric = sa.table("rubric", sa.column("id"), sa.column("discussion_id"), sa.column("version"))
    criterion = sa.table("criterion", sa.column("id"), sa.column("rubric_id"))
    level, mark = (sa.table(name, sa.column("criterion_id")) for name in ("level", "mark"))
    is_more = rubric.c.discussion_id.is_(None) | (rubric.c.version > 1)
    of_more = criterion.c.rubric_id.in_(sa.select(rubric.c.id).where(is_more))
    for table in (mark, level):
        op.execute(table.delete().where(table.c.criterion_id.in_(sa.select(criterion.c.id).where(of_more))))
    op.execute(criterion.delete().where(of_more))
    op.execute(rubric.delete().where(is_more))
    with op.batch_alter_table("rubric") as batch:
        batch.drop_constraint(op.f("ck_rubric_in_library_or_discussion"), type_="check")
        batch.drop_constraint(op.f("fk_rubric_course_id_course"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_rubric_discussion_id_version"), type_="unique")
        batch.create_unique_constraint(op.f("uq_rubric_discussion_id"), ["discussion_id"])
        batch.alter_column("discussion_id", existing_type=ID, nullable=False)
        for column in ("is_shared", "pass_mark", "scoring", "title", "version", "course_id"):
            batch.drop_column(column)
