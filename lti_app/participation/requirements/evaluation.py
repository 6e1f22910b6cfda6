"""The evaluation of participation: one pure function for everything that shows it.

The sentence below the prompt, the student's checklist, the evidence beside the rubric and the suggested levels all come
from `Requirements` and `evaluate`, so they never disagree. For every kind of requirement:

- Posts do not count while they are deleted, hidden, held or private; once shown, they count from when they were
  written.
- Late posts count, and are marked late.
- What is optional is shown, and does not decide whether everything is complete.
- More than required does not change the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from zoneinfo import ZoneInfo

from lti_app.core.wording import Phrase
from lti_app.participation.requirements.base import (
    MET,
    PENDING,
    Asked,
    Case,
    Requirement,
    Standing,
    Verdict,
    excused,
)
from lti_app.participation.requirements.early import NO_CLOCK, EarlyRule, ReplyClock
from lti_app.participation.requirements.facts import DELETED, NO_ACTIVITY, ActivityFacts, Need, PostFacts, PostVerdict
from lti_app.participation.requirements.points import NO_USE, PointsUse

_DONE = MET | {Standing.EXCUSED}


@dataclass(frozen=True)
class Requirements:
    """The requirements of a discussion, with the dates of one student.

    Only words of the post's own text count, not quoted lines and citations.
    """

    parts: tuple[Requirement, ...]
    """One of each kind, in the order of the registry; some require nothing."""
    early: EarlyRule = field(default_factory=EarlyRule)
    """The protection of students who post early."""
    use: PointsUse = NO_USE
    """What their points are for."""
    version: int = 0
    """The version of the rule, which changes with every change; 0 before the first version was recorded."""

    @cached_property
    def asked(self) -> tuple[Requirement, ...]:
        """The requirements that require something."""
        return tuple(part for part in self.parts if part.is_asked)

    def __hash__(self) -> int:
        """Counted once: it goes through all terms of all requirements."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.parts, self.early, self.use, self.version))

    @cached_property
    def judging(self) -> tuple[tuple[Requirement, bool], ...]:
        """The requirements that judge anything, each with whether it requires something."""
        return tuple((part, part.is_asked) for part in self.parts if part.is_asked or part.judges_posts)

    @cached_property
    def of_first_post(self) -> Asked:
        """What they demand of a first post together."""
        return _together([part.of_first_post for part in self.parts])

    @cached_property
    def of_reply(self) -> Asked:
        """What they demand of a reply together."""
        return _together([part.of_reply for part in self.parts])

    @cached_property
    def needs(self) -> frozenset[Need]:
        """The facts that they need besides posts."""
        needed = frozenset(need for part in self.asked for need in part.needs)
        return needed | {Need.FIRST_POSTS} if self.early.is_on else needed

    @cached_property
    def points(self) -> Decimal:
        """The points of all that is required."""
        return sum((part.own.points for part in self.asked if not part.own.is_optional), Decimal(0))

    @property
    def calls(self) -> dict[str, Phrase]:
        """The choices that are required in a composer, by name."""
        return {name: call for part in self.parts for name, call in part.calls.items()}


