"""Finding posts by their words, and one person's posts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, literal_column, select, text
from sqlalchemy.orm import Session

from lti_app.core.errors import NotFound
from lti_app.course.courses.models import Enrollment
from lti_app.course.courses.queries import member_name
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post
from lti_app.discussion.posts.queries.readable import list_readable
from lti_app.discussion.search.rules import ExcerptPart, Term, excerpt, parse_query, whole_text
from lti_app.discussion.visibility.queries import author_name, readable_in, under_own_name
from lti_app.discussion.visibility.rules import takes_part

PAGE_SIZE = 20
"""Posts on one page of what was found."""
LOOKED_THROUGH = 100_000
"""Letters of all posts on a page that are looked through for the place of what was found."""
_IN_COURSE = "SELECT post_id FROM post_search WHERE post_search_in_course(course_id, words) @@ CAST(:query AS tsquery)"


@dataclass(frozen=True)
class FoundPost:
    """A post that was found."""

    id: int
    discussion_id: int
    discussion: str
    """The discussion's title."""
    address: str
    author: str
    created_at: datetime | None
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

    Nothing from discussions where names are hidden from the actor, but for the actor's own posts and those of staff.
    Raises NotFound for those who were never in the course; where the actor takes no part, for everybody else; and for
    people of whom the actor, unless on the staff, sees no post under their name: numbers could be tried out.
    """
    is_self = person_id == actor.person_id
    if not (is_self or takes_part(actor.role)):
        raise NotFound
    member = (Enrollment.course_id == actor.course_id, Enrollment.person_id == Person.id)
    name = session.scalar(select(member_name()).join(Enrollment, member[1]).where(Person.id == person_id, member[0]))
    if name is None:
        raise NotFound
    readable = list_readable(session, actor, now)
    theirs = and_(Post.author_id == person_id, under_own_name(Post, actor, readable))
    page = _page(session, _newest(actor, readable, below).where(theirs), readable, ())
    if not (page.posts or below or is_self or actor.is_staff):
        raise NotFound
    return PersonPosts(person_id, name, is_self, page)


Hits = Select[int, int, str, str, datetime | None, str, str]


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
    most = LOOKED_THROUGH // max(1, len(rows[:PAGE_SIZE]))
    posts = [
        FoundPost(
            *(post_id, where, titles[where], address, author, created_at),
            excerpt(whole_text(title, body), terms, most=most),
        )
        for post_id, where, address, author, created_at, title, body in rows[:PAGE_SIZE]
    ]
    return FoundPage(tuple(posts), posts[-1].id if len(rows) > PAGE_SIZE else None)


def _on_sqlite(terms: Sequence[Term]) -> ColumnElement[bool]:
    query = " AND ".join(f"({_in_fts5(term)})" for term in terms)
    found = text("SELECT rowid FROM post_search WHERE post_search MATCH :query").bindparams(query=query)
    return Post.id.in_(found.columns(literal_column("rowid")))


def _in_fts5(term: Term) -> str:
    end = "" if term.exact else "*"
    in_a_row = f'"{" ".join(term.words)}"{end}'
    words = in_a_row if len(term.words) == 1 else f"words : {in_a_row}"
    return " OR ".join([words, *(f'"{other}"{end}' for other in term.others)])


def _on_postgresql(terms: Sequence[Term], actor: Actor) -> ColumnElement[bool]:
    """The index has each word with its course, without its place; what is in a row is seen in the folded text."""
    query = " & ".join(f"({_in_tsquery(term, actor.course_id)})" for term in terms)
    rows: list[str] = []
    values = {"query": query}
    for term in terms:
        if len(term.words) > 1:
            end = " " if term.exact else ""
            forms = [" ".join(term.words), *term.others]
            names = [f"row{len(values) + n}" for n in range(len(forms))]
            values |= {name: f"% {form}{end}%" for name, form in zip(names, forms, strict=True)}
            rows.append("(" + " OR ".join(f"body LIKE :{name}" for name in names) + ")")
    found = text(" AND ".join([_IN_COURSE, *rows])).bindparams(**values)
    return Post.id.in_(found.columns(literal_column("post_id")))


def _in_tsquery(term: Term, course_id: int) -> str:
    end = "" if term.exact else ":*"
    *first, last = (f"'{course_id} {word}'" for word in term.words)
    words = " & ".join([*first, last + end])
    return " | ".join([f"({words})", *(f"'{course_id} {other}'{end}" for other in term.others)])
