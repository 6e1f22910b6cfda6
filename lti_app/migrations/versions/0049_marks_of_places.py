"""marks change with where posts stand, too: which of them lead, and in which place each is

SQLite drops the triggers of a table when a later revision copies the table; such a revision must make them again.
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

FACTS = (
    *("id", "course_id", "discussion_id", "number", "author_id", "by_staff", "byline", "parent_id", "root_id"),
    *("split_from_id", "group_id", "private_to_id", "held_at", "hidden_at", "deleted_at", "address", "words"),
    *("reading_ids", "move", "created_at", "edited_at"),
)
PLACES = ("path", "pinned_at", "announcement", "undated")
"""That only change together with one of FACTS: how many posts a thread has, and which is its newest."""
ON_POSTGRESQL = """
CREATE TRIGGER change_mark_post_update AFTER UPDATE OF {columns} ON post
    FOR EACH ROW EXECUTE FUNCTION change_mark_of_post_row()
"""
DISCUSSIONS = "SELECT old.discussion_id AS discussion_id UNION SELECT new.discussion_id AS discussion_id"
ON_SQLITE = """
CREATE TRIGGER change_mark_post_update AFTER UPDATE OF {columns} ON post BEGIN
    DELETE FROM change_mark WHERE source = 'posts' AND discussion_id IN ({discussions});
    INSERT INTO change_mark (discussion_id, source, mark)
        SELECT discussion_id, 'posts', lower(hex(randomblob(16))) FROM ({discussions});
END
"""


def upgrade() -> None:
    _watch((*FACTS, *PLACES))


def downgrade() -> None:
    _watch(FACTS)


def _watch(columns: tuple[str, ...]) -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute("DROP TRIGGER change_mark_post_update" + ("" if on_sqlite else " ON post"))
    trigger = ON_SQLITE if on_sqlite else ON_POSTGRESQL
    op.execute(trigger.format(columns=", ".join(columns), discussions=DISCUSSIONS))
