"""A total from what the instructor, classmates and the student think, by the weights of the discussion."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from lti_app.discussion.reviewing.rules.plans import ReviewWeights
from lti_app.grading.reviews.rules.spread import AuthorSpread, hundredths


class Voice(StrEnum):
    """Who says how good the work is."""

    INSTRUCTOR = "instructor"
    PEERS = "peers"
    OWN = "own"


@dataclass(frozen=True)
class WeightedPart:
    """One of the parts of a weighted total."""

    voice: Voice
    percent: Decimal
    """As the discussion sets it."""
    points: Decimal | None
    """In points of the rubric, rounded for reading; None where it is missing, and the others count for more."""


@dataclass(frozen=True)
class WeightedTotal:
    """What the weights come to for one student."""

    parts: tuple[WeightedPart, ...]
    """Those with a weight."""
    total: Decimal
    """In points of the rubric, rounded once, at the end."""

    @property
    def is_reweighted(self) -> bool:
        """Whether a part is missing, so that the others count for more."""
        return any(part.points is None for part in self.parts)


def weighted_total(
    weights: ReviewWeights, *, instructor: Fraction | None, spread: AuthorSpread, maximum: Decimal
) -> WeightedTotal | None:
    """The weighted sum of the shares that each gives, in points of a rubric with this maximum.

    What is missing is left out, and the weights of the rest are scaled to a hundred. None where only the instructor's
    word counts, and where there is nothing to weigh.
    """
    own = spread.own.share if spread.own and spread.own.counts else None
    shares = {Voice.INSTRUCTOR: instructor, Voice.PEERS: spread.mean, Voice.OWN: own}
    percents = {Voice.INSTRUCTOR: weights.instructor, Voice.PEERS: weights.peers, Voice.OWN: weights.own}
    weighing = [voice for voice in Voice if percents[voice]]
    present = {voice: share for voice in weighing if (share := shares[voice]) is not None}
    if weighing in ([], [Voice.INSTRUCTOR]) or not present:
        return None
    points = Fraction(maximum)
    whole = sum((Fraction(percents[voice]) for voice in present), Fraction(0))
    total = sum((Fraction(percents[voice]) * share for voice, share in present.items()), Fraction(0)) / whole
    parts = tuple(
        WeightedPart(voice, percents[voice], hundredths(present[voice] * points) if voice in present else None)
        for voice in weighing
    )
    return WeightedTotal(parts, hundredths(total * points))