@dataclass(frozen=True)
class Verdicts:
    """The result of an evaluation."""

    requirements: tuple[Verdict, ...]
    posts: dict[int, PostVerdict] = field(default_factory=dict)
    has_started: bool = False
    """Whether there is a first post of any length that is not deleted; it opens the post-first gate."""

    version: int = 0
    """The version of the rule that made it."""
    use: PointsUse = NO_USE
    """What the points are for."""

    @cached_property
    def required(self) -> tuple[Verdict, ...]:
        """The verdicts on what is not optional."""
        return tuple([verdict for verdict in self.requirements if not verdict.requirement.own.is_optional])

    @cached_property
    def owed(self) -> tuple[Verdict, ...]:
        """The verdicts on what is required and still to be done."""
        return tuple([verdict for verdict in self.required if not (verdict.is_met or verdict.is_excused)])

    @cached_property
    def met_count(self) -> int:
        """How many requirements are met, optional ones too."""
        return sum(verdict.is_met for verdict in self.requirements)

    @cached_property
    def standings(self) -> frozenset[Standing]:
        """The states of what is not optional."""
        return frozenset([verdict.standing for verdict in self.required])

    @cached_property
    def all_met(self) -> bool:
        """Whether all that is required is met, on time or late, or excused."""
        return self.standings <= _DONE

    @cached_property
    def any_pending(self) -> bool:
        """Whether something that is required is not met and can still be met on time."""
        return not self.standings.isdisjoint(PENDING)

    @cached_property
    def any_missed(self) -> bool:
        """Whether something that is required is not met, and its date has passed."""
        return Standing.MISSED in self.standings

    def missed_before(self, moment: datetime | None) -> bool:
        """Whether something that is required and missed was due before a moment, such as when the student joined."""
        return moment is not None and any(each.is_missed and each.due and each.due < moment for each in self.required)

    @cached_property
    def any_late(self) -> bool:
        """Whether anything that is required was done late."""
        return any(verdict.late for verdict in self.required)

    @property
    def any_excused(self) -> bool:
        """Whether something that is required is excused."""
        return Standing.EXCUSED in self.standings

    @property
    def completed_at(self) -> datetime | None:
        """When the last of what is required was met; None if something is neither met nor excused, or if nothing is
        required.
        """
        moments = [verdict.met_at for verdict in self.required if not verdict.is_excused]
        return max((m for m in moments if m), default=None) if all(moments) else None

    @property
    def points_of_all(self) -> Decimal:
        """The points of all that is required, excused or not."""
        return self._tally[0]

    @property
    def points_possible(self) -> Decimal:
        """The points of all that is required, except for what is excused."""
        return self._tally[1]

    @property
    def points(self) -> Decimal:
        """The points so far. Those of optional requirements make up for others, up to the points that are possible."""
        return min(self._tally[2], self.points_possible)

    @cached_property
    def _tally(self) -> tuple[Decimal, Decimal, Decimal]:
        """The points of all that is required, of what of it is not excused, and all that were earned.

        A requirement may have several verdicts, one for each reading; its points are those of all together.
        """
        of_all = possible = earned = Decimal(0)
        if not any(verdict.requirement.own.points for verdict in self.requirements):
            return of_all, possible, earned
        for _kind, group in groupby(self.requirements, key=lambda verdict: verdict.kind):
            verdicts = tuple(group)
            own = verdicts[0].requirement.own
            if not own.points:
                continue
            is_excused = all(verdict.is_excused for verdict in verdicts)
            if not own.is_optional:
                of_all += own.points
                possible += 0 if is_excused else own.points
            if not is_excused:
                earned += sum((verdict.points for verdict in verdicts), Decimal(0)) / len(verdicts)
        return of_all, possible, earned

    @property
    def is_waiting(self) -> bool:
        """Whether any verdict says how few had posted at the moment of the evaluation."""
        return any(verdict.is_waiting for verdict in self.requirements)

    def as_of(self, now: datetime) -> "Verdicts":
        """The same result at a moment at which nothing else is decided."""
        return replace(self, requirements=tuple([verdict.as_of(now) for verdict in self.requirements]))

    def of(self, requirement: Requirement) -> tuple[Verdict, ...]:
        """The verdicts of one requirement."""
        return tuple(verdict for verdict in self.requirements if verdict.requirement is requirement)


def evaluate(
    requirements: Requirements,
    posts: Sequence[PostFacts],
    now: datetime,
    zone: ZoneInfo,
    *,
    activity: ActivityFacts = NO_ACTIVITY,
) -> Verdicts:
    """Compare one student's posts with the requirements of a discussion, at the moment `now`.

    `zone` is the time zone of the course, in which days begin and end for everybody. `activity` has what
    `requirements.needs` names.
    """
    aside = {post.id: DELETED if post.deleted else post.aside for post in posts}
    judged = {post_id: PostVerdict(reason, counts=False) for post_id, reason in aside.items() if reason}
    counting = tuple(post for post in posts if not aside[post.id])
    clock = _clock(requirements, counting, activity, now)
    case = Case(
        posts=counting,
        first_post_words=requirements.of_first_post.words,
        reply_words=requirements.of_reply.words,
        now=now,
        zone=zone,
        activity=activity,
        clock=clock,
        own_threads=frozenset(post.id for post in posts),
    )
    verdicts: list[Verdict] = []
    for part, is_asked in requirements.judging:
        judgment = part.judge(case)
        if is_asked:
            own = judgment.verdicts
            verdicts += own if clock.proof is None else [excused(each, clock, now) for each in own]
        judged.update(judgment.posts)
    has_started = any(not post.is_reply and not post.deleted for post in posts)
    return Verdicts(
        tuple(verdicts), judged, has_started=has_started, version=requirements.version, use=requirements.use
    )


def _together(asked: Sequence[Asked]) -> Asked:
    words = max((each.words for each in asked), default=0)
    return Asked(words, next((each.due for each in asked if each.due), None))


def _clock(
    requirements: Requirements, posts: Sequence[PostFacts], activity: ActivityFacts, now: datetime
) -> ReplyClock:
    """What posting early changes for the author of these posts."""
    if not requirements.early.is_on or not requirements.parts:
        return NO_CLOCK
    words = requirements.of_first_post.words
    done = [
        (since, post.id, post.of_group)
        for post in posts
        if not post.is_reply and (since := post.long_enough_since(words)) is not None
    ]
    posted_at, _, own_group = min(done, default=(None, 0, None), key=lambda each: each[:2])
    others = (
        each
        for each in activity.first_posts
        if each.author_id != activity.person_id and (own_group is None or each.of_group in (own_group, None))
    )
    return requirements.early.clock(posted_at, others, requirements.parts[0].terms.calendar, now)
