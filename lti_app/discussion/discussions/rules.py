"""The settings of a discussion, and the state that follows from its dates."""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise, product

from lti_app.course.groups.rules import GroupKind
from lti_app.library.readings.rules import ReadingProgress

MAX_TITLE = 200
MAX_PROMPT = 20_000
MAX_STANCE = 300
"""Characters of a poll question."""
MAX_POLE = 80
MAX_NOTE = 500
EXTENDABLE = ("first_post_due", "replies_due", "closes_at")
"""The dates that an extension can change. Each is never before the previous one."""
COLOURS = (
    "Apricot", "Azure", "Bronze", "Cobalt", "Copper", "Cyan", "Emerald", "Golden", "Green", "Grey",
    "Indigo", "Lime", "Mauve", "Mint", "Moss", "Navy", "Ochre", "Purple", "Russet", "Sand", "Silver",
    "Slate", "Teal", "Turquoise",
)  # fmt: skip
LIVING = (
    "Alder", "Avocet", "Beech", "Birch", "Cedar", "Crane", "Curlew", "Cypress", "Dunlin", "Egret",
    "Elm", "Finch", "Fir", "Grebe", "Heron", "Hornbeam", "Larch", "Lark", "Linden", "Maple", "Oak",
    "Osprey", "Petrel", "Pine", "Plover", "Sandpiper", "Spruce", "Starling", "Swift", "Sycamore",
    "Tern", "Wagtail",
)  # fmt: skip
"""Trees and birds, without those that are also names of people."""
StoredRequirements = tuple[Mapping[str, object], ...]
"""Participation requirements, in the stored form of `participation.requirements`; here they are only stored."""
StoredLateRule = Mapping[str, object]
"""A late rule, in the stored form of `grading.adjustments`; here it is only stored."""
_YEAR = re.compile(r"-?\d+[a-z]*")
"""The letter distinguishes two works of one author in one year."""


class State(StrEnum):
    """The state of a discussion according to its dates."""

    UNPREPARED = "unprepared"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def has_begun(self) -> bool:
        """Whether students may see what the discussion asks and take part, or could until it closed."""
        return self in (State.OPEN, State.CLOSED)


class Structure(StrEnum):
    """The format of a discussion."""

    WHOLE_CLASS = "whole_class"
    GROUPS = "groups"
    """Separate groups: each group sees its own threads; staff see all."""
    TOPICS = "topics"
    """Student topics: students start threads with a title."""
    QUESTIONS = "questions"
    """Q&A: first posts are questions, and an answer can be accepted."""


class Anonymity(StrEnum):
    """Who sees the names of authors."""

    NAMED = "named"
    PEERS = "peers"
    """Classmates see pseudonyms; staff see names."""
    BLIND = "blind"
    """Staff also see pseudonyms, until names are revealed or grades are released."""


class Move(StrEnum):
    """How a reply responds to the post above it."""

    EXTEND = "extend"
    QUESTION = "question"
    COUNTER = "counter"
    CONNECT = "connect"
    EXAMPLE = "example"


@dataclass(frozen=True)
class AssignedReading:
    """A reading that is assigned in a discussion."""

    id: int
    label: str
    """Author and year: Kotter 1990."""
    reference_html: str
    url: str | None
    required: bool
    progress: ReadingProgress = field(default_factory=ReadingProgress)
    """The reading progress of the actor."""
    has_file: bool = False
    """Whether it can be read here, so that citations link to their passages."""

    @property
    def author(self) -> str:
        """The label without the year, as a short form for citations."""
        author, _, year = self.label.rpartition(" ")
        return author if author and _YEAR.fullmatch(year) else self.label


@dataclass(frozen=True)
class Calendar:
    """The dates of a discussion; None means that there is no such date."""

    opens_at: datetime | None = None
    first_post_due: datetime | None = None
    replies_due: datetime | None = None
    closes_at: datetime | None = None

    def extended(self, later: "Calendar") -> "Calendar":
        """This calendar with an extension: of two dates the later one counts.

        A date that the class does not have cannot be extended. Later dates move too if needed, so that replies are
        never due before the first post, and the discussion never closes before the last due date.
        """
        moved: dict[str, datetime] = {}
        for name in EXTENDABLE:
            own, of_class = getattr(later, name), getattr(self, name)
            latest = max([moment for moment in (own, *moved.values()) if moment], default=None)
            if of_class and latest and latest > of_class:
                moved[name] = latest
        return replace(self, **moved)

    def out_of_order(self) -> tuple[str, str] | None:
        """The names of the first two dates in the wrong order, or None."""
        names = ("opens_at", "first_post_due", "replies_due", "closes_at")
        dated = [(name, moment) for name in names if (moment := getattr(self, name)) is not None]
        for (earlier, first), (later, second) in pairwise(dated):
            if first > second:
                return earlier, later
        return None


@dataclass(frozen=True)
class StanceQuestion:
    """The question of a class poll, with the ends of its scale. It is asked before and after."""

    text: str
    low: str
    high: str


@dataclass(frozen=True)
class DiscussionSettings:
    """The settings of a discussion."""

    title: str
    prompt: str
    points: Decimal
    calendar: Calendar
    requirements: StoredRequirements
    post_first: bool
    reading_ids: tuple[int, ...]
    required_ids: frozenset[int]
    structure: Structure = Structure.WHOLE_CLASS
    anonymity: Anonymity = Anonymity.NAMED
    edit_minutes: int | None = None
    group_kind: GroupKind | None = None
    stance: StanceQuestion | None = None


def state_at(calendar: Calendar, *, prepared: bool, now: datetime) -> State:
    """The state of a discussion at a moment. A date equal to `now` has passed."""
    if not prepared:
        return State.UNPREPARED
    if calendar.opens_at is not None and now < calendar.opens_at:
        return State.SCHEDULED
    if calendar.closes_at is not None and now >= calendar.closes_at:
        return State.CLOSED
    return State.OPEN


def pseudonym(discussion_id: int, nth: int) -> str:
    """The nth pseudonym of a discussion (from 0), such as Teal Heron. Each is used once; the order differs by
    discussion.

    A pseudonym is the same for every reader and suggests neither a gender nor a language.
    """
    again, which = divmod(nth, len(COLOURS) * len(LIVING))
    name = _names_in_order(discussion_id)[which]
    return f"{name} {again + 1}" if again else name


@lru_cache(maxsize=64)
def _names_in_order(discussion_id: int) -> list[str]:
    names = [f"{colour} {living}" for colour, living in product(COLOURS, LIVING)]
    random.Random(discussion_id).shuffle(names)  # noqa: S311 - an order, no secret
    return names
