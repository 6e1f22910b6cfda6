"""What several reviews of one student say together: mean, spread, and which of them are unlike the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from statistics import median

from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, Evidence, RubricView
from lti_app.grading.rubrics.rules.points import HUNDREDTH

FEWEST_TO_COMPARE = 3
"""Of fewer reviews nobody can say which is unlike the others."""
MOST_LEVELS_AWAY = 1
MOST_SHARE_AWAY = Fraction(1, 5)
"""How far a total may be from the median, as a share of the rubric's points."""


def reviewable(rubric: RubricView) -> RubricView:
    """The rubric as reviewers fill it in: without criteria of timeliness, which is counted, and whose dates they do
    not see. A rubric that has no others stays whole.
    """
    judged = tuple(each for each in rubric.criteria if each.evidence is not Evidence.TIMELINESS)
    return replace(rubric, criteria=judged or rubric.criteria)


@dataclass(frozen=True)
class PeerReview:
    """A submitted review, with its marks as the rubric in use has them."""

    id: int
    reviewer_id: int
    author_id: int
    marks: Mapping[int, CriterionMark]
    """By criterion id."""
    share: Fraction
    """Its total as a share of the points of the rubric that it was written by."""
    comment: str = ""
    counts: bool = True
    excluded_reason: str = ""
    is_reported: bool = False
    is_helpful: bool = False
    is_late: bool = False

    @property
    def is_own(self) -> bool:
        """Whether somebody reviewed their own posts."""
        return self.reviewer_id == self.author_id


@dataclass(frozen=True)
class CriterionSpread:
    """What the reviews of one student say about one criterion."""

    criterion: CriterionView
    count: int
    mean: Decimal | None
    low: Decimal | None
    high: Decimal | None
    by_level: tuple[int, ...]
    """How many reviews chose each level, in the order of the criterion's levels."""
    own: Decimal | None
    """What the student thinks."""


@dataclass(frozen=True)
class AuthorSpread:
    """What the reviews of one student say together."""

    reviews: tuple[PeerReview, ...]
    """Those of classmates, counted or not, in the order in which they are given."""
    own: PeerReview | None
    criteria: tuple[CriterionSpread, ...]
    mean: Fraction | None
    """The mean share of the counted reviews of classmates."""
    low: Fraction | None
    high: Fraction | None
    unlike: frozenset[int]
    """The ids of reviews that are unlike the others."""

    @property
    def counted(self) -> tuple[PeerReview, ...]:
        """The reviews of classmates that count."""
        return tuple(review for review in self.reviews if review.counts)


def spread_of(rubric: RubricView, author_id: int, reviews: Iterable[PeerReview]) -> AuthorSpread:
    """The spread of these reviews of one student; those that do not count change nothing in it."""
    received = [review for review in reviews if review.author_id == author_id]
    peers = tuple(review for review in received if not review.is_own)
    own = next((review for review in received if review.is_own), None)
    counted = [review for review in peers if review.counts]
    shares = [review.share for review in counted]
    return AuthorSpread(
        reviews=peers,
        own=own,
        criteria=tuple(_of_criterion(each, counted, own) for each in reviewable(rubric).criteria),
        mean=Fraction(sum(shares), len(shares)) if shares else None,
        low=min(shares, default=None),
        high=max(shares, default=None),
        unlike=unlike_others(rubric, counted),
    )


def _of_criterion(criterion: CriterionView, counted: Sequence[PeerReview], own: PeerReview | None) -> CriterionSpread:
    marks = [mark for review in counted if (mark := review.marks.get(criterion.id)) and mark.points is not None]
    points = [mark.points for mark in marks if mark.points is not None]
    chosen = [mark.level_id for mark in marks]
    self_mark = own.marks.get(criterion.id) if own and own.counts else None
    return CriterionSpread(
        criterion=criterion,
        count=len(points),
        mean=mean_of(points),
        low=min(points, default=None),
        high=max(points, default=None),
        by_level=tuple(chosen.count(level.id) for level in criterion.levels),
        own=self_mark.points if self_mark else None,
    )


def mean_of(points: Sequence[Decimal]) -> Decimal | None:
    """The mean in hundredths, halves up; None of nothing."""
    if not points:
        return None
    return hundredths(Fraction(sum(map(Fraction, points)), len(points)))


def hundredths(exact: Fraction) -> Decimal:
    """An exact number with two decimal places, halves rounded up."""
    doubled = exact * 200 + 1
    return Decimal(doubled.numerator // doubled.denominator // 2) * HUNDREDTH


def unlike_others(rubric: RubricView, counted: Sequence[PeerReview]) -> frozenset[int]:
    """Which of at least three reviews of one student are unlike the others: a level more than one away from the
    median of a criterion, or a total more than a fifth of all points away from the median.
    """
    if len(counted) < FEWEST_TO_COMPARE:
        return frozenset()
    middle = median([review.share for review in counted])
    found = {review.id for review in counted if abs(review.share - middle) > MOST_SHARE_AWAY}
    for criterion in reviewable(rubric).criteria:
        places = {level.id: place for place, level in enumerate(criterion.levels)}
        chosen = {
            review.id: places[level_id]
            for review in counted
            if (mark := review.marks.get(criterion.id)) and (level_id := mark.level_id) in places
        }
        if len(chosen) >= FEWEST_TO_COMPARE:
            usual = median(chosen.values())
            found |= {key for key, place in chosen.items() if abs(place - usual) > MOST_LEVELS_AWAY}
    return frozenset(found)


def deviations(reviews: Iterable[PeerReview]) -> dict[int, Fraction]:
    """By reviewer id, how much more (or less) of all points they give than others give the same students, on average.

    Only where somebody else has reviewed the same student, and of reviews that count.
    """
    counted = [review for review in reviews if review.counts and not review.is_own]
    shares: dict[int, list[Fraction]] = {}
    for review in counted:
        shares.setdefault(review.author_id, []).append(review.share)
    apart: dict[int, list[Fraction]] = {}
    for review in counted:
        of_author = shares[review.author_id]
        if len(of_author) > 1:
            others = Fraction(sum(of_author) - review.share, len(of_author) - 1)
            apart.setdefault(review.reviewer_id, []).append(review.share - others)
    return {reviewer: Fraction(sum(found), len(found)) for reviewer, found in apart.items()}
