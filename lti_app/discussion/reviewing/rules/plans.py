"""How the students of a discussion review one another: what an instructor sets, and the dates that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lti_app.discussion.discussions.rules import EXTENDABLE, Calendar, Structure

MAX_REVIEWS = 5
"""Of classmates, by one student."""
HUNDRED = Decimal(100)


class Pairing(StrEnum):
    """Who may review whom."""

    ANYONE = "anyone"
    SAME_GROUP = "same_group"
    OTHER_GROUPS = "other_groups"


class ReviewNames(StrEnum):
    """Who sees whose name in peer reviews."""

    SHOWN = "shown"
    REVIEWER_HIDDEN = "reviewer_hidden"
    """Authors do not see who reviewed them."""
    AUTHOR_HIDDEN = "author_hidden"
    """Reviewers do not see whose posts they review."""
    BOTH_HIDDEN = "both_hidden"


@dataclass(frozen=True)
class ReviewWeights:
    """What a grade is suggested from, in percent; the three add up to a hundred."""

    instructor: Decimal = HUNDRED
    peers: Decimal = Decimal(0)
    own: Decimal = Decimal(0)

    @property
    def is_sound(self) -> bool:
        """Whether none is less than zero, and they add up to a hundred."""
        parts = (self.instructor, self.peers, self.own)
        return all(part >= 0 for part in parts) and sum(parts) == HUNDRED


@dataclass(frozen=True)
class ReviewPlan:
    """How many reviews each student writes of whose posts, until when, and what they are for."""

    peers: int = 0
    """How many classmates each student reviews; 0 for none."""
    self_review: bool = False
    due: datetime | None = None
    pairing: Pairing = Pairing.ANYONE
    names: ReviewNames = ReviewNames.BOTH_HIDDEN
    posted_first: bool = True
    """Whether only students with a first post of their own review others."""
    automatic: bool = True
    """Whether reviews are assigned without an instructor once first posts are due."""
    weights: ReviewWeights = ReviewWeights()
    seed: str = ""
    """What the order of assigning depends on, so that it can be repeated and not be guessed."""
    version: int = 0
    """Counts changes, so that an instructor does not overwrite the change of another unknowingly."""

    @property
    def is_on(self) -> bool:
        """Whether anybody reviews anything."""
        return self.peers > 0 or self.self_review

    @property
    def hides_reviewer(self) -> bool:
        """Whether authors do not see who reviewed them."""
        return self.names in (ReviewNames.REVIEWER_HIDDEN, ReviewNames.BOTH_HIDDEN)

    @property
    def hides_author(self) -> bool:
        """Whether reviewers do not see whose posts they review."""
        return self.names in (ReviewNames.AUTHOR_HIDDEN, ReviewNames.BOTH_HIDDEN)

    def to_stored(self) -> dict[str, Any]:
        """The form in which a discussion stores it."""
        weights = {each.name: str(getattr(self.weights, each.name)) for each in fields(ReviewWeights)}
        own = {each.name: getattr(self, each.name) for each in fields(ReviewPlan)}
        return {**own, "due": self.due.isoformat() if self.due else None, "weights": weights}


NO_REVIEWS = ReviewPlan()


@dataclass(frozen=True)
class ReviewTerms:
    """What one student owes: so many reviews, until then."""

    peers: int
    own: bool
    """Whether they also review their own posts."""
    due: datetime

    @property
    def count(self) -> int:
        """How many reviews that are."""
        return self.peers + self.own


def plan_from_stored(stored: Mapping[str, Any] | None) -> ReviewPlan:
    """Read what `to_stored` wrote; NO_REVIEWS for a discussion that has never had reviews."""
    if not stored:
        return NO_REVIEWS
    known = {each.name for each in fields(ReviewPlan)}
    values = {name: value for name, value in stored.items() if name in known}
    weights = {name: Decimal(value) for name, value in values.pop("weights").items()}
    return replace(
        ReviewPlan(**values),
        due=datetime.fromisoformat(values["due"]) if values["due"] else None,
        pairing=Pairing(values["pairing"]),
        names=ReviewNames(values["names"]),
        weights=ReviewWeights(**weights),
    )


def pairing_in(plan: ReviewPlan, structure: Structure) -> Pairing:
    """Who may review whom here: with separate groups nobody can read what other groups write."""
    return Pairing.SAME_GROUP if structure is Structure.GROUPS else plan.pairing


def due_for(plan: ReviewPlan, of_class: Calendar, own: Calendar) -> datetime | None:
    """Until when a student with these dates writes reviews: an extension moves the date by as much as it moved the
    student's other dates.
    """
    moved = [
        later - date
        for name in EXTENDABLE
        if (date := getattr(of_class, name)) is not None and (later := getattr(own, name)) is not None
    ]
    return plan.due + max(moved, default=timedelta()) if plan.due else None


def terms_for(plan: ReviewPlan, of_class: Calendar, own: Calendar) -> ReviewTerms | None:
    """What a student with these dates owes; None where nobody reviews anything."""
    due = due_for(plan, of_class, own)
    return ReviewTerms(plan.peers, plan.self_review, due) if plan.is_on and due else None


def is_due_to_assign(plan: ReviewPlan, of_class: Calendar, now: datetime) -> bool:
    """Whether reviews are assigned now without an instructor: the first posts have been due."""
    first = of_class.first_post_due
    return plan.is_on and plan.automatic and first is not None and now > first
