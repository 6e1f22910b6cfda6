"""Finding posts by their words, and one person's posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, literal_column, select, text
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.search.rules import ExcerptPart, Term, excerpt, parse_query
from lti_app.discussion.visibility.queries import author_name, readable_in, written_by
from lti_app.discussion.visibility.rules import takes_part

PAGE_SIZE = 20
"""Posts on one page of what was found."""


@dataclass(frozen=True)
class FoundPost:
    """A post that was found."""

    id: int
    discussion_id: int
    discussion: str
    """The discussion's title."""
    address: str
    author: str
    created_at: datetime
    excerpt: tuple[ExcerptPart, ...]


@dataclass(frozen=True)
class FoundPage:
    """What was found, the newest first."""

    posts: tuple[FoundPost, ...]
    older: int | None
    """The id to go on below; None where there is no more."""


@dataclass(frozen=True)
class PersonPosts:
    """A person of the course with what they wrote where the reader sees names."""

    person_id: int
    name: str
    is_self: bool
    page: FoundPage


def search_posts(
    session: Session, actor: Actor, discussions: Sequence[DiscussionView], query: str, *, below: int | None = None
) -> FoundPage:
    """The posts of these discussions in which every term of the query stands, the newest first (one statement).

    `discussions` come from `list_readable`. A query without a word finds nothing.
    """
    terms = parse_query(query)
    if not terms or not discussions:
        return FoundPage((), None)
    matches = _on_sqlite(terms) if session.get_bind().dialect.name == "sqlite" else _on_postgresql(terms, actor)
    return _page(session, _newest(actor, discussions, below).where(matches), discussions, terms)


def get_person_posts(
    session: Session, actor: Actor, person_id: int, now: datetime, *, below: int | None = None
) -> PersonPosts:
    """What one person wrote in this course, as far as the actor sees it under their name (four statements at most).

    Nothing from discussions where names are hidden from the actor, but for the actor's own posts. Raises NotFound for
    those who were never in the course, and for everybody else where the actor takes no part, who learns no names.
    """
    is_self = person_id == actor.person_id
    if not (is_self or takes_part(actor.role)):
        raise NotFound
    member = (Enrollment.course_id == actor.course_id, Enrollment.person_id == Person.id)
    name = session.scalar(select(Person.name).join(Enrollment, member[1]).where(Person.id == person_id, member[0]))
    if name is None:
        raise NotFound
    readable = [view for view in list_readable(session, actor, now) if is_self or not view.hides_names_from(actor)]
    hits = _newest(actor, readable, below).where(written_by(Post, person_id))
    page = _page(session, hits, readable, ()) if readable else FoundPage((), None)
    return PersonPosts(person_id, name, is_self, page)


Hits = Select[int, int, str, str, datetime, str, str]


def _newest(actor: Actor, discussions: Sequence[DiscussionView], below: int | None) -> Hits:
    """Posts of the discussions that exist for the actor, the newest first, one more than a page."""
    author = author_name(Post, actor, *discussions)
    return (
        select(Post.id, Post.discussion_id, Post.address, author, Post.created_at, Post.title, Post.text)
        .join(Person, Person.id == Post.author_id)
        .where(readable_in(Post, actor, discussions), *([] if below is None else [Post.id < below]))
        .order_by(Post.id.desc())
        .limit(PAGE_SIZE + 1)
    )


def _page(session: Session, hits: Hits, discussions: Sequence[DiscussionView], terms: Sequence[Term]) -> FoundPage:
    titles = {view.id: view.title for view in discussions}
    rows = session.execute(hits).all()
    posts = [
        FoundPost(post_id, where, titles[where], address, author, created_at, excerpt(_whole(title, body), terms))
        for post_id, where, address, author, created_at, title, body in rows[:PAGE_SIZE]
    ]
    return FoundPage(tuple(posts), posts[-1].id if len(rows) > PAGE_SIZE else None)


def _whole(title: str, body: str) -> str:
    return f"{title}: {body}" if title else body


def _on_sqlite(terms: Sequence[Term]) -> ColumnElement[bool]:
    phrases = (f'"{" ".join(term.words)}"{"" if term.exact else "*"}' for term in terms)
    found = text("SELECT rowid FROM post_search WHERE post_search MATCH :query").bindparams(query=" ".join(phrases))
    return Post.id.in_(found.columns(literal_column("rowid")))


def _on_postgresql(terms: Sequence[Term], actor: Actor) -> ColumnElement[bool]:
    phrases = (" <-> ".join((*term.words[:-1], term.words[-1] + ("" if term.exact else ":*"))) for term in terms)
    query = " & ".join(f"({phrase})" for phrase in phrases)
    found = text(
        "SELECT post_id FROM post_search"
        " WHERE post_search_in_course(course_id, words) @@ post_search_query(:course, :query)"
    ).bindparams(course=actor.course_id, query=query)
    return Post.id.in_(found.columns(literal_column("post_id")))
