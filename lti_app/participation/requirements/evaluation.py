"""The evaluation of participation: one pure function for everything that shows it.

The sentence below the prompt, the student's checklist, the evidence beside the rubric and the suggested levels all come
from `Requirements` and `evaluate`, so they never disagree. For every kind of requirement:

- Posts do not count while they are deleted, hidden, held or private; once shown, they count from when they were
  written.
- Late posts count, and are marked late.
- More than required does not change the result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from lti_app.core.wording import Phrase
from lti_app.participation.requirements.base import Asked, Case, Requirement, Verdict
from lti_app.participation.requirements.facts import DELETED, PostFacts, PostVerdict


@dataclass(frozen=True)
class Requirements:
    """The requirements of a discussion, with the dates of one student.

    Only words of the post's own text count, not quoted lines and citations.
    """

    parts: tuple[Requirement, ...]
    """One of each kind, in the order of the registry; some require nothing."""

    @cached_property
    def asked(self) -> tuple[Requirement, ...]:
        """The requirements that require something."""
        return tuple(part for part in self.parts if part.is_asked)

    @cached_property
    def of_first_post(self) -> Asked:
        """What they demand of a first post together."""
        return _together([part.of_first_post for part in self.parts])

    @cached_property
    def of_reply(self) -> Asked:
        """What they demand of a reply together."""
        return _together([part.of_reply for part in self.parts])

    @cached_property
    def counts_reviews(self) -> bool:
        """Whether any of them needs to know of the student's reviews."""
        return any(part.counts_reviews for part in self.asked)

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

    @property
    def all_met(self) -> bool:
        """Whether all requirements are met, on time or late."""
        return all(verdict.is_met for verdict in self.requirements)

    @property
    def any_pending(self) -> bool:
        """Whether a requirement is not met and can still be met on time."""
        return any(verdict.is_pending for verdict in self.requirements)

    @property
    def any_late(self) -> bool:
        """Whether anything that counts was late."""
        return any(verdict.late for verdict in self.requirements)

    @property
    def completed_at(self) -> datetime | None:
        """When the last requirement was met; None if one is not met, or if there are none."""
        moments = [verdict.met_at for verdict in self.requirements]
        return max((m for m in moments if m), default=None) if all(moments) else None

    def of(self, requirement: Requirement) -> tuple[Verdict, ...]:
        """The verdicts of one requirement."""
        return tuple(verdict for verdict in self.requirements if verdict.requirement is requirement)


def evaluate(
    requirements: Requirements,
    posts: Sequence[PostFacts],
    now: datetime,
    zone: ZoneInfo,
    *,
    reviews: Sequence[datetime | None] = (),
) -> Verdicts:
    """Compare one student's posts with the requirements of a discussion, at the moment `now`.

    `zone` is the time zone of the course, in which days begin and end for everybody. `reviews` are the moments when
    the reviews that are assigned to the student were submitted.
    """
    aside = {post.id: DELETED if post.deleted else post.aside for post in posts}
    judged = {post_id: PostVerdict(reason, counts=False) for post_id, reason in aside.items() if reason}
    case = Case(
        posts=tuple(post for post in posts if not aside[post.id]),
        first_post_words=requirements.of_first_post.words,
        reply_words=requirements.of_reply.words,
        now=now,
        zone=zone,
        reviews=tuple(reviews),
    )
    verdicts: list[Verdict] = []
    for part in requirements.parts:
        if part.is_asked or part.judges_posts:
            judgment = part.judge(case)
            verdicts += judgment.verdicts if part.is_asked else ()
            judged.update(judgment.posts)
    has_started = any(not post.is_reply and not post.deleted for post in posts)
    return Verdicts(tuple(verdicts), judged, has_started=has_started)


def _together(asked: Sequence[Asked]) -> Asked:
    words = max((each.words for each in asked), default=0)
    return Asked(words, next((each.due for each in asked if each.due), None))
