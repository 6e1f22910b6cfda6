"""What every kind of requirement has: how it judges posts, what it says of itself, and how it is set up and stored.

Each kind is a file of this package and a line of its registry; nothing else in the house knows the kinds by name.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from lti_app.core.wording import Phrase
from lti_app.discussion.discussions.rules import AssignedReading, Calendar
from lti_app.participation.requirements.facts import PostFacts, PostVerdict

MAX_WORDS = 5000
"""The most words that a requirement can ask a post for."""


class InvalidRequirement(ValueError):
    """A stored or sent requirement that no kind would write."""


class Standing(StrEnum):
    """How a requirement stands at a moment."""

    MET = "met"
    MET_LATE = "met_late"
    PARTLY = "partly"
    OPEN = "open"
    MISSED = "missed"  # its date has passed without it being met; it can still be met late


@dataclass(frozen=True)
class Verdict:
    """How one requirement stands, with what it was counted from."""

    requirement: "Requirement"
    standing: Standing
    have: int
    """Words of the first post, people answered, days, or 1 for what is done once."""
    want: int
    due: datetime | None
    met_at: datetime | None
    late: bool
    """Whether anything that counts here came after the date."""
    addresses: tuple[str, ...]
    """The posts that it was counted from."""
    people: tuple[str, ...] = ()
    """Whom the counted replies answer."""
    reading: AssignedReading | None = None
    """The reading that it is about, where each has a verdict."""

    @property
    def is_met(self) -> bool:
        """Whether it is fulfilled, in time or late."""
        return self.standing in (Standing.MET, Standing.MET_LATE)

    @property
    def is_pending(self) -> bool:
        """Whether it is not fulfilled and its date, if it has one, has not passed."""
        return self.standing in (Standing.PARTLY, Standing.OPEN)

    @property
    def kind(self) -> str:
        """The kind of its requirement."""
        return self.requirement.kind

    @property
    def words(self) -> Phrase:
        """The line of the checklist and of the grading desk."""
        return self.requirement.describe(self)


@dataclass(frozen=True)
class Terms:
    """By what one student is judged in a discussion, whatever the kind of requirement."""

    calendar: Calendar
    """The student's own dates."""
    readings: tuple[AssignedReading, ...] = ()
    """The required ones."""


NO_TERMS = Terms(Calendar())


@dataclass(frozen=True)
class Case:
    """One student's posts, with all that judging them takes."""

    posts: tuple[PostFacts, ...]
    """Those that can count: neither deleted nor set aside."""
    first_post_words: int
    """The words that the requirements together ask a first post for."""
    reply_words: int
    now: datetime
    zone: ZoneInfo
    """The course's, in which days are counted."""

    def complete_since(self, post: PostFacts) -> datetime | None:
        """Since when a post has had the words that one of its sort is asked for; None when it has fewer now."""
        return post.long_enough_since(self.reply_words if post.is_reply else self.first_post_words)

    def standing(self, *, met: bool, late: bool, begun: bool, due: datetime | None) -> Standing:
        """How a requirement stands now."""
        if met:
            return Standing.MET_LATE if late else Standing.MET
        if is_late(self.now, due):
            return Standing.MISSED
        return Standing.PARTLY if begun else Standing.OPEN


@dataclass(frozen=True)
class Judgment:
    """What a requirement says of a student's posts."""

    verdicts: tuple[Verdict, ...]
    posts: Mapping[int, PostVerdict] = field(default_factory=dict)


@dataclass(frozen=True)
class ForecastNote:
    """What a post would do for a requirement, in the composer."""

    key: str
    """Changes when the note says something new."""
    words: Phrase
    is_gain: bool
    """Whether the post would fulfil what was missing; else it is still missing."""


@dataclass(frozen=True)
class FormField:
    """A number or a choice that an instructor sets, as plain data from which the web builds its form."""

    name: str
    """In the requirement and in what is stored."""
    input: str
    """In forms and plans, where the fields of all kinds stand beside one another."""
    label: str
    begins_with: int | str
    """What a new discussion is offered."""
    most: int = 0
    """Of a number, which begins at 0."""
    choices: tuple[tuple[str, str], ...] = ()
    """Values with their labels, where it is a choice."""
    is_optional: bool = False
    """Whether it may be left empty, which asks for nothing."""

    @property
    def nothing(self) -> int | str:
        """The value that asks for nothing."""
        return "" if self.choices else 0

    def check(self, value: object) -> Any:
        """The value, if the field can have it; raises InvalidRequirement."""
        if self.choices:
            fits = isinstance(value, str) and value in [choice for choice, _ in self.choices]
        else:
            fits = type(value) is int and 0 <= value <= self.most
        if not fits:
            raise InvalidRequirement(f"{self.input} cannot be {value!r:.60}")
        return str(value) if self.choices else value


