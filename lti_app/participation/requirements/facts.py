"""What requirements may know of posts, and what can be said of a single post."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from lti_app.core.wording import Phrase, nphrase, phrase
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.visibility.rules import Aside


@dataclass(frozen=True)
class VersionFacts:
    """What a post was from a moment on."""

    at: datetime
    words: int
    reading_ids: frozenset[int]


@dataclass(frozen=True)
class CountReason:
    """Why a post counts or does not, in the words for readers and, where one can be told in time, for its writer."""

    key: str
    words: Phrase
    """Beside the post. May use `num` (words short), `number` and `of`."""
    would: Phrase | None = None
    """In the composer, before it is posted."""
    would_if_longer: Phrase | None = None
    """The same while the post is `num` words short."""
    would_to: Phrase | None = None
    """The same where the `person` answered has a name."""


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
"""Why a post does not count whatever it says, by key."""


@dataclass(frozen=True)
class PostFacts:
    """All that a requirement may know of one post of the student's."""

    id: int
    address: str
    versions: tuple[VersionFacts, ...]
    """The oldest first; never empty."""
    parent_author_id: int | None = None
    """Who is answered, as author_key tells; None for a first post."""
    parent_author: str = ""
    answers_self: bool = False
    answers_staff: bool = False
    deleted: bool = False
    aside: CountReason | None = None
    """Why it does not count whatever it says: one of SET_ASIDE."""
    move: Move | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it answers a post."""
        return self.parent_author_id is not None

    @property
    def answers_classmate(self) -> bool:
        """Whether it answers a person of the class other than its author."""
        return self.is_reply and not self.answers_self and not self.answers_staff

    def since(self, condition: Callable[[VersionFacts], bool]) -> datetime | None:
        """Since when the condition has been true without a break; None when it is not true now."""
        since = None
        for version in self.versions:
            since = (since or version.at) if condition(version) else None
        return since

    def long_enough_since(self, words: int) -> datetime | None:
        """Since when the post has had this many words; None when it has fewer now."""
        since = None
        for version in self.versions:
            since = (since or version.at) if version.words >= words else None
        return since


@dataclass(frozen=True)
class PostVerdict:
    """Whether one post counts, and as what."""

    reason: CountReason
    counts: bool
    late: bool = False
    due: datetime | None = None
    number: int = 0
    """Reply `number` of `of`; words short of the minimum when TOO_SHORT."""
    of: int = 0

    @property
    def words(self) -> Phrase:
        """What stands beside the post."""
        return self.reason.words.with_values(num=self.number, number=self.number, of=self.of)
