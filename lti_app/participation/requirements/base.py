"""The interface of requirements: how they judge posts, describe themselves, and are set up and stored.

Each kind is a file of this package and a line of the registry; no other code knows the kinds by name.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self
from zoneinfo import ZoneInfo

from lti_app.core.wording import Phrase
from lti_app.discussion.discussions.rules import AssignedReading, Calendar
from lti_app.discussion.reviewing.rules.plans import ReviewTerms
from lti_app.participation.requirements.early import NO_CLOCK, Proof, ReplyClock
from lti_app.participation.requirements.facts import NO_ACTIVITY, ActivityFacts, Need, PostFacts, PostVerdict
from lti_app.participation.requirements.terms import NO_OWN_TERMS, OwnTerms, Stage, due_at, shifted

MAX_WORDS = 5000
"""The largest minimum of words that a requirement can set."""
APART = "+"
"""After a kind, it names the second stored entry of that kind, with what releases before it do not know."""


class InvalidRequirement(ValueError):
    """A stored or sent requirement is malformed."""


class Standing(StrEnum):
    """The state of a requirement at a given time."""

    MET = "met"
    MET_LATE = "met_late"
    PARTLY = "partly"
    OPEN = "open"
    MISSED = "missed"  # its date has passed without it being met; it can still be met late
    EXCUSED = "excused"  # its date has passed, but there was too little to reply to; it can still be met


MET = frozenset({Standing.MET, Standing.MET_LATE})
"""What is fulfilled, on time or late."""
PENDING = frozenset({Standing.PARTLY, Standing.OPEN})
"""What is not fulfilled and can still be fulfilled on time."""


class Verdict(NamedTuple):
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
    proof: Proof | None = None
    """Why it is due later than for the class, or excused, for a student who posted early."""

    @property
    def is_met(self) -> bool:
        """Whether it is fulfilled, on time or late."""
        return self.standing in MET

    @property
    def is_pending(self) -> bool:
        """Whether it is not fulfilled and can still be fulfilled on time."""
        return self.standing in PENDING

    @property
    def is_missed(self) -> bool:
        """Whether it is not fulfilled, and its date has passed."""
        return self.standing is Standing.MISSED

    @property
    def is_excused(self) -> bool:
        """Whether it is not fulfilled, and nobody may hold that against the student."""
        return self.standing is Standing.EXCUSED

    @property
    def is_waiting(self) -> bool:
        """Whether its proof says how few had posted at the moment of the evaluation."""
        return self.proof is not None and not self.proof.is_open

    def as_of(self, now: datetime) -> "Verdict":
        """The same verdict at a moment at which nothing else is decided."""
        if self.proof is None or self.proof.is_open:
            return self
        return self._replace(proof=replace(self.proof, until=now))

    @property
    def is_optional(self) -> bool:
        """Whether it is shown and does not count for "complete"."""
        return self.requirement.own.is_optional

    @property
    def points(self) -> Decimal:
        """The points for it so far, late or on time; those of something that can be done in part are in proportion."""
        if self.is_met:
            return self.requirement.own.points
        if not (self.requirement.is_divisible and self.want):
            return Decimal(0)
        return self.requirement.own.points * min(self.have, self.want) / self.want

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
    class_calendar: Calendar | None = None
    """The dates of the class; None where they are the student's own."""
    assigned: tuple[AssignedReading, ...] = ()
    """All readings of the discussion."""
    has_poll: bool = False
    """Whether the discussion has a class poll."""
    is_q_and_a: bool = False
    """Whether first posts are questions."""

    @property
    def dates_of_class(self) -> Calendar:
        """The dates of the class."""
        return self.class_calendar or self.calendar


NO_TERMS = Terms(Calendar())


