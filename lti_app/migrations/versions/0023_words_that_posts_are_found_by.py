"""posts are found by words that the application folds, so that both databases find the same

Posts that are there already are indexed by the worker, the newest first. Until then, PostgreSQL finds them by the words
that it has, and SQLite does not find them.
"""

import sqlalchemy as sa
from alembic import op

from lti_app.migrations.limits import create_index

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# SQLite folds nothing that is not ASCII with this tokenizer, and parts words at spaces, as they are given to it.
SQLITE = """
DROP TRIGGER IF EXISTS post_search_insert;
--
DROP TRIGGER IF EXISTS post_search_update;
--
DROP TRIGGER IF EXISTS post_search_delete;
--
DROP TABLE post_search;
--
CREATE TABLE post_search_words (
    post_id INTEGER PRIMARY KEY REFERENCES post (id) ON DELETE CASCADE,
    version INTEGER NOT NULL DEFAULT 0,
    words TEXT NOT NULL DEFAULT '',
    joined TEXT NOT NULL DEFAULT '');
--
CREATE INDEX ix_post_search_words_version ON post_search_words (version, post_id);
--
CREATE VIRTUAL TABLE post_search USING fts5(
    words, joined, content='post_search_words', content_rowid='post_id', tokenize='ascii', prefix='2 3');
--
INSERT INTO post_search_words (post_id) SELECT id FROM post;
--
CREATE TRIGGER post_search_words_insert AFTER INSERT ON post_search_words BEGIN
    INSERT INTO post_search(rowid, words, joined) VALUES (new.post_id, new.words, new.joined);
END;
--
CREATE TRIGGER post_search_words_update AFTER UPDATE OF words, joined ON post_search_words BEGIN
    INSERT INTO post_search(post_search, rowid, words, joined) VALUES ('delete', old.post_id, old.words, old.joined);
    INSERT INTO post_search(rowid, words, joined) VALUES (new.post_id, new.words, new.joined);
END;
--
CREATE TRIGGER post_search_words_delete AFTER DELETE ON post_search_words BEGIN
    INSERT INTO post_search(post_search, rowid, words, joined) VALUES ('delete', old.post_id, old.words, old.joined);
END;
--
CREATE TRIGGER post_search_insert AFTER INSERT ON post BEGIN
    INSERT INTO post_search_words (post_id) VALUES (new.id);
END;
--
CREATE TRIGGER post_search_update AFTER UPDATE OF title, text ON post
    WHEN old.title IS NOT new.title OR old.text IS NOT new.text BEGIN
    UPDATE post_search_words SET version = 0 WHERE post_id = new.id;
END;
--
CREATE TRIGGER post_search_delete AFTER DELETE ON post BEGIN
    DELETE FROM post_search_words WHERE post_id = old.id;
END;
"""
POSTGRESQL = """
CREATE OR REPLACE FUNCTION post_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO post_search (post_id, course_id, words) VALUES (new.id, new.course_id, ''::tsvector)
            ON CONFLICT (post_id) DO UPDATE SET version = 0;
    ELSE
        UPDATE post_search SET version = 0, course_id = new.course_id WHERE post_id = new.id;
    END IF;
    RETURN NULL;
END $$;
--
DROP TRIGGER post_search_update ON post;
--
CREATE TRIGGER post_search_update AFTER UPDATE OF title, text, course_id ON post FOR EACH ROW
    WHEN (old.title IS DISTINCT FROM new.title OR old.text IS DISTINCT FROM new.text
        OR old.course_id IS DISTINCT FROM new.course_id)
    EXECUTE FUNCTION post_search_keep();
"""
SQLITE_BEFORE = """
DROP TRIGGER post_search_insert;
--
DROP TRIGGER post_search_update;
--
DROP TRIGGER post_search_delete;
--
DROP TABLE post_search;
--
DROP TABLE post_search_words;
--
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
POSTGRESQL_BEFORE = """
CREATE OR REPLACE FUNCTION post_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO post_search VALUES (new.id, new.course_id, post_search_words(new.title, new.text))
        ON CONFLICT (post_id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END $$;
--
DROP TRIGGER post_search_update ON post;
--
CREATE TRIGGER post_search_update AFTER UPDATE OF title, text ON post FOR EACH ROW
    WHEN (old.title IS DISTINCT FROM new.title OR old.text IS DISTINCT FROM new.text)
    EXECUTE FUNCTION post_search_keep();
--
UPDATE post_search SET words = post_search_words(title, text) FROM post WHERE post.id = post_id;
"""
VERSION = "ix_post_search_version"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _run(SQLITE)
        return
    op.add_column("post_search", sa.Column("version", sa.SmallInteger, nullable=False, server_default="0"))
    op.add_column("post_search", sa.Column("body", sa.Text, nullable=False, server_default=""))
    _run(POSTGRESQL)
    create_index(VERSION, "post_search", ["version", "post_id"])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _run(SQLITE_BEFORE)
        return
    op.drop_index(VERSION, "post_search")
    op.drop_column("post_search", "body")
    op.drop_column("post_search", "version")
    _run(POSTGRESQL_BEFORE)


def _run(script: str) -> None:
    for statement in script.split("--\n"):
        op.execute(statement)
