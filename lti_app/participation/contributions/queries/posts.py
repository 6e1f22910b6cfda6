"""The posts of students, as far as requirements ask for them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, literal, select
from sqlalchemy.orm import Session

from lti_app.core.db import Id, alias_of
from lti_app.core.statements import StoredRows, fetch_stored
from lti_app.course.courses.rules import Actor
from lti_app.course.people.models import Person
from lti_app.discussion.discussions.queries.discussion import DiscussionView
from lti_app.discussion.posts.models import Post, Revision
from lti_app.discussion.posts.rules.authors import author_key
from lti_app.discussion.visibility.queries import (
    DISCUSSION,
    ViewerKind,
    aside,
    author_name_for,
    not_deleted,
    viewer_kind,
    viewer_values,
    visible_to,
)
from lti_app.participation.requirements.facts import SET_ASIDE, PostFacts, VersionFacts

_PARENT = alias_of(Post)
_FACTS: tuple[Any, ...] = (
    Post.discussion_id,
    Post.id,
    Post.author_id,
    Post.address,
    Post.words,
    cast(Post.reading_ids, String),
    Post.placed_at,
    Post.edited_at,
    not_deleted(Post),
    Post.move,
    aside(Post),
    Post.group_id,
    func.coalesce(_PARENT.root_id, _PARENT.id),
)
_OF_PARENT = (_PARENT.author_id, _PARENT.by_staff, _PARENT.byline)
_EARLIER = (Revision.written_at, Revision.words, cast(Revision.reading_ids, String))

_TERM_FACTS: Select[Any] = (
    select(*_FACTS, *_OF_PARENT, literal(""), *_EARLIER)
    .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
    .outerjoin(Revision, Revision.post_id == Post.id)
    .where(
        Post.course_id == bindparam("course_id", type_=Id),
        Post.author_id == bindparam("person_id", type_=Id),
        Post.byline.is_(None),
    )
    .order_by(Post.discussion_id, Post.id, Revision.version)
)

_COURSE_FACTS: Select[Any] = (
    select(*_FACTS, *_OF_PARENT, literal(""), *_EARLIER)
    .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
    .outerjoin(Revision, Revision.post_id == Post.id)
    .where(
        Post.course_id == bindparam("course_id", type_=Id),
        Post.discussion_id.in_(bindparam("wanted", expanding=True)),
        Post.byline.is_(None),
    )
    .order_by(Post.id, Revision.version)
)

_Rows = list[tuple[Any, ...]]
_DISCUSSION, _POST, _AUTHOR = range(3)
"""Where these ids are in a row."""


@dataclass(frozen=True)
class PostsOfPeople(Mapping[int, list[PostFacts]]):
    """What requirements need to know of the posts of each person in one discussion, by person id, oldest first; read
    when it is asked for, since of a class hardly anybody has changed anything."""

    _stored: StoredRows
    _rows: Mapping[int, _Rows]

    def __getitem__(self, person_id: int) -> list[PostFacts]:
        rows = map(self._stored.values, self._rows[person_id])
        return [_facts_of(list(versions)) for _id, versions in groupby(rows, key=itemgetter(_POST))]

    def __contains__(self, person_id: object) -> bool:
        return person_id in self._rows

    def __iter__(self) -> Iterator[int]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def as_stored(self, person_id: int) -> Sequence[tuple[Any, ...]]:
        """The posts of one person as the database has them: of equal ones the facts are equal."""
        return self._rows.get(person_id, ())


NO_POSTS = PostsOfPeople(StoredRows((), (), ()), {})


def collect_posts(
    session: Session, discussion: DiscussionView, person_id: int | None = None, *, viewer: Actor | None = None
) -> PostsOfPeople:
    """The posts of everybody in a discussion, or of one person (one statement). Authors of replied-to posts have the
    names that the viewer sees; they have none without a viewer, or if that post does not exist for the viewer.

    Imported posts count for nobody, not even for the person who imported them, but replies to them count. Called with
    discussions that a gate has answered with.
    """
    kind = viewer_kind(viewer, discussion).in_any_group if viewer else None
    values = viewer_values(viewer, discussion) if viewer else {"discussion_id": discussion.id}
    statement = _class_facts(kind, of_one=person_id is not None)
    stored = fetch_stored(session, statement, {**values, "person_id": person_id})
    return PostsOfPeople(stored, _grouped(stored.raw, _AUTHOR))


def collect_posts_in(session: Session, actor: Actor, discussion_ids: Sequence[int]) -> dict[int, PostsOfPeople]:
    """The posts of everybody in those of these discussions of the actor's course that have any, by discussion id (one
    statement). Nobody is named in them. Called with discussions that a gate has answered with."""
    stored = fetch_stored(session, _COURSE_FACTS, {"course_id": actor.course_id, "wanted": list(discussion_ids)})
    found = _grouped(stored.raw, _DISCUSSION)
    return {each: PostsOfPeople(stored, _grouped(rows, _AUTHOR)) for each, rows in found.items()}


def collect_own_posts(session: Session, actor: Actor, person_id: int) -> dict[int, list[PostFacts]]:
    """The posts of one person in the actor's course, by discussion id, oldest first (one statement). Nobody is named
    in them."""
    stored = fetch_stored(session, _TERM_FACTS, {"course_id": actor.course_id, "person_id": person_id})
    found = _grouped(stored.raw, _DISCUSSION)
    return {each: PostsOfPeople(stored, {person_id: rows})[person_id] for each, rows in found.items()}


def _grouped(rows: Iterable[tuple[Any, ...]], by: int) -> dict[int, _Rows]:
    """Rows by the id in one column, in their order."""
    found: dict[int, _Rows] = {}
    for row in rows:
        if row[by] in found:
            found[row[by]].append(row)
        else:
            found[row[by]] = [row]
    return found


@cache
def _class_facts(kind: ViewerKind | None, *, of_one: bool) -> Select[Any]:
    wanted = [Post.discussion_id == DISCUSSION, Post.byline.is_(None)]
    if of_one:
        wanted.append(Post.author_id == bindparam("person_id"))
    name: ColumnElement[str] = literal("")
    if kind:
        name = case((visible_to(_PARENT, kind), author_name_for(_PARENT, kind)), else_="")
    return (
        select(*_FACTS, *_OF_PARENT, name, *_EARLIER)
        .outerjoin(_PARENT, _PARENT.id == Post.answered_id)
        .outerjoin(Person, Person.id == _PARENT.author_id)
        .outerjoin(Revision, Revision.post_id == Post.id)
        .where(*wanted)
        .order_by(Post.number, Revision.version)
    )


@lru_cache(maxsize=4096)
def _ids_in(stored: str) -> frozenset[int]:
    """The ids in a list as it is stored: a class cites few different sets of readings in thousands of posts."""
    return frozenset(json.loads(stored))


def _facts_of(rows: list[list[Any]]) -> PostFacts:
    """A post, from one row for each earlier version, or from its only row."""
    first = rows[0]
    _discussion_id, post_id, author_id, address, words, readings, created, edited, stands, move, set_aside = first[:11]
    group_id, thread_id, answered_id, by_staff, byline, name, first_written_at = first[11:18]
    if answered_id is not None:
        answered_id = author_key(answered_id, byline)
    latest = VersionFacts(edited or created, words, _ids_in(readings))
    versions: tuple[VersionFacts, ...] = (latest,)
    if first_written_at is not None:
        versions = (*(VersionFacts(row[-3], row[-2], _ids_in(row[-1])) for row in rows), latest)
    return PostFacts(
        post_id,
        address,
        versions,
        parent_author_id=answered_id,
        parent_author=name or "",
        answers_self=answered_id == author_id,
        answers_staff=bool(by_staff) and byline is None,
        deleted=not stands,
        aside=SET_ASIDE[set_aside] if set_aside else None,
        move=move,
        thread_id=thread_id,
        of_group=group_id,
    )
