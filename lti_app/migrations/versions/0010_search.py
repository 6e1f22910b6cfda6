"""full-text search, kept up by triggers: whatever writes a post also makes it found

SQLite drops the triggers when a later revision copies the table `post`; such a revision must make them again.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Accents are taken off on both databases, so that cafe finds Café. Words are not stemmed; their beginnings are found.
SQLITE = """
CREATE VIRTUAL TABLE post_search USING fts5(
    title, text, content='post', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3');
--
INSERT INTO post_search(rowid, title, text) SELECT id, title, text FROM post;
--
CREATE TRIGGER post_search_insert AFTER INSERT ON post BEGIN
    INSERT INTO post_search(rowid, title, text) VALUES (new.id, new.title, new.text);
END;
--
CREATE TRIGGER post_search_update AFTER UPDATE OF title, text ON post BEGIN
    INSERT INTO post_search(post_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
    INSERT INTO post_search(rowid, title, text) VALUES (new.id, new.title, new.text);
END;
--
CREATE TRIGGER post_search_delete AFTER DELETE ON post BEGIN
    INSERT INTO post_search(post_search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text);
END;
"""
POSTGRESQL = """
CREATE FUNCTION post_search_words(title varchar, body varchar) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    SELECT to_tsvector('simple', regexp_replace(normalize(title || ' ' || body, NFKD), '[\\u0300-\\u036f]', '', 'g'))
$$;
--
CREATE TABLE post_search (
    post_id bigint PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    course_id bigint NOT NULL,
    words tsvector NOT NULL);
--
INSERT INTO post_search SELECT id, course_id, post_search_words(title, text) FROM post;
--
CREATE INDEX ix_post_search_words ON post_search USING gin (words);
--
CREATE FUNCTION post_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO post_search VALUES (new.id, new.course_id, post_search_words(new.title, new.text))
        ON CONFLICT (post_id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END $$;
--
CREATE TRIGGER post_search_insert AFTER INSERT ON post FOR EACH ROW EXECUTE FUNCTION post_search_keep();
--
CREATE TRIGGER post_search_update AFTER UPDATE OF title, text ON post FOR EACH ROW
    WHEN (old.title IS DISTINCT FROM new.title OR old.text IS DISTINCT FROM new.text)
    EXECUTE FUNCTION post_search_keep();
"""


def upgrade() -> None:
    script = SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
    for statement in script.split("--\n"):
        op.execute(statement)


def downgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for event in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS post_search_{event}{'' if on_sqlite else ' ON post'}")
    op.execute("DROP TABLE post_search")
    if not on_sqlite:
        op.execute("DROP FUNCTION post_search_keep")
        op.execute("DROP FUNCTION post_search_words")
