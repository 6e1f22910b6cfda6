"""marks by which it is known whether anything that participation is counted from has changed

Triggers renew them, whoever writes. SQLite drops the triggers of a table when a later revision copies the table; such a
revision must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

OF_ROW = "SELECT r.discussion_id FROM {rows} AS r"
OF_POST = "SELECT p.discussion_id FROM {rows} AS r JOIN post AS p ON p.id = r.post_id"
OF_PASSAGE = """
    SELECT p.discussion_id FROM {rows} AS r JOIN citation AS c ON c.passage_id = r.id JOIN post AS p ON p.id = c.post_id
"""
OF_READING = """
    SELECT d.discussion_id FROM {rows} AS r JOIN discussion_reading AS d ON d.reading_id = r.reading_id
    WHERE r.read_at IS NOT NULL
"""
POST = (
    *("id", "course_id", "discussion_id", "number", "author_id", "by_staff", "byline", "parent_id", "root_id"),
    *("split_from_id", "group_id", "private_to_id", "held_at", "hidden_at", "deleted_at", "address", "words"),
    *("reading_ids", "move", "created_at", "edited_at"),
)
ANY: tuple[str, ...] = ()
TABLES = {
    "post": ("posts", OF_ROW, ("discussion_id",), POST),
    "revision": ("posts", OF_POST, ("post_id",), ANY),
    "citation": ("posts", OF_POST, ("post_id",), ANY),
    "passage": ("posts", OF_PASSAGE, ("id",), ("id", "reading_id", "page", "paragraph")),
    "appreciation": ("likes", OF_POST, ("post_id",), ANY),
    "stance": ("positions", OF_ROW, ("discussion_id",), ANY),
    "review_assignment": ("reviews", OF_ROW, ("discussion_id",), ANY),
    "reading_state": ("read_marks", OF_READING, ("reading_id", "read_at"), ("reading_id", "person_id", "read_at")),
}
"""By table: the source of its facts, the discussions of some rows, the columns that this needs, and the columns whose
change is a change of a fact."""

FIRST = """
INSERT INTO change_mark (discussion_id, source, mark)
    SELECT id, column1, {random} FROM discussion,
    (VALUES ('posts'), ('likes'), ('read_marks'), ('positions'), ('reviews')) AS sources
"""
RANDOM, RANDOM_ON_SQLITE = "gen_random_uuid()::text", "lower(hex(randomblob(16)))"
RENEW = """
CREATE FUNCTION change_mark_renew(discussions bigint[], what varchar) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
    -- Marks that another transaction is taking away are left to it: nobody waits here, so nobody waits in a circle.
    DELETE FROM change_mark WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM change_mark WHERE discussion_id = ANY (discussions) AND source = what FOR UPDATE SKIP LOCKED));
    INSERT INTO change_mark (discussion_id, source, mark)
        SELECT whose, what, gen_random_uuid()::text FROM unnest(discussions) AS whose;
END $$
"""
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM change_mark_renew(ARRAY(SELECT DISTINCT discussion_id FROM ({discussions}) AS found), '{source}');
    RETURN NULL;
END $$
"""
RENEW_ON_SQLITE = """
    DELETE FROM change_mark WHERE source = '{source}' AND discussion_id IN ({discussions});
    INSERT INTO change_mark (discussion_id, source, mark)
        SELECT discussion_id, '{source}', lower(hex(randomblob(16))) FROM ({discussions});
"""


def upgrade() -> None:
    op.create_table(
        "change_mark",
        sa.Column("discussion_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("discussion_id", "source", "mark", name=op.f("pk_change_mark")),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    if not on_sqlite:
        op.execute(RENEW)
    for table in TABLES:
        (_mark_on_sqlite if on_sqlite else _mark_on_postgresql)(table)
    random = RANDOM_ON_SQLITE if on_sqlite else RANDOM
    op.execute(FIRST.format(random=random))  # after the triggers, so that no change falls between them


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in TABLES:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS change_mark_{table}_{event}" + ("" if on_sqlite else f" ON {table}"))
    if not on_sqlite:
        for table in TABLES:
            op.execute(f"DROP FUNCTION change_mark_of_{table}_rows")
            op.execute(f"DROP FUNCTION change_mark_of_{table}_row")
        op.execute("DROP FUNCTION change_mark_renew")
    op.drop_table("change_mark")


def _mark_on_sqlite(table: str) -> None:
    source, discussions, keys, columns = TABLES[table]
    for event in ("insert", "update", "delete"):
        renewed = RENEW_ON_SQLITE.format(source=source, discussions=discussions.format(rows=_rows(event, keys)))
        named = f"change_mark_{table}_{event}"
        op.execute(f"CREATE TRIGGER {named} AFTER {_event(event, columns)} ON {table} BEGIN {renewed} END")


def _mark_on_postgresql(table: str) -> None:
    """Many rows may be inserted or deleted by one statement, which marks once; what is changed is few."""
    source, discussions, keys, columns = TABLES[table]
    of_rows, of_row = f"change_mark_of_{table}_rows", f"change_mark_of_{table}_row"
    of_changed = discussions.format(rows="changed")
    op.execute(FUNCTION.format(name=of_rows, discussions=of_changed, source=source))
    for event, rows in (("insert", "NEW"), ("delete", "OLD")):
        op.execute(
            f"CREATE TRIGGER change_mark_{table}_{event} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {of_rows}()"
        )
    of_both = discussions.format(rows=_rows("update", keys))
    op.execute(FUNCTION.format(name=of_row, discussions=of_both, source=source))
    op.execute(
        f"CREATE TRIGGER change_mark_{table}_update AFTER {_event('update', columns)} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {of_row}()"
    )


def _event(event: str, columns: tuple[str, ...]) -> str:
    return f"UPDATE OF {', '.join(columns)}" if event == "update" and columns else event.upper()


def _rows(event: str, keys: tuple[str, ...]) -> str:
    """The rows that one change of a row is about: as it was, as it is, or both."""
    versions = {"insert": ("new",), "delete": ("old",), "update": ("old", "new")}[event]
    selects = (f"SELECT {', '.join(f'{version}.{key} AS {key}' for key in keys)}" for version in versions)
    return f"({' UNION '.join(selects)})"
