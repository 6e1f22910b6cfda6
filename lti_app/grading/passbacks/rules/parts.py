"""A grade in parts, where the gradebook has separate columns for them: how points are divided among the parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any

from lti_app.grading.passbacks.rules.states import Shown

HUNDREDTH = Decimal("0.01")
POINTS_PART = "points"
"""The key of the only part of a score of points: its column is made, found and named as those of parts of a grade."""


class GradeColumns(StrEnum):
    """Which columns of the gradebook the grade of a discussion goes to."""

    ONE = "one"
    """One column with the whole grade."""
    STAGES = "stages"
    """One for the first post and one for the replies."""
    CRITERIA = "criteria"
    """One for each criterion that counts."""


@dataclass(frozen=True)
class Share:
    """What a part has of the whole grade, in points of the rubric."""

    key: str
    """The same for a part in every version of a rubric."""
    label: str
    points: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class GradePart:
    """The part of a grade that one column gets, in points of the gradebook."""

    key: str
    label: str
    """What the column is about; its name follows that of the discussion."""
    given: Decimal
    possible: Decimal


@dataclass(frozen=True)
class ColumnPlan:
    """Which columns the grade of a discussion goes to."""

    columns: GradeColumns = GradeColumns.ONE
    reply_criteria: frozenset[int] = frozenset()
    """The keys of the criteria whose points go to the column of the replies, where the stages have columns."""
    names: tuple[str, str] = ("", "")
    """What the columns of the first post and of the replies are called."""


def divide(given: Decimal, possible: Decimal, shares: Sequence[Share]) -> tuple[GradePart, ...]:
    """Divide a grade among its parts, in hundredths that come to the whole grade exactly.

    The maximum is divided as the maxima of the shares are. Each part has what its marks are worth of its maximum. Where
    the grade as a whole is lower than that, all parts are lowered by the same factor; where it is higher, what is left
    open in each part is filled by the same factor, so that no part gets more than its maximum unless the whole does.
    Shares without a maximum are left out.
    """
    parts = [share for share in shares if share.maximum > 0]
    if not parts:
        return ()
    maxima = _in_hundredths([share.maximum for share in parts], possible)
    worth = [most * share.points / share.maximum for most, share in zip(maxima, parts, strict=True)]
    return tuple(
        GradePart(share.key, share.label, points, most)
        for share, points, most in zip(
            parts, _in_hundredths(_changed(worth, maxima, given), given), maxima, strict=True
        )
    )


def _changed(worth: Sequence[Decimal], maxima: Sequence[Decimal], given: Decimal) -> list[Decimal]:
    """What the parts are worth, changed so that they come to the grade given."""
    before, most = sum(worth, Decimal(0)), sum(maxima, Decimal(0))
    if given <= before:
        return [each * given / before if before else Decimal(0) for each in worth]
    if given >= most:
        return [each * given / most if most else Decimal(0) for each in maxima]
    filled = (given - before) / (most - before)
    return [each + (room - each) * filled for each, room in zip(worth, maxima, strict=True)]


def _in_hundredths(weights: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """The total in proportion to the weights: what rounding down leaves goes to those that lost most by it."""
    whole = sum(weights, Decimal(0))
    if not whole:
        return [Decimal("0.00") for _weight in weights]
    exact = [total * weight / whole for weight in weights]
    parts = [each.quantize(HUNDREDTH, rounding=ROUND_FLOOR) for each in exact]
    left = int((total - sum(parts, Decimal(0))) / HUNDREDTH)
    by_loss = sorted(range(len(parts)), key=lambda n: exact[n] - parts[n], reverse=True)
    for n in by_loss[:left]:
        parts[n] += HUNDREDTH
    return parts


def shown_within(parts: Sequence[GradePart], part: str, whole: Shown) -> Shown:
    """What the column of this part gets: with an empty `part`, or one that the grade does not have, the whole."""
    return next((Shown(each.given, each.possible) for each in parts if each.key == part), whole)


def union_of(grades: Iterable[Sequence[GradePart]]) -> tuple[GradePart, ...]:
    """The parts that any of these grades has, each once: which columns there are."""
    return tuple({part.key: part for parts in grades for part in parts}.values())


def stored_parts(parts: Sequence[GradePart]) -> list[Any] | None:
    """The parts in the form in which they are stored; None where there is one column for the whole grade."""
    return [[each.key, each.label, str(each.given), str(each.possible)] for each in parts] or None


def read_parts(stored: list[Any] | None) -> tuple[GradePart, ...]:
    """The parts as they were stored; none where there is one column for the whole grade."""
    return tuple(GradePart(each[0], each[1], Decimal(each[2]), Decimal(each[3])) for each in stored or ())
