"""While a new version is rolled out, the earlier one still runs: what its code writes, the next tables take."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from lti_app import migrations
from lti_app.core.db import make_engine
from tests.migrations.earlier_code import steps_refused

SCRIPTS = Path(migrations.__file__).parent
FIRST = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "a", None


def upgrade():
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.UniqueConstraint("code", name="uq_code"),
    )
"""
SECOND = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "b", "a"


def upgrade():
    with op.batch_alter_table("course") as batch:
        {change}
"""
EXPLAINED = {"0020": ("person", "ON CONFLICT"), "0029": ("rubric", "ON CONFLICT")}
"""What may be refused: revision 0019 asks for a person first, and its inserts of people name no conflict; revision 0028
asks whether a discussion has a rubric, and its inserts of rubrics name none.
"""
COMPATIBLE = {
    "a column that may be empty": 'batch.add_column(sa.Column("mood", sa.String()))',
    "a lasting default": 'batch.add_column(sa.Column("n", sa.Integer(), nullable=False, server_default="0"))',
    "an index": 'batch.create_index("ix_title", ["title"])',
    "a condition that all rows meet": 'batch.create_check_constraint("ck_hours", "hours > 0")',
}
BREAKING = {
    "a column whose default is dropped again": (
        'batch.add_column(sa.Column("mood", sa.String(), nullable=False, server_default=""))\n'
        '    with op.batch_alter_table("course") as batch:\n'
        '        batch.alter_column("mood", existing_type=sa.String(), server_default=None)'
    ),
    "another name": 'batch.alter_column("title", new_column_name="name")',
    "a column less": 'batch.drop_column("label")',
    "no longer empty": 'batch.alter_column("label", nullable=False, existing_type=sa.String(), server_default="x")',
    "values that must differ": 'batch.create_unique_constraint("uq_title", ["title"])',
    "values that need not differ any more": 'batch.drop_constraint("uq_code", type_="unique")',
    "a condition on what is written": 'batch.create_check_constraint("ck_title", "length(title) > 1000")',
}


def test_every_revision_takes_what_the_code_before_it_writes(empty_database_url):
    found = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    revisions = [script.revision for script in found][::-1]
    assert len(revisions) >= 13
    refused = steps_refused(empty_database_url, revisions, migrations.upgrade)
    unexplained = {
        revision: rest
        for revision, found in refused.items()
        if (rest := [each for each in found if not fits(each, *EXPLAINED.get(revision, ("", "-")))])
    }
    assert unexplained == {}


def fits(refusal, table, words):
    return refusal.startswith(f"{table}: ") and words in refusal


def planted(tmp_path, change):
    """Answers how to upgrade along two revisions of our own, the second of which makes the change."""
    (tmp_path / "a.py").write_text(FIRST)
    (tmp_path / "b.py").write_text(SECOND.format(change=change))

    def upgrade(url, revision):
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.set_main_option("version_locations", str(tmp_path))
        config.set_main_option("path_separator", "newline")
        engine = make_engine(url)
        try:
            with engine.connect() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, revision)
        finally:
            engine.dispose()

    return upgrade


@pytest.mark.parametrize("change", COMPATIBLE.values(), ids=COMPATIBLE)
def test_a_change_that_the_code_before_it_does_not_notice_passes(tmp_path, empty_database_url, change):
    assert steps_refused(empty_database_url, ["a", "b"], planted(tmp_path, change)) == {}


@pytest.mark.parametrize("change", BREAKING.values(), ids=BREAKING)
def test_a_change_that_breaks_the_code_before_it_is_found(tmp_path, empty_database_url, change):
    refused = steps_refused(empty_database_url, ["a", "b"], planted(tmp_path, change))
    assert list(refused) == ["b"]
    assert refused["b"]
