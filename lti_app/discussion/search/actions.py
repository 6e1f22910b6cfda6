"""Indexing posts that were not written by a session of ours, or were indexed by another version."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from lti_app.core.folding import FOLDING
from lti_app.discussion.search.models import store_words
from lti_app.discussion.search.rules import Indexed, index_form

_STALE = """
    SELECT post.id, post.title, post.text FROM {table} AS found JOIN post ON post.id = found.post_id
    WHERE found.version < :version ORDER BY found.version DESC, found.post_id DESC LIMIT :most
"""
_ON_SQLITE = text(_STALE.format(table="post_search_words"))
_ON_POSTGRESQL = text(_STALE.format(table="post_search") + "FOR UPDATE OF found SKIP LOCKED")


def index_posts(session: Session, posts: Sequence[tuple[int, Indexed]]) -> None:
    """Index posts that were written by statements of many rows, by their words."""
    store_words(session.connection(), posts)


def index_stale(session: Session, *, limit: int) -> int:
    """Index some of the posts that are not indexed as they should be, the newest first; answers how many."""
    stale = _ON_SQLITE if session.get_bind().dialect.name == "sqlite" else _ON_POSTGRESQL
    posts = [
        (post[0], index_form(post[1], post[2])) for post in session.execute(stale, {"version": FOLDING, "most": limit})
    ]
    index_posts(session, posts)
    return len(posts)
