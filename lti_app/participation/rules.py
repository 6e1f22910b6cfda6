"""The rule of participation: one pure evaluator whose answer everything reads.

The sentence in the prompt, the student's checklist, the evidence beside the rubric and any suggested level come from
`Requirements` and `evaluate` alone, so that they can never disagree. What it decides, in words:

- A post counts from the moment it first had enough words and kept them: a placeholder filled in later counts from the
  edit on.
- Deleted posts do not count. Replies to oneself, to staff, or a second reply to the same classmate do not count.
- What is late still counts, and is marked late.
- More than asked for is welcome and changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lti_app.discussions.rules import AssignedReading, Requirements


@dataclass(frozen=True)
class Version:
    """What a post was from a moment on."""

    at: datetime
    words: int
    reading_ids: frozenset[int]


@dataclass(frozen=True)
class PostFacts:
    """All that the rule may know of one post of the student's."""

    id: int
    address: str
    versions: tuple[Version, ...]
    """The oldest first; never empty."""
    parent_author_id: int | None = None
    """Who is answered; None for a first post."""
    parent_author: str = ""
    answers_self: bool = False
    answers_staff: bool = False
    deleted: bool = False


class Kind(StrEnum):
    """What a requirement is about."""

    FIRST_POST = "first_post"
    REPLIES = "replies"
    READING = "reading"


class Standing(StrEnum):
    """How a requirement stands at a moment."""

    MET = "met"
    MET_LATE = "met_late"
    PARTLY = "partly"
    OPEN = "open"
    MISSED = "missed"
    """Its date has passed without it being met; it can still be met late."""


class Reason(StrEnum):
    """Why a post counts or does not."""

    FIRST_POST = "first_post"
    REPLY = "reply"
    TOO_SHORT = "too_short"
    SAME_PERSON = "same_person"
    TO_SELF = "to_self"
    TO_STAFF = "to_staff"
    BEYOND = "beyond"
    """More than asked for."""
    DELETED = "deleted"


@dataclass(frozen=True)
class Verdict:
    """How one requirement stands, with what it was counted from."""

    kind: Kind
    standing: Standing
    have: int
    """Words of the first post, people answered, or 1 when the reading is cited."""
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
    judged = {post.id: PostVerdict(Reason.DELETED, counts=False) for post in posts if post.deleted}
    standing = [post for post in posts if not post.deleted]
    asked: list[Verdict] = []
    first = _judge_first_posts(requirements, [p for p in standing if p.parent_author_id is None], judged, now)
    replies = _judge_replies(requirements, [p for p in standing if p.parent_author_id is not None], judged, now)
    if requirements.first_post_words or requirements.first_post_due:
        asked.append(first)
    if requirements.replies:
        asked.append(replies)
    asked += [_judge_reading(reading, requirements, standing, now) for reading in requirements.readings]
    return Verdicts(tuple(asked), judged, has_started=any(post.parent_author_id is None for post in standing))


def _since(post: PostFacts, words: int) -> datetime | None:
    """Since when the post has had this many words without a break; None when it has fewer now."""
    since = None
    for version in post.versions:
        since = (since or version.at) if version.words >= words else None
    return since


def _cited_since(post: PostFacts, reading_id: int) -> datetime | None:
    since = None
    for version in post.versions:
        since = (since or version.at) if reading_id in version.reading_ids else None
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
        short = want - post.versions[-1].words
        if post.id == counted_id:
            judged[post.id] = PostVerdict(Reason.FIRST_POST, counts=True, late=late)
        elif short > 0:
            judged[post.id] = PostVerdict(Reason.TOO_SHORT, counts=False, number=short)
        else:
            judged[post.id] = PostVerdict(Reason.BEYOND, counts=False)
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
            late = _is_late(since, asked.replies_due)
            judged[post_id] = PostVerdict(Reason.REPLY, counts=True, late=late, number=len(counted), of=asked.replies)
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
    if reason := _does_not_count(post, set()):
        return PostVerdict(reason, counts=False)
    return PostVerdict(Reason.TOO_SHORT, counts=False, number=want - post.versions[-1].words)


def _judge_reading(reading: AssignedReading, asked: Requirements, posts: list[PostFacts], now: datetime) -> Verdict:
    due = asked.replies_due or asked.first_post_due
    citing = sorted(
        (since, post.id, post.address) for post in posts if (since := _cited_since(post, reading.id)) is not None
    )
    met_at = citing[0][0] if citing else None
    late = met_at is not None and _is_late(met_at, due)
    return Verdict(
        kind=Kind.READING,
        standing=_standing(met=met_at is not None, late=late, begun=False, due=due, now=now),
        have=int(bool(citing)),
        want=1,
        due=due,
        met_at=met_at,
        late=late,
        addresses=tuple(address for _, _, address in citing),
        reading=reading,
    )
