"""The interface of requirements: how they judge posts, describe themselves, and are set up and stored.

Each kind is a file of this package and a line of the registry; no other code knows the kinds by name.
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
from lti_app.discussion.reviewing.rules.plans import ReviewTerms
from lti_app.participation.requirements.facts import PostFacts, PostVerdict

MAX_WORDS = 5000
"""The largest minimum of words that a requirement can set."""


class InvalidRequirement(ValueError):
    """A stored or sent requirement is malformed."""


class Standing(StrEnum):
    """The state of a requirement at a given time."""

    MET = "met"
    MET_LATE = "met_late"
    PARTLY = "partly"
    OPEN = "open"
    MISSED = "missed"  # its date has passed without it being met; it can still be met late


@dataclass(frozen=True)
class Verdict:
    """The state of one requirement, and what it was counted from."""

    requirement: "Requirement"
    standing: Standing
    have: int
    """Words of the first post, people replied to, days, or 1 for something that is done once."""
    want: int
    due: datetime | None
    met_at: datetime | None
    late: bool
    """Whether anything that counts came after the due date."""
    addresses: tuple[str, ...]
    """The posts that it was counted from."""
    people: tuple[str, ...] = ()
    """The people whom the counted replies answer."""
    reading: AssignedReading | None = None
    """The reading that it is about, if each reading has its own verdict."""
    counted_at: datetime | None = None
    """When the last of what counts was done, even if more is required; None if nothing counts."""

    @property
    def is_met(self) -> bool:
        """Whether it is fulfilled, on time or late."""
        return self.standing in (Standing.MET, Standing.MET_LATE)

    @property
    def is_pending(self) -> bool:
        """Whether it is not fulfilled and can still be fulfilled on time."""
        return self.standing in (Standing.PARTLY, Standing.OPEN)

    @property
    def kind(self) -> str:
        """The kind of requirement."""
        return self.requirement.kind

    @property
    def words(self) -> Phrase:
        """The text of the line on the checklist and the grading desk."""
        return self.requirement.describe(self)


@dataclass(frozen=True)
class Terms:
    """The dates and readings that apply to one student in a discussion."""

    calendar: Calendar
    """The student's own dates."""
    readings: tuple[AssignedReading, ...] = ()
    """The required readings."""
    reviews: ReviewTerms | None = None
    """The reviews that everybody writes, until the student's own date; None where nobody does."""


NO_TERMS = Terms(Calendar())


@dataclass(frozen=True)
class Case:
    """One student's posts, with everything needed to judge them."""

    posts: tuple[PostFacts, ...]
    """The posts that can count: neither deleted nor set aside."""
    first_post_words: int
    """The minimum of words of a first post, over all requirements."""
    reply_words: int
    now: datetime
    zone: ZoneInfo
    """The course's time zone, in which days are counted."""
    reviews: tuple[datetime | None, ...] = ()
    """When each review that is assigned to the student was submitted."""

    def complete_since(self, post: PostFacts) -> datetime | None:
        """Since when a post has had the minimum of words for a first post or reply; None if it has fewer now."""
        return post.long_enough_since(self.reply_words if post.is_reply else self.first_post_words)

    def standing(self, *, met: bool, late: bool, begun: bool, due: datetime | None) -> Standing:
        """The state of a requirement now."""
        if met:
            return Standing.MET_LATE if late else Standing.MET
        if is_late(self.now, due):
            return Standing.MISSED
        return Standing.PARTLY if begun else Standing.OPEN


@dataclass(frozen=True)
class Judgment:
    """The result of one requirement for a student's posts."""

    verdicts: tuple[Verdict, ...]
    posts: Mapping[int, PostVerdict] = field(default_factory=dict)


@dataclass(frozen=True)
class ForecastNote:
    """A note in the composer: what the post would do for a requirement."""

    key: str
    """Changes when the note says something new."""
    words: Phrase
    is_gain: bool
    """Whether the post would provide what was missing; otherwise it would still be missing."""