class Case(NamedTuple):
    """One student's posts, with everything needed to judge them."""

    posts: tuple[PostFacts, ...]
    """The posts that can count: neither deleted nor set aside."""
    first_post_words: int
    """The minimum of words of a first post, over all requirements."""
    reply_words: int
    now: datetime
    zone: ZoneInfo
    """The course's time zone, in which days are counted."""
    activity: ActivityFacts = NO_ACTIVITY
    """What the student did besides posting."""
    clock: ReplyClock = NO_CLOCK
    """What posting early changes for the student."""
    own_threads: frozenset[int] = frozenset()
    """The ids of the student's own posts, deleted ones included, with which threads may begin."""

    def complete_since(self, post: PostFacts) -> datetime | None:
        """Since when a post has had the minimum of words for a first post or reply; None if it has fewer now."""
        return post.long_enough_since(self.reply_words if post.is_reply else self.first_post_words)

    def reply_since(self, post: PostFacts) -> datetime | None:
        """Since when a reply to a classmate has had enough words; None for every other post."""
        return self.complete_since(post) if post.answers_classmate else None

    def due_of(self, requirement: "Requirement") -> datetime | None:
        """When a requirement is due for this student."""
        if not requirement.needs_others:
            return requirement.due
        return self.clock.moved(requirement.due, requirement.terms.calendar)

    def standing(self, *, met: bool, late: bool, begun: bool, due: datetime | None) -> Standing:
        """The state of a requirement now."""
        if met:
            return Standing.MET_LATE if late else Standing.MET
        if is_late(self.now, due):
            return Standing.MISSED
        return Standing.PARTLY if begun else Standing.OPEN


class Judgment(NamedTuple):
    """The result of one requirement for a student's posts."""

    verdicts: tuple[Verdict, ...]
    posts: Mapping[int, PostVerdict] = MappingProxyType({})


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
    least: int = 0
    """The minimum of a number."""
    is_apart: bool = False
    """Whether it is stored in the second entry of its kind, which earlier releases ignore: a kind of theirs may have no
    new field."""

    @property
    def nothing(self) -> int | str:
        """The value that means no requirement."""
        return "" if self.choices else self.least

    def check(self, value: object) -> Any:
        """The value, if it is valid; otherwise raises InvalidRequirement."""
        if self.choices:
            fits = isinstance(value, str) and value in [choice for choice, _ in self.choices]
        else:
            fits = type(value) is int and self.least <= value <= self.most
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
    own: OwnTerms = field(default=NO_OWN_TERMS, kw_only=True)

    kind: ClassVar[str]
    heading: ClassVar[Phrase]
    """The heading of its explanation."""
    title: ClassVar[str]
    """Its name in tables for instructors."""
    setting: ClassVar[str]
    """The sentence in which an instructor sets it, with the names of its fields, and of `due` for its date."""
    is_basic: ClassVar[bool] = False
    """Whether most discussions require it, so that it is always shown to instructors."""
    fields: ClassVar[tuple[FormField, ...]] = ()
    evidence: ClassVar[str]
    """The evidence for a criterion of a rubric that it is part of."""
    counts_first_posts: ClassVar[bool] = False
    counts_replies: ClassVar[bool] = False
    """Which posts can count for it. The composer of another post does not mention it."""
    needs: ClassVar[frozenset[Need]] = frozenset()
    """The facts that it needs besides posts."""
    needs_others: ClassVar[bool] = False
    """Whether it needs posts of classmates to reply to, so that its date may move for those who posted early."""
    stage: ClassVar[Stage] = Stage.LAST
    """The date of the discussion until which it is due, unless it has a date of its own."""
    has_own_date: ClassVar[bool] = True
    """Whether it can have a date of its own."""
    is_divisible: ClassVar[bool] = True
    """Whether a part of it earns a part of its points."""
    judges_posts: ClassVar[bool] = False
    """Whether it decides how single posts count, even if it requires nothing."""
    is_timed: ClassVar[bool] = True
    """Whether the checklist says how long before or after the due date it was fulfilled."""

    @property
    @abstractmethod
    def is_asked(self) -> bool:
        """Whether it requires anything."""

    @cached_property
    def due(self) -> datetime | None:
        """When it is due by the student's dates: by its own date, else by that of its stage. An extension moves its own
        date as far as the date of its stage."""
        if self.own.due is None or not self.has_own_date:
            return due_at(self.stage, self.terms.calendar)
        return shifted(self.own.due, self.stage, self.terms.dates_of_class, self.terms.calendar)

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

    def to_stored(self) -> tuple[dict[str, object], ...]:
        """The entries in which a discussion stores it: one that every release reads, and a second one for what earlier
        releases do not know, if there is any of that.
        """
        entry = {each.name: getattr(self, each.name) for each in self.fields if not each.is_apart}
        news = {each.name: getattr(self, each.name) for each in self.fields if each.is_apart}
        apart = {name: value for name, value in news.items() if value != getattr(type(self)(), name)}
        apart |= self.own.to_stored()
        more = ({"kind": self.kind + APART, **apart},) if apart else ()
        return ({"kind": self.kind, **entry}, *more)

    @classmethod
    def from_stored(cls, stored: Mapping[str, object], terms: Terms, apart: Mapping[str, object] | None = None) -> Self:
        """Read what `to_stored` wrote; raises InvalidRequirement for anything else. What a newer release added to the
        second entry is ignored.
        """
        names = {each.name for each in cls.fields if not each.is_apart}
        if extra := stored.keys() - names - {"kind"}:
            raise InvalidRequirement(f"{cls.kind} has no {sorted(extra)[0]!r:.60}")
        apart = apart or {}
        found = {each: apart if each.is_apart else stored for each in cls.fields}
        values = {each.name: each.check(entry[each.name]) for each, entry in found.items() if each.name in entry}
        try:
            own = OwnTerms.from_stored(apart)
        except ValueError as error:
            raise InvalidRequirement(f"{cls.kind} has terms that cannot be") from error
        return cls(**values, terms=terms, own=own)


