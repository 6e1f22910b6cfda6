"""How the grades of each grader are distributed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median, pstdev

from lti_app.grading.rubrics.rules.criteria import CriterionView
from lti_app.grading.rubrics.rules.points import rounded

BARS = 5
"""The bars of a distribution: fifths of the points that can be reached."""
FEW, FAR = 5, Decimal("0.1")
"""A grader with at least so many grades stands out whose mean is further than this share of all points from the mean of
the grades of all others, who have as many."""


@dataclass(frozen=True)
class GivenGrade:
    """A grade with the levels that it was made of."""

    grader_id: int
    total: Decimal
    levels: Mapping[int, int]
    """The key of the level by the key of the criterion."""


@dataclass(frozen=True)
class LevelShare:
    """How many grades of a grader have a level, of those with any level of the criterion."""

    label: str
    points: Decimal
    count: int
    percent: int


@dataclass(frozen=True)
class Distribution:
    """The grades of one grader."""

    grader_id: int
    number: int
    mean: Decimal
    median: Decimal
    spread: Decimal
    """The standard deviation."""
    bars: tuple[int, ...]
    """How many grades are in each fifth of the points, the lowest first."""
    shares: tuple[tuple[str, tuple[LevelShare, ...]], ...]
    """By the title of the criterion, the best level first."""
    apart: Decimal | None
    """By how many points the mean is above or below that of all others, where it stands out; None elsewhere."""


def distributions(
    given: Sequence[GivenGrade], criteria: Sequence[CriterionView], maximum: Decimal
) -> list[Distribution]:
    """The distribution of each grader's grades, in the order in which graders are found."""
    graders = list(dict.fromkeys(each.grader_id for each in given))
    return [_distribution(grader_id, given, criteria, maximum) for grader_id in graders]


def _distribution(
    grader_id: int, given: Sequence[GivenGrade], criteria: Sequence[CriterionView], maximum: Decimal
) -> Distribution:
    own = [each for each in given if each.grader_id == grader_id]
    others = [each.total for each in given if each.grader_id != grader_id]
    totals = [each.total for each in own]
    counts = Counter(_bar(total, maximum) for total in totals)
    return Distribution(
        grader_id=grader_id,
        number=len(own),
        mean=rounded(mean(totals)),
        median=rounded(median(totals)),
        spread=rounded(pstdev(totals)),
        bars=tuple(counts[bar] for bar in range(BARS)),
        shares=tuple((each.title, _shares(each, own)) for each in criteria),
        apart=_apart(totals, others, maximum),
    )


def _bar(total: Decimal, maximum: Decimal) -> int:
    return min(BARS - 1, int(total * BARS / maximum)) if maximum else 0


def _shares(criterion: CriterionView, own: Sequence[GivenGrade]) -> tuple[LevelShare, ...]:
    counts = Counter(each.levels[criterion.key] for each in own if criterion.key in each.levels)
    all_of = sum(counts.values())
    return tuple(
        LevelShare(level.label, level.points, counts[level.key], round(100 * counts[level.key] / all_of))
        for level in criterion.levels
        if all_of
    )


def _apart(totals: Sequence[Decimal], others: Sequence[Decimal], maximum: Decimal) -> Decimal | None:
    if min(len(totals), len(others)) < FEW:
        return None
    apart = rounded(mean(totals) - mean(others))
    return apart if abs(apart) > FAR * maximum else None
