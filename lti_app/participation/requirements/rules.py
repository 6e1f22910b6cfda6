"""The rule of participation: one pure evaluator whose answer everything reads.

The sentence in the prompt, the student's checklist, the evidence beside the rubric and any suggested level come from
`Requirements` and `evaluate` alone, so that they can never disagree. What it decides, in words:

- A post counts from the moment it first had enough words and kept them: a placeholder filled in later counts from the
  edit on.
- Posts that are deleted, hidden, held or private do not count while they are; once shown they count from when they
  were written. Replies to oneself, to staff, or a second reply to the same classmate do not count.
- Where a reply of a kind is asked for, any that is long enough and now named so is one, unless to oneself or to staff.
- What is late still counts, and is marked late.
- More than asked for is welcome and changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lti_app.discussion.discussions.rules import AssignedReading, Move, Requirements


@dataclass(frozen=True)
class Version:
    """What a post was from a moment on."""

    at: datetime
    words: int
    reading_ids: frozenset[int]


class Reason(StrEnum):
    """Why a post counts or does not."""

    FIRST_POST = "first_post"
    REPLY = "reply"
    TOO_SHORT = "too_short"
    SAME_PERSON = "same_person"
    TO_SELF = "to_self"
    TO_STAFF = "to_staff"
    BEYOND = "beyond"  # more than asked for
    DELETED = "deleted"
    HIDDEN = "hidden"
    HELD = "held"
    PRIVATE = "private"


@dataclass(frozen=True)
class PostFacts:
    """All that the rule may know of one post of the student's."""

    id: int
    address: str
    versions: tuple[Version, ...]
    """The oldest first; never empty."""
    parent_author_id: int | None = None
    """Who is answered, as voice_of tells; None for a first post."""
    parent_author: str = ""
    answers_self: bool = False
    answers_staff: bool = False
    deleted: bool = False
    aside: Reason | None = None
    """Why it does not count whatever it says: HIDDEN, HELD or PRIVATE."""
    move: Move | None = None


_Dated = list[tuple[datetime | None, PostFacts]]  # posts with the moment since which each is what is asked for


class Kind(StrEnum):
    """What a requirement is about."""

    FIRST_POST = "first_post"
    REPLIES = "replies"
    READING = "reading"
    MOVE = "move"


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

    kind: Kind
    standing: Standing
    have: int
    """Words of the first post, people answered, or 1 when the reading is cited or the move made."""
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
    move: Move | None = None

    @property
    def is_met(self) -> bool:
        """Whether it is fulfilled, in time or late."""
        return self.standing in (Standing.MET, Standing.MET_LATE)

    @property
    def is_pending(self) -> bool:
        """Whether it is not fulfilled and its date, if it has one, has not passed."""
        return self.standing in (Standing.PARTLY, Standing.OPEN)


@dataclass(frozen=True)
class PostVerdict:
    """Whether one post counts, and as what."""

    reason: Reason
    counts: bool
    late: bool = False
    due: datetime | None = None
    number: int = 0
    """Reply `number` of `of`; words short of the minimum when TOO_SHORT."""
    of: int = 0


@dataclass(frozen=True)
class Verdicts:
    """The evaluator's whole answer."""

    requirements: tuple[Verdict, ...]
    posts: dict[int, PostVerdict] = field(default_factory=dict)
    has_started: bool = False
    """Whether there is a first post, of whatever length, that is not deleted: what opens the post-first gate."""

    @property
    def all_met(self) -> bool:
        """Whether everything asked for is done, in time or late."""
        return all(verdict.is_met for verdict in self.requirements)

    @property
    def any_pending(self) -> bool:
        """Whether anything asked for is not there and may still come in time."""
        return any(verdict.is_pending for verdict in self.requirements)

    @property
    def any_late(self) -> bool:
        """Whether anything that counts came late."""
        return any(verdict.late for verdict in self.requirements)

    @property
    def completed_at(self) -> datetime | None:
        """When the last requirement was met; None while one is not, or when nothing is asked for."""
        moments = [verdict.met_at for verdict in self.requirements]
        return max((m for m in moments if m), default=None) if all(moments) else None


def evaluate(requirements: Requirements, posts: Sequence[PostFacts], now: datetime) -> Verdicts:
    """How one student's posts stand against what a discussion asks for, at the moment `now`."""
    aside = {post.id: Reason.DELETED if post.deleted else post.aside for post in posts}
    judged = {post_id: PostVerdict(reason, counts=False) for post_id, reason in aside.items() if reason}
    standing = [post for post in posts if not aside[post.id]]
    first = _judge_first_posts(requirements, [p for p in standing if p.parent_author_id is None], judged, now)
    replies = _judge_replies(requirements, [p for p in standing if p.parent_author_id is not None], judged, now)
    asked = [first] if requirements.first_post_words or requirements.first_post_due else []
    asked += [replies] if requirements.replies else []
    asked += [_judge_move(requirements.move, requirements, standing, now)] if requirements.move else []
    asked += [_judge_reading(reading, requirements, standing, now) for reading in requirements.readings]
    has_started = any(post.parent_author_id is None and not post.deleted for post in posts)
    return Verdicts(tuple(asked), judged, has_started=has_started)