def is_late(moment: datetime, due: datetime | None) -> bool:
    """Whether a moment is after the due date; a moment equal to it is not late."""
    return due is not None and moment > due


class Done(NamedTuple):
    """Something that counts towards a number."""

    at: datetime
    address: str = ""
    """The post in which it was done, if it was done in one."""
    person: str = ""
    """The person whom that post answers."""
    order: int = 0
    """Which of two at the same moment comes first."""


def _in_order(done: Done) -> tuple[datetime, int]:
    return done.at, done.order


def judge_count(requirement: Requirement, done: Collection[Done], want: int, case: Case) -> Verdict:
    """The verdict of a requirement that is met once so many things are done; the earliest count."""
    due, counted = case.due_of(requirement), list(done)
    if len(counted) > 1:
        counted.sort(key=_in_order)
    del counted[want:]
    met, last = len(counted) >= want, counted[-1].at if counted else None
    late = last is not None and is_late(last, due)
    return Verdict(
        requirement=requirement,
        standing=case.standing(met=met, late=late, begun=bool(counted), due=due),
        have=len(counted),
        want=want,
        due=due,
        met_at=last if met else None,
        late=late,
        addresses=tuple(dict.fromkeys(each.address for each in counted if each.address)),
        people=tuple(each.person for each in counted if each.person),
        counted_at=last,
    )


def excused(verdict: Verdict, clock: ReplyClock, now: datetime) -> Verdict:
    """The verdict with what posting early changes: the proof for its later date, and no blame where there was too
    little to reply to.
    """
    if not verdict.requirement.needs_others or clock.proof is None:
        return verdict
    if not verdict.is_met and clock.excuses(now, verdict.due):
        return verdict._replace(standing=Standing.EXCUSED, proof=clock.proof)
    return verdict._replace(proof=clock.proof) if verdict.due != verdict.requirement.due else verdict


def judge_once(
    requirement: Requirement,
    done: Sequence[tuple[datetime | None, PostFacts]],
    case: Case,
    due: datetime | None,
    reading: AssignedReading | None = None,
) -> Verdict:
    """The verdict of a requirement that one post can meet, from posts and the moment since when each meets it."""
    found = [(since, post.id, post.address) for since, post in done if since is not None]
    if not found:
        standing = case.standing(met=False, late=False, begun=False, due=due)
        return Verdict(requirement, standing, 0, 1, due, None, False, (), reading=reading)
    found.sort()
    met_at = found[0][0]
    late = is_late(met_at, due)
    addresses = tuple([address for _, _, address in found])
    standing = case.standing(met=True, late=late, begun=True, due=due)
    return Verdict(requirement, standing, 1, 1, due, met_at, late, addresses, (), reading, met_at)