@dataclass(frozen=True)
class Asked:
    """What a requirement asks of a single post."""

    words: int = 0
    due: datetime | None = None


@dataclass(frozen=True)
class Outlook:
    """How one requirement stands without and with a post that is being written."""

    before: tuple[Verdict, ...]
    after: tuple[Verdict, ...]
    is_reply: bool

    @property
    def was_met(self) -> bool:
        """Whether nothing was missing."""
        return all(verdict.is_met for verdict in self.before)

    @property
    def is_met(self) -> bool:
        """Whether nothing would be missing."""
        return all(verdict.is_met for verdict in self.after)


@dataclass(frozen=True)
class Requirement(ABC):
    """One kind of requirement, as an instructor set it up. Made without values it asks for nothing.

    A subclass is a frozen dataclass with an attribute for each of its fields.
    """

    terms: Terms = field(default=NO_TERMS, kw_only=True)

    kind: ClassVar[str]
    heading: ClassVar[Phrase]
    """Above its explanation."""
    fields: ClassVar[tuple[FormField, ...]] = ()
    evidence: ClassVar[str]
    """The evidence of a rubric's criterion that it is part of."""
    counts_first_posts: ClassVar[bool] = False
    counts_replies: ClassVar[bool] = False
    """Which posts can count for it: of others a composer says nothing."""
    judges_posts: ClassVar[bool] = False
    """Whether it says of single posts what they count as, even where it asks for nothing."""
    is_timed: ClassVar[bool] = True
    """Whether the checklist says how long before or after the date it was fulfilled."""

    @property
    @abstractmethod
    def is_asked(self) -> bool:
        """Whether it asks for anything."""

    @property
    @abstractmethod
    def sentence(self) -> Phrase:
        """What it asks for, below the prompt; only where it asks for something."""

    @property
    @abstractmethod
    def explanation(self) -> tuple[Phrase, ...]:
        """How it is counted, point by point; only where it asks for something. May name the `zone` of the course."""

    @abstractmethod
    def judge(self, case: Case) -> Judgment:
        """How it stands."""

    @abstractmethod
    def describe(self, verdict: Verdict) -> Phrase:
        """How it stands, on the checklist and beside the rubric."""

    @property
    def of_first_post(self) -> Asked:
        """What it asks of a first post."""
        return Asked()

    @property
    def of_reply(self) -> Asked:
        """What it asks of a reply."""
        return Asked()

    @property
    def calls(self) -> Mapping[str, Phrase]:
        """What it asks everybody to choose in a composer, by the name of the choice, such as the move of a reply."""
        return {}

    def forecast(self, _outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """What a post would do for it, beyond what is said of the post itself."""
        return ()

    def to_stored(self) -> dict[str, object]:
        """The form in which a discussion stores it."""
        return {"kind": self.kind, **{each.name: getattr(self, each.name) for each in self.fields}}

    @classmethod
    def from_stored(cls, stored: Mapping[str, object], terms: Terms) -> Self:
        """Read what `to_stored` wrote; raises InvalidRequirement for anything else."""
        names = {each.name for each in cls.fields}
        if extra := stored.keys() - names - {"kind"}:
            raise InvalidRequirement(f"{cls.kind} has no {sorted(extra)[0]!r:.60}")
        values = {each.name: each.check(stored[each.name]) for each in cls.fields if each.name in stored}
        return cls(**values, terms=terms)


def is_late(moment: datetime, due: datetime | None) -> bool:
    """Whether a moment is past the date. A date that equals it has not passed."""
    return due is not None and moment > due


def last_due(calendar: Calendar) -> datetime | None:
    """The date of what may be done in any post: that of the replies, else that of the first post."""
    return calendar.replies_due or calendar.first_post_due


def judge_once(
    requirement: Requirement,
    done: Sequence[tuple[datetime | None, PostFacts]],
    case: Case,
    due: datetime | None,
    reading: AssignedReading | None = None,
) -> Verdict:
    """The verdict on what one post is enough for, from posts with the moment since which each does it."""
    found = sorted((since, post.id, post.address) for since, post in done if since is not None)
    met_at = found[0][0] if found else None
    late = met_at is not None and is_late(met_at, due)
    return Verdict(
        requirement=requirement,
        standing=case.standing(met=met_at is not None, late=late, begun=False, due=due),
        have=int(bool(found)),
        want=1,
        due=due,
        met_at=met_at,
        late=late,
        addresses=tuple(address for _, _, address in found),
        reading=reading,
    )
