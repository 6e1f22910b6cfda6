"""The facts about posts that requirements depend on, and the verdict on a single post."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from lti_app.core.wording import Phrase, nphrase, phrase
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.rules.authors import NAMELESS
from lti_app.discussion.visibility.rules import Aside


class VersionFacts(NamedTuple):
    """A version of a post, as far as requirements need it."""

    at: datetime
    words: int
    reading_ids: frozenset[int]


@dataclass(frozen=True)
class CountReason:
    """Why a post counts or does not, in words for readers and, if known in the composer, for the writer."""

    key: str
    words: Phrase
    """Shown beside the post. May use `num` (missing words), `number` and `of`."""
    would: Phrase | None = None
    """Shown in the composer."""
    would_if_longer: Phrase | None = None
    """Shown in the composer while `num` words are missing."""
    would_to: Phrase | None = None
    """Shown in the composer if the `person` replied to has a name."""


TOO_SHORT = CountReason(
    "too_short", nphrase("not counted yet: %(num)s more word needed", "not counted yet: %(num)s more words needed")
)
BEYOND = CountReason(
    "beyond",
    phrase("more than required"),
    phrase("More than required. It is welcome and does not change your participation."),
)
DELETED = CountReason("deleted", phrase("not counted: deleted"))
HIDDEN = CountReason(Aside.HIDDEN.value, phrase("not counted: hidden by your instructor"))
HELD = CountReason(Aside.HELD.value, phrase("not counted: held for review"))
PRIVATE = CountReason(Aside.PRIVATE.value, phrase("not counted: private"))
SET_ASIDE = {reason.key: reason for reason in (HIDDEN, HELD, PRIVATE)}
"""Why a post does not count regardless of its text, by key."""


class PostFacts(NamedTuple):
    """The facts about one of the student's posts."""

    id: int
    address: str
    versions: tuple[VersionFacts, ...]
    """The oldest first; never empty."""
    parent_author_id: int | None = None
    """The `author_key` of the post that it replies to; None for a first post."""
    parent_author: str = ""
    answers_self: bool = False
    answers_staff: bool = False
    deleted: bool = False
    aside: CountReason | None = None
    """Why it does not count regardless of its text: one of SET_ASIDE."""
    move: Move | None = None
    thread_id: int | None = None
    """The id of the first post of the thread in which a reply was written; splitting the reply off does not change it.
    """
    of_group: int | None = None
    """The group whose discussion it is part of, where groups are separate."""

    @property
    def is_reply(self) -> bool:
        """Whether it is a reply."""
        return self.parent_author_id is not None

    @property
    def answers_nameless(self) -> bool:
        """Whether nobody knows to whom it replies."""
        return self.parent_author_id == NAMELESS

    @property
    def answers_classmate(self) -> bool:
        """Whether it replies to a classmate."""
        return self.is_reply and not self.answers_self and not self.answers_staff

    def since(self, condition: Callable[[VersionFacts], bool]) -> datetime | None:
        """Since when the condition has been true without interruption; None if it is not true now."""
        since = None
        for version in self.versions:
            since = (since or version.at) if condition(version) else None
        return since

    def cited_since(self) -> Mapping[int, datetime]:
        """Since when the post has cited each of the readings that it cites now, without interruption."""
        since: dict[int, datetime] = {}
        for version in self.versions:
            since = {reading_id: since.get(reading_id, version.at) for reading_id in version.reading_ids}
        return since

    def long_enough_since(self, words: int) -> datetime | None:
        """Since when the post has had this many words; None if it has fewer now."""
        since = None
        for version in self.versions:
            since = (since or version.at) if version.words >= words else None
        return since


class PostVerdict(NamedTuple):
    """Whether one post counts, and how."""

    reason: CountReason
    counts: bool
    late: bool = False
    due: datetime | None = None
    number: int = 0
    """Reply `number` of `of`; for TOO_SHORT, the number of missing words."""
    of: int = 0

    @property
    def words(self) -> Phrase:
        """The text beside the post."""
        return self.reason.words.with_values(num=self.number, number=self.number, of=self.of)


class Need(StrEnum):
    """Facts that only some requirements need; each takes one statement."""

    REVIEWS = "reviews"
    LIKES = "likes"
    READ_MARKS = "read_marks"
    POSITIONS = "positions"
    PLACES = "places"
    """The pages that posts cite."""
    FIRST_POSTS = "first_posts"
    """When classmates finished their first posts."""


Place = tuple[int, str, str]
"""A reading with a page, or with a paragraph, that a post cites."""


@dataclass(frozen=True)
class FirstPostDone:
    """A first post that counts among those that existed."""

    at: datetime
    author_id: int
    of_group: int | None = None


@dataclass(frozen=True)
class ActivityFacts:
    """What one student did besides writing posts, as far as any requirement asks for it."""

    person_id: int = 0
    reviews: tuple[datetime | None, ...] = ()
    """When each review that is assigned to the student was submitted."""
    likes: tuple[datetime, ...] = ()
    """When the student liked posts of classmates."""
    read_at: Mapping[int, datetime] = field(default_factory=dict)
    """When the student marked readings as read, by reading id."""
    positions: tuple[datetime | None, datetime | None] = (None, None)
    """When the student first answered the class poll, and when last after that."""
    places: Mapping[int, frozenset[Place]] = field(default_factory=dict)
    """The places that posts cite now, by post id."""
    first_posts: tuple[FirstPostDone, ...] = ()
    """The first post of each student who has one that is long enough, the earliest first."""

    def with_places(self, post_id: int, places: frozenset[Place]) -> "ActivityFacts":
        """The same with another post, or with a post that cites other places."""
        return replace(self, places={**self.places, post_id: places})


NO_ACTIVITY = ActivityFacts()
