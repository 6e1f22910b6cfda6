"""a new post is put into the search index once, with its words; on SQLite it was indexed without any before

What has no words is not in the index. PostgreSQL keeps no index entries for it either, and is left as it is.
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

PARTS = {
    "take_out": "INSERT INTO post_search(post_search, rowid, words, joined)"
    " VALUES ('delete', old.post_id, old.words, old.joined);",
    "put_in": "INSERT INTO post_search(rowid, words, joined) VALUES (new.post_id, new.words, new.joined);",
    "had_words": "(old.words <> '' OR old.joined <> '')",
    "has_words": "(new.words <> '' OR new.joined <> '')",
}
# SQLite says no order of triggers for the same change; what is taken out and put in again needs one.
ONCE = """
INSERT INTO post_search(post_search, rowid, words, joined)
    SELECT 'delete', post_id, words, joined FROM post_search_words WHERE words = '' AND joined = '';
--
CREATE TRIGGER post_search_words_insert AFTER INSERT ON post_search_words WHEN {has_words} BEGIN
    {put_in}
END;
--
CREATE TRIGGER post_search_words_first AFTER UPDATE OF words, joined ON post_search_words
    WHEN NOT {had_words} AND {has_words} BEGIN
    {put_in}
END;
--
CREATE TRIGGER post_search_words_update AFTER UPDATE OF words, joined ON post_search_words WHEN {had_words} BEGIN
    {take_out}
    INSERT INTO post_search(rowid, words, joined) SELECT new.post_id, new.words, new.joined WHERE {has_words};
END;
--
CREATE TRIGGER post_search_words_delete AFTER DELETE ON post_search_words WHEN {had_words} BEGIN
    {take_out}
END;
"""
ALWAYS = """
INSERT INTO post_search(rowid, words, joined)
    SELECT post_id, words, joined FROM post_search_words WHERE words = '' AND joined = '';
--
CREATE TRIGGER post_search_words_insert AFTER INSERT ON post_search_words BEGIN
    {put_in}
END;
--
CREATE TRIGGER post_search_words_update AFTER UPDATE OF words, joined ON post_search_words BEGIN
    {take_out}
    {put_in}
END;
--
CREATE TRIGGER post_search_words_delete AFTER DELETE ON post_search_words BEGIN
    {take_out}
END;
"""


def upgrade() -> None:
    _replace(("insert", "update", "delete"), ONCE)


def downgrade() -> None:
    _replace(("insert", "first", "update", "delete"), ALWAYS)


def _replace(triggers: tuple[str, ...], script: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in triggers:
        op.execute(f"DROP TRIGGER post_search_words_{name}")
    for statement in script.format(**PARTS).split("--\n"):
        op.execute(statement)
