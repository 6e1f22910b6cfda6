"""What students did besides writing posts, as far as requirements ask for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_app.core.digests import digest_of
from lti_app.discussion.discussions.models import DiscussionReading
from lti_app.discussion.posts.models import Citation, Post, Revision
from lti_app.discussion.reactions.models import Like
from lti_app.discussion.reviewing.models import ReviewAssignment
from lti_app.discussion.stances.models import Stance
from lti_app.discussion.visibility.queries import in_front_of_class
from lti_app.library.readings.models import Passage, ReadingState
from lti_app.participation.requirements.evaluation import Requirements
from lti_app.participation.requirements.facts import (
    NO_ACTIVITY,
    ActivityFacts,
    FirstPostDone,
    Need,
    Place,
    PostFacts,
    VersionFacts,
)

_Key = tuple[int, int]
"""A discussion and a person."""
_FirstPost = tuple[int, int | None, PostFacts]
"""The author, the group and the versions of a first post."""


@dataclass
class ClassActivity:
    """What students did in discussions besides writing posts."""

    reviews: dict[_Key, list[datetime | None]] = field(default_factory=lambda: defaultdict(list))
    likes: dict[_Key, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    read_at: dict[_Key, dict[int, datetime]] = field(default_factory=lambda: defaultdict(dict))
    positions: dict[_Key, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    places: dict[_Key, dict[int, frozenset[Place]]] = field(default_factory=lambda: defaultdict(dict))
    first_posts: dict[int, list[_FirstPost]] = field(default_factory=lambda: defaultdict(list))
    _finished: dict[tuple[int, int], tuple[FirstPostDone, ...]] = field(default_factory=dict)

    def has(self, discussion_id: int, person_id: int) -> bool:
        """Whether one person did anything in one discussion besides writing posts."""
        return any((discussion_id, person_id) in kept for kept in self._own)

    def people_in(self, discussion_id: int) -> frozenset[int]:
        """The people who did anything in one discussion besides writing posts. Asked once everything is there."""
        return frozenset(self._people.get(discussion_id, ()))

    def as_stored(self, discussion_id: int, person_id: int) -> tuple[object, ...]:
        """All that `of` tells of one person, whatever the number of words, in a form in which it can be compared."""
        key, others = (discussion_id, person_id), self._others.get(discussion_id)
        if not self.has(discussion_id, person_id):
            return (others,)
        read_at, places = self.read_at.get(key, {}), self.places.get(key, {})
        return (
            others,
            self.reviews.get(key),
            self.likes.get(key),
            sorted(read_at.items()),
            self.positions.get(key),
            sorted((post_id, sorted(cited)) for post_id, cited in places.items()),
        )

    @cached_property
    def _others(self) -> Mapping[int, bytes]:
        """The first posts of each discussion, on which the result of everybody there may depend."""
        return {each: digest_of(posts) for each, posts in self.first_posts.items()}

    @property
    def _own(self) -> tuple[Mapping[_Key, object], ...]:
        return (self.reviews, self.likes, self.read_at, self.positions, self.places)

    @cached_property
    def _people(self) -> Mapping[int, set[int]]:
        people: dict[int, set[int]] = defaultdict(set)
        for kept in self._own:
            for discussion_id, person_id in kept:
                people[discussion_id].add(person_id)
        return people

    def of(self, discussion_id: int, person_id: int, words: int) -> ActivityFacts:
        """What one person did in one discussion, and who finished a first post of so many words there."""
        key, first_posts = (discussion_id, person_id), self._first_posts(discussion_id, words)
        if not self.has(discussion_id, person_id):
            return ActivityFacts(person_id, first_posts=first_posts) if first_posts else NO_ACTIVITY
        return ActivityFacts(
            person_id,
            reviews=tuple(self.reviews.get(key, ())),
            likes=tuple(self.likes.get(key, ())),
            read_at=self.read_at.get(key, {}),
            positions=self.positions.get(key, (None, None)),
            places=self.places.get(key, {}),
            first_posts=first_posts,
        )

    def _first_posts(self, discussion_id: int, words: int) -> tuple[FirstPostDone, ...]:
        key = (discussion_id, words)
        if key not in self._finished:
            self._finished[key] = _earliest(self.first_posts.get(discussion_id, ()), words)
        return self._finished[key]


def collect_activity(
    session: Session, required: Mapping[int, Collection[Requirements]], person_id: int | None = None
) -> ClassActivity:
    """What is needed to judge everybody, or one person, by any of these requirements, by discussion id.

    One statement for each kind of fact that any of them needs. Nobody is named in it. Called with discussions that a
    gate has answered with.
    """
    found = ClassActivity()
    needs = {each: frozenset(need for one in asked for need in one.needs) for each, asked in required.items()}
    for need, collect in _COLLECT.items():
        if ids := [discussion_id for discussion_id, needed in needs.items() if need in needed]:
            collect(session, found, ids, person_id)
    return found


def _whose(column: InstrumentedAttribute[int], person_id: int | None) -> list[ColumnElement[bool]]:
    return [] if person_id is None else [column == person_id]


def _collect_reviews(session: Session, found: ClassActivity, ids: list[int], person_id: int | None) -> None:
    rows = session.execute(
        select(ReviewAssignment.discussion_id, ReviewAssignment.reviewer_id, ReviewAssignment.submitted_at)
        .where(ReviewAssignment.discussion_id.in_(ids), ReviewAssignment.withdrawn_at.is_(None))
        .where(*_whose(ReviewAssignment.reviewer_id, person_id))
    )
    for discussion_id, whose, submitted_at in rows:
        found.reviews[discussion_id, whose].append(submitted_at)


def _collect_likes(session: Session, found: ClassActivity, ids: list[int], person_id: int | None) -> None:
    is_classmates = and_(Post.author_id != Like.person_id, Post.by_staff.is_(False))
    rows = session.execute(
        select(Post.discussion_id, Like.person_id, Like.at)
        .join(Post, Post.id == Like.post_id)
        .where(Post.discussion_id.in_(ids), or_(Post.byline.is_not(None), is_classmates))
        .where(*_whose(Like.person_id, person_id))
        .order_by(Like.at)
    )
    for discussion_id, whose, at in rows:
        found.likes[discussion_id, whose].append(at)


def _collect_read_marks(session: Session, found: ClassActivity, ids: list[int], person_id: int | None) -> None:
    rows = session.execute(
        select(DiscussionReading.discussion_id, ReadingState.person_id, ReadingState.reading_id, ReadingState.read_at)
        .join(ReadingState, ReadingState.reading_id == DiscussionReading.reading_id)
        .where(DiscussionReading.discussion_id.in_(ids))
        .where(*_whose(ReadingState.person_id, person_id))
    )
    for discussion_id, whose, reading_id, read_at in rows:
        if read_at is not None:
            found.read_at[discussion_id, whose][reading_id] = read_at


def _collect_positions(session: Session, found: ClassActivity, ids: list[int], person_id: int | None) -> None:
    rows = session.execute(
        select(Stance.discussion_id, Stance.person_id, Stance.before_at, Stance.after_at)
        .where(Stance.discussion_id.in_(ids))
        .where(*_whose(Stance.person_id, person_id))
    )
    for discussion_id, whose, before_at, after_at in rows:
        found.positions[discussion_id, whose] = (before_at, after_at)


def _collect_places(session: Session, found: ClassActivity, ids: list[int], person_id: int | None) -> None:
    rows = session.execute(
        select(Post.discussion_id, Post.author_id, Post.id, Passage.reading_id, Passage.page, Passage.paragraph)
        .join(Citation, Citation.post_id == Post.id)
        .join(Passage, Passage.id == Citation.passage_id)
        .where(Post.discussion_id.in_(ids), Post.byline.is_(None))
        .where(func.length(Passage.page) + func.length(Passage.paragraph) > 0)
        .where(*_whose(Post.author_id, person_id))
    )
    places: dict[tuple[int, int, int], set[Place]] = defaultdict(set)
    for discussion_id, whose, post_id, reading_id, page, paragraph in rows:
        places[discussion_id, whose, post_id].add((reading_id, page, paragraph))
    for (discussion_id, whose, post_id), cited in places.items():
        found.places[discussion_id, whose][post_id] = frozenset(cited)


def _collect_first_posts(session: Session, found: ClassActivity, ids: list[int], _person_id: int | None) -> None:
    rows = session.execute(
        select(
            Post.id,
            Post.discussion_id,
            Post.author_id,
            Post.group_id,
            Post.words,
            Post.placed_at,
            Post.edited_at,
            Revision.written_at,
            Revision.words,
        )
        .outerjoin(Revision, Revision.post_id == Post.id)
        .where(Post.discussion_id.in_(ids), Post.answered_id.is_(None), Post.byline.is_(None))
        .where(Post.by_staff.is_(False), in_front_of_class(Post))
        .order_by(Post.id, Revision.version)
    )
    for post_id, versions in groupby(rows, key=lambda row: row[0]):
        told: list[tuple[Any, ...]] = [tuple(row) for row in versions]
        discussion_id, author_id, group_id, words, placed_at, edited_at = told[0][1:7]
        earlier = [VersionFacts(row[7], row[8], frozenset()) for row in told if row[7] is not None]
        post = PostFacts(post_id, "", (*earlier, VersionFacts(edited_at or placed_at, words, frozenset())))
        found.first_posts[discussion_id].append((author_id, group_id, post))


def _earliest(posts: Iterable[_FirstPost], words: int) -> tuple[FirstPostDone, ...]:
    """When each author first finished a post of so many words, the earliest first."""
    earliest: dict[int, FirstPostDone] = {}
    for author_id, group_id, post in posts:
        since = post.long_enough_since(words)
        if since is not None and (author_id not in earliest or since < earliest[author_id].at):
            earliest[author_id] = FirstPostDone(since, author_id, group_id)
    return tuple(sorted(earliest.values(), key=lambda done: (done.at, done.author_id)))


_COLLECT = {
    Need.REVIEWS: _collect_reviews,
    Need.LIKES: _collect_likes,
    Need.READ_MARKS: _collect_read_marks,
    Need.POSITIONS: _collect_positions,
    Need.PLACES: _collect_places,
    Need.FIRST_POSTS: _collect_first_posts,
}
