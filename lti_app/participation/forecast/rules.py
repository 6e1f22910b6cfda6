"""The feedback of a composer: how the post would count, and advice that depends on the thread.

`forecast` passes the unsaved post to the same evaluator that counts participation. Hints are only advice: they are
computed from the thread, not stored, and never count.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from lti_app.core.wording import Phrase
from lti_app.discussion.discussions.rules import Move
from lti_app.discussion.posts.rules.authors import NAMELESS
from lti_app.participation.requirements.base import ForecastNote, Outlook
from lti_app.participation.requirements.evaluation import Requirements, evaluate
from lti_app.participation.requirements.facts import (
    NO_ACTIVITY,
    TOO_SHORT,
    ActivityFacts,
    Place,
    PostFacts,
    PostVerdict,
    VersionFacts,
)

_WORD = re.compile(r"[^\W\d_]{3,}")
_NEW_WORDS = 3
"""A reply with fewer words of its own than this adds nothing to the post above it."""
_LONG = 8
"""A word with at least this many letters may be several words: not every script separates words."""
_QUESTIONS = "?？؟"
_MUCH = 4
"""The smallest thread, in posts, that one person can dominate."""
_IN_A_ROW = 2


@dataclass(frozen=True)
class Forecast:
    """How a post would count if it were posted now."""

    verdict: PostVerdict
    best: PostVerdict
    """How it would count with enough words."""
    due: datetime | None
    """The due date for such a post."""
    answered: str
    """The person it replies to, if that is why it does not count."""
    notes: tuple[ForecastNote, ...]
    """What it would do for each requirement, and what would still be missing."""

    @property
    def words(self) -> Phrase | None:
        """How it would count."""
        reason = self.best.reason
        told = reason.would
        if self.short and reason.would_if_longer:
            told = reason.would_if_longer
        elif self.answered and reason.would_to:
            told = reason.would_to
        values = {"num": self.short, "number": self.best.number, "of": self.best.of, "person": self.answered}
        return told.with_values(**values) if told else None

    @property
    def short(self) -> int:
        """How many words are missing."""
        return self.verdict.number if self.verdict.reason is TOO_SHORT else 0

    @property
    def is_late(self) -> bool:
        """Whether it would be marked late."""
        return self.best.late

    @property
    def key(self) -> str:
        """Changes when there is something new to say, not with each word."""
        notes = (f"{note.key}{'+' if note.is_gain else ''}" for note in self.notes)
        said = (self.verdict.reason.key, self.best.reason.key, self.best.number, self.is_late, *notes)
        return "/".join(str(part) for part in said)


class Hint(StrEnum):
    """Advice on a reply."""

    IN_A_ROW = "in_a_row"
    """Yet another reply to the same person in a row."""
    MOSTLY_OWN = "mostly_own"
    """Most posts of the thread are the writer's own."""
    ONLY_AGREES = "only_agrees"
    """It adds nothing to the post above, asks nothing and cites nothing."""


@dataclass(frozen=True)
class ThreadFacts:
    """The facts about a thread that advice depends on."""

    posts: int
    own_posts: int
    parent_text: str


def forecast(
    asked: Requirements,
    facts: Sequence[PostFacts],
    hypothetical: PostFacts,
    now: datetime,
    zone: ZoneInfo,
    *,
    activity: ActivityFacts = NO_ACTIVITY,
    places: frozenset[Place] = frozenset(),
) -> Forecast | None:
    """How the post would count among the student's others; None if nothing is required that it could fulfill.

    `hypothetical` has the id of the post that it edits, or a greater id than all others; its last version is the one
    that is being written. `places` are the pages and paragraphs that it cites, `activity` is what the student did
    besides writing posts.
    """
    is_reply = hypothetical.is_reply
    if not any(part.counts_replies if is_reply else part.counts_first_posts for part in asked.asked):
        return None
    others = [post for post in facts if post.id != hypothetical.id]
    of_post = asked.of_reply if is_reply else asked.of_first_post
    longer = _with_words(hypothetical, of_post.words)
    with_it = activity.with_places(hypothetical.id, places)
    before = evaluate(asked, facts, now, zone, activity=activity)
    after = evaluate(asked, [*others, hypothetical], now, zone, activity=with_it)
    best = evaluate(asked, [*others, longer], now, zone, activity=with_it)
    return Forecast(
        verdict=after.posts[hypothetical.id],
        best=best.posts[hypothetical.id],
        due=of_post.due,
        answered=hypothetical.parent_author,
        notes=tuple(
            note for part in asked.asked for note in part.forecast(Outlook(before.of(part), after.of(part), is_reply))
        ),
    )


def hypothetical_post(
    facts: Sequence[PostFacts], version: VersionFacts, *, move: Move | None, answered: "ReplyTarget | None"
) -> PostFacts:
    """The post that is being written, as the newest post."""
    return PostFacts(
        id=max((post.id for post in facts), default=0) + 1,
        address="",
        versions=(version,),
        parent_author_id=answered.person_id if answered else None,
        parent_author=answered.name if answered else "",
        answers_self=bool(answered and answered.is_self),
        answers_staff=bool(answered and answered.is_staff),
        move=move,
        thread_id=answered.thread_id if answered else None,
    )


def hypothetical_edit(post: PostFacts, version: VersionFacts, *, move: Move | None) -> PostFacts:
    """A post after the edit that is being written."""
    return post._replace(versions=(*post.versions, version), move=move)


@dataclass(frozen=True)
class ReplyTarget:
    """The author of the post that a reply answers."""

    person_id: int
    name: str
    is_self: bool
    is_staff: bool
    thread_id: int | None = None
    """The id of the first post of the thread."""


def hints_before(thread: ThreadFacts, facts: Sequence[PostFacts], answered: ReplyTarget) -> tuple[Hint, ...]:
    """Advice that does not depend on the text. There is none on replies to oneself and to staff."""
    if answered.is_self or answered.is_staff:
        return ()
    replies = [post for post in facts if post.parent_author_id is not None and not post.deleted]
    last = [post.parent_author_id for post in sorted(replies, key=lambda post: post.id)[-_IN_A_ROW:]]
    is_known = answered.person_id != NAMELESS
    found = [Hint.IN_A_ROW] if is_known and last == [answered.person_id] * _IN_A_ROW else []
    if thread.posts >= _MUCH and thread.own_posts * 2 > thread.posts:
        found.append(Hint.MOSTLY_OWN)
    return tuple(found)


def only_agrees(text: str, parent_text: str, *, cites: bool, fillers: Collection[str] = ()) -> bool:
    """Whether a reply has almost only words of the post above and words of agreement.

    A question mark or a citation always adds something. `fillers` are the words of agreement in the reader's language;
    quoted lines are not the writer's own words.
    """
    own = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    if cites or any(mark in own for mark in _QUESTIONS):
        return False
    said = _words(own)
    new = said - _words(parent_text) - set(fillers)
    return bool(said) and sum(max(1, len(word) // _LONG) for word in new) < _NEW_WORDS


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _with_words(post: PostFacts, words: int) -> PostFacts:
    """The post with at least this many words."""
    *before, last = post.versions
    return post._replace(versions=(*before, last._replace(words=max(last.words, words))))