@dataclass(frozen=True)
class FormField:
    """A number or a choice that an instructor sets; the web builds the form from this."""

    name: str
    """Its name in the requirement and in the stored form."""
    input: str
    """Its name in forms and plans, which have the fields of all kinds."""
    label: str
    begins_with: int | str
    """The default for a new discussion."""
    most: int = 0
    """The maximum of a number; the minimum is 0."""
    choices: tuple[tuple[str, str], ...] = ()
    """The values of a choice, with their labels."""
    is_optional: bool = False
    """Whether it may be empty, which means no requirement."""

    @property
    def nothing(self) -> int | str:
        """The value that means no requirement."""
        return "" if self.choices else 0

    def check(self, value: object) -> Any:
        """The value, if it is valid; otherwise raises InvalidRequirement."""
        if self.choices:
            fits = isinstance(value, str) and value in [choice for choice, _ in self.choices]
        else:
            fits = type(value) is int and 0 <= value <= self.most
        if not fits:
            raise InvalidRequirement(f"{self.input} cannot be {value!r:.60}")
        return str(value) if self.choices else value


@dataclass(frozen=True)
class Asked:
    """What a requirement demands of a single post."""

    words: int = 0
    due: datetime | None = None


@dataclass(frozen=True)
class Outlook:
    """The state of one requirement without and with the post that is being written."""

    before: tuple[Verdict, ...]
    after: tuple[Verdict, ...]
    is_reply: bool

    @property
    def was_met(self) -> bool:
        """Whether it was fulfilled before."""
        return all(verdict.is_met for verdict in self.before)

    @property
    def is_met(self) -> bool:
        """Whether it would be fulfilled with the post."""
        return all(verdict.is_met for verdict in self.after)


@dataclass(frozen=True)
class Requirement(ABC):
    """A requirement as an instructor set it up. Without values it requires nothing.

    Each kind is a subclass: a frozen dataclass with an attribute for each of its fields.
    """

    terms: Terms = field(default=NO_TERMS, kw_only=True)

    kind: ClassVar[str]
    heading: ClassVar[Phrase]
    """The heading of its explanation."""
    fields: ClassVar[tuple[FormField, ...]] = ()
    evidence: ClassVar[str]
    """The evidence for a criterion of a rubric that it is part of."""
    counts_first_posts: ClassVar[bool] = False
    counts_replies: ClassVar[bool] = False
    """Which posts can count for it. The composer of another post does not mention it."""
    counts_reviews: ClassVar[bool] = False
    """Whether it needs to know of the student's reviews."""
    judges_posts: ClassVar[bool] = False
    """Whether it decides how single posts count, even if it requires nothing."""
    is_timed: ClassVar[bool] = True
    """Whether the checklist says how long before or after the due date it was fulfilled."""

    @property
    @abstractmethod
    def is_asked(self) -> bool:
        """Whether it requires anything."""

    @property
    @abstractmethod
    def sentence(self) -> Phrase:
        """The sentence below the prompt; only if it requires something."""

    @property
    @abstractmethod
    def explanation(self) -> tuple[Phrase, ...]:
        """How it is counted, as a list; only if it requires something. May mention the `zone` of the course."""

    @abstractmethod
    def judge(self, case: Case) -> Judgment:
        """Judge the posts of a student."""

    @abstractmethod
    def describe(self, verdict: Verdict) -> Phrase:
        """The text of a verdict, on the checklist and beside the rubric."""

    @property
    def of_first_post(self) -> Asked:
        """What it demands of a first post."""
        return Asked()

    @property
    def of_reply(self) -> Asked:
        """What it demands of a reply."""
        return Asked()

    @property
    def calls(self) -> Mapping[str, Phrase]:
        """The choices that it requires in a composer, by name, such as the move of a reply."""
        return {}

    def forecast(self, _outlook: Outlook, /) -> tuple[ForecastNote, ...]:
        """The note on what a post would do for it, in addition to the verdict on the post itself."""
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
    """Whether a moment is after the due date; a moment equal to it is not late."""
    return due is not None and moment > due


def last_due(calendar: Calendar) -> datetime | None:
    """The due date of what any post can fulfill: the date of the replies, otherwise that of the first post."""
    return calendar.replies_due or calendar.first_post_due


def judge_once(
    requirement: Requirement,
    done: Sequence[tuple[datetime | None, PostFacts]],
    case: Case,
    due: datetime | None,
    reading: AssignedReading | None = None,
) -> Verdict:
    """The verdict of a requirement that one post can meet, from posts and the moment since when each meets it."""
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
        counted_at=met_at,
    )
