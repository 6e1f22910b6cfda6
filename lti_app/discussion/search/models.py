"""What posts are found by: their words, folded here and indexed by the database as they are.

Triggers note which posts are new or changed, whoever writes them; sessions index those that they write at once, and
the worker does the rest.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, event, inspect, text
from sqlalchemy.orm import Mapper

from lti_app.core.folding import FOLDING
from lti_app.discussion.posts.models import Post
from lti_app.discussion.search.rules import Indexed, index_form

_ON_SQLITE = text(
    "UPDATE post_search_words SET words = :words, joined = :joined, version = :version WHERE post_id = :post_id"
)
_ON_POSTGRESQL = text(
    "UPDATE post_search SET body = :body, words = array_to_tsvector(string_to_array(:lexemes, ' ')),"
    " version = :version WHERE post_id = :post_id"
)


def store_words(connection: Connection, posts: Iterable[tuple[int, Indexed]]) -> None:
    """Index these posts by their words (one statement)."""
    on_sqlite = connection.dialect.name == "sqlite"
    rows = [_row(*post, on_sqlite=on_sqlite) for post in posts]
    if rows:
        connection.execute(_ON_SQLITE if on_sqlite else _ON_POSTGRESQL, rows)


def _row(post_id: int, form: Indexed, *, on_sqlite: bool) -> Mapping[str, object]:
    row = {"post_id": post_id, "version": FOLDING}
    if on_sqlite:
        return row | {"words": form.words, "joined": form.joined}
    lexemes = " ".join(dict.fromkeys(f"{form.words} {form.joined}".split()))
    return row | {"body": f" {form.words} \n {form.joined} ", "lexemes": lexemes}


@event.listens_for(Post, "after_insert")
def _index_new(_mapper: Mapper[Post], connection: Connection, post: Post) -> None:
    store_words(connection, [(post.id, index_form(post.title or "", post.text))])


@event.listens_for(Post, "after_update")
def _index_changed(_mapper: Mapper[Post], connection: Connection, post: Post) -> None:
    state = inspect(post)
    if any(state.attrs[name].history.has_changes() for name in ("title", "text")):
        store_words(connection, [(post.id, index_form(post.title, post.text))])
