"""What every kind of signal has: a rule with numbers, and the facts that make it fire."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar

from lti_app.core.wording import Phrase
from lti_app.discussion.discussions.rules import Calendar
from lti_app.participation.activity.rules.facts import ActivityPost, Participant, PassageUse, ReadingPages

CURRENT_FOR = timedelta(days=14)
"""How long after its last due date an open discussion still gives signals."""


@dataclass(frozen=True)
class SignalNumber:
    """A number of a rule that instructors can change."""

    name: str
    label: str
    """Marked for translation."""
    default: int
    lowest: int
    highest: int


Numbers = Mapping[str, int]
"""The numbers of a rule, by name."""


@dataclass(frozen=True)
class DiscussionFacts:
    """A discussion that has begun."""

    id: int
    title: str
    calendar: Calendar
    """The dates of the class."""
    is_current: bool
    """Whether it is open, and its last due date not long ago."""
    hides_names: bool
    """Whether the viewer sees its students under pseudonyms."""


@dataclass(frozen=True)
class SignalFacts:
    """Everything that rules look at."""

    now: datetime
    discussions: tuple[DiscussionFacts, ...]
    students: tuple[Participant, ...]
    posts: tuple[ActivityPost, ...]
    """In front of the class, the oldest first."""
    opened: frozenset[tuple[int, int]] = frozenset()
    """The ids of discussion and student where one is known to have opened it."""
    calendars: Mapping[tuple[int, int], Calendar] = field(default_factory=dict)
    """The dates of students with extensions, by the ids of discussion and student."""
    readings: tuple[ReadingPages, ...] = ()
    cited: tuple[PassageUse, ...] = ()

    @property
    def current(self) -> Iterator[DiscussionFacts]:
        """The discussions that give signals."""
        return (each for each in self.discussions if each.is_current)

    @cached_property
    def student_ids(self) -> frozenset[int]:
        """The ids of all students."""
        return frozenset(each.person_id for each in self.students)

    @cached_property
    def _by_discussion(self) -> Mapping[int, Sequence[ActivityPost]]:
        found: dict[int, list[ActivityPost]] = defaultdict(list)
        for post in self.posts:
            found[post.discussion_id].append(post)
        return found

    def posts_in(self, discussion: DiscussionFacts) -> Sequence[ActivityPost]:
        """The posts of a discussion, the oldest first."""
        return self._by_discussion.get(discussion.id, ())

    def calendar_of(self, discussion: DiscussionFacts, person_id: int) -> Calendar:
        """The dates of a student."""
        return self.calendars.get((discussion.id, person_id), discussion.calendar)


@dataclass(frozen=True)
class EvidencePost:
    """A post behind a signal."""

    discussion_id: int
    address: str


@dataclass(frozen=True)
class FiredSignal:
    """A fact that a rule has found."""

    kind: str
    says: Phrase
    state: str
    """Equal as long as the fact is the same: a dismissal lasts that long."""
    discussion_id: int | None = None
    person_id: int | None = None
    reading_id: int | None = None
    evidence: tuple[EvidencePost, ...] = ()

    @property
    def key(self) -> str:
        """Which signal it is, whatever it says."""
        return f"{self.kind}:{self.discussion_id or 0}:{self.person_id or 0}:{self.reading_id or 0}"


class SignalKind(ABC):
    """A rule. Kinds have no state; their numbers come from the course."""

    name: ClassVar[str]
    title: ClassVar[str]
    """Marked for translation."""
    numbers: ClassVar[tuple[SignalNumber, ...]]
    setting: ClassVar[str]
    """Marked for translation: the sentence in which an instructor sets it, with the names of its numbers."""

    @abstractmethod
    def rule(self, numbers: Numbers) -> Phrase:
        """The rule as a sentence."""

    @abstractmethod
    def find(self, facts: SignalFacts, numbers: Numbers) -> Iterator[FiredSignal]:
        """The signals that the rule gives."""
