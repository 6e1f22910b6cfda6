"""a search in a course reads the words of that course alone

On PostgreSQL, the index has each word together with its course, so that neither frequent words nor the beginnings of
words are looked up among the posts of all courses. SQLite, which serves one small installation, stays as it is.
"""

from alembic import op
from sqlalchemy import text

from lti_app.migrations.limits import create_index, drop_index

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Both put '7 kotter' in place of 'kotter', in what is searched and in the query alike; no word has a space in it.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION post_search_in_course(course bigint, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(words::text, '(^| )''', '\\1''' || course || ' ', 'g')::tsvector
$$;
--
CREATE OR REPLACE FUNCTION post_search_query(course bigint, query text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(to_tsquery('simple', query)::text, '(^|[ (!])''', '\\1''' || course || ' ', 'g')::tsquery
$$;
"""
OF_A_COURSE, OF_ALL = "ix_post_search_in_course", "ix_post_search_words"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for statement in FUNCTIONS.split("--\n"):
        op.execute(statement)
    create_index(OF_A_COURSE, "post_search", [text("post_search_in_course(course_id, words)")], using="gin")
    drop_index(OF_ALL, "post_search")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    create_index(OF_ALL, "post_search", ["words"], using="gin")
    drop_index(OF_A_COURSE, "post_search")
    op.execute("DROP FUNCTION post_search_query")
    op.execute("DROP FUNCTION post_search_in_course")