def _since(post: PostFacts, words: int) -> datetime | None:
    """Since when the post has had this many words without a break; None when it has fewer now."""
    return _held_since(post, lambda version: version.words >= words)


def _held_since(post: PostFacts, holds: Callable[[Version], bool]) -> datetime | None:
    since = None
    for version in post.versions:
        since = (since or version.at) if holds(version) else None
    return since


def _is_late(moment: datetime, due: datetime | None) -> bool:
    return due is not None and moment > due


def _standing(*, met: bool, late: bool, begun: bool, due: datetime | None, now: datetime) -> Standing:
    if met:
        return Standing.MET_LATE if late else Standing.MET
    if _is_late(now, due):
        return Standing.MISSED
    return Standing.PARTLY if begun else Standing.OPEN


def _judge_first_posts(
    asked: Requirements, posts: list[PostFacts], judged: dict[int, PostVerdict], now: datetime
) -> Verdict:
    want = asked.first_post_words
    long_enough = [(since, post.id) for post in posts if (since := _since(post, want)) is not None]
    since, counted_id = min(long_enough, default=(None, 0))
    late = since is not None and _is_late(since, asked.first_post_due)
    for post in posts:
        short, is_it = max(0, want - post.versions[-1].words), post.id == counted_id
        reason = Reason.FIRST_POST if is_it else Reason.TOO_SHORT if short else Reason.BEYOND
        judged[post.id] = PostVerdict(reason, is_it, is_it and late, asked.first_post_due if is_it else None, short)
    best = max(posts, key=lambda post: (post.id == counted_id, post.versions[-1].words, -post.id), default=None)
    return Verdict(
        kind=Kind.FIRST_POST,
        standing=_standing(met=since is not None, late=late, begun=bool(posts), due=asked.first_post_due, now=now),
        have=best.versions[-1].words if best else 0,
        want=want,
        due=asked.first_post_due,
        met_at=since,
        late=late,
        addresses=(best.address,) if best else (),
    )


def _judge_replies(
    asked: Requirements, posts: list[PostFacts], judged: dict[int, PostVerdict], now: datetime
) -> Verdict:
    counted: list[tuple[datetime, PostFacts]] = []
    answered: set[int] = set()
    long_enough = [(since, post.id, post) for post in posts if (since := _since(post, asked.reply_words)) is not None]
    for since, post_id, post in sorted(long_enough, key=lambda entry: entry[:2]):
        if reason := _does_not_count(post, answered):
            judged[post_id] = PostVerdict(reason, counts=False)
        elif len(counted) == asked.replies:
            judged[post_id] = PostVerdict(Reason.BEYOND, counts=False)
        else:
            counted.append((since, post))
            answered.add(post.parent_author_id or 0)
            due, nth = asked.replies_due, len(counted)
            judged[post_id] = PostVerdict(Reason.REPLY, True, _is_late(since, due), due, nth, of=asked.replies)
    for post in posts:
        judged.setdefault(post.id, _too_short(post, asked.reply_words))
    met = len(counted) >= asked.replies
    late = any(_is_late(since, asked.replies_due) for since, _ in counted)
    return Verdict(
        kind=Kind.REPLIES,
        standing=_standing(met=met, late=late, begun=bool(counted), due=asked.replies_due, now=now),
        have=len(counted),
        want=asked.replies,
        due=asked.replies_due,
        met_at=counted[-1][0] if met and counted else None,
        late=late,
        addresses=tuple(post.address for _, post in counted),
        people=tuple(post.parent_author for _, post in counted),
    )


def _does_not_count(post: PostFacts, answered: set[int]) -> Reason | None:
    if post.answers_self:
        return Reason.TO_SELF
    if post.answers_staff:
        return Reason.TO_STAFF
    if post.parent_author_id in answered:
        return Reason.SAME_PERSON
    return None


def _too_short(post: PostFacts, want: int) -> PostVerdict:
    reason = _does_not_count(post, set())
    return PostVerdict(reason or Reason.TOO_SHORT, counts=False, number=0 if reason else want - post.versions[-1].words)


def _judge_reading(reading: AssignedReading, asked: Requirements, posts: list[PostFacts], now: datetime) -> Verdict:
    cites = [(_held_since(post, lambda version: reading.id in version.reading_ids), post) for post in posts]
    return replace(_judge_once(Kind.READING, cites, asked.replies_due or asked.first_post_due, now), reading=reading)


def _judge_move(move: Move, asked: Requirements, posts: list[PostFacts], now: datetime) -> Verdict:
    moves = [post for post in posts if post.move is move and post.parent_author_id and not _does_not_count(post, set())]
    made = [(_since(post, asked.reply_words), post) for post in moves]
    return replace(_judge_once(Kind.MOVE, made, asked.replies_due, now), move=move)


def _judge_once(kind: Kind, posts: _Dated, due: datetime | None, now: datetime) -> Verdict:
    """What one post is enough for."""
    found = sorted((since, post.id, post.address) for since, post in posts if since is not None)
    met_at = found[0][0] if found else None
    late = met_at is not None and _is_late(met_at, due)
    return Verdict(
        kind=kind,
        standing=_standing(met=met_at is not None, late=late, begun=False, due=due, now=now),
        have=int(bool(found)),
        want=1,
        due=due,
        met_at=met_at,
        late=late,
        addresses=tuple(address for _, _, address in found),
    )
