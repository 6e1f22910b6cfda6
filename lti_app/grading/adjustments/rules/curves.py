"""Curves: explicit rules that change the grades of many students alike, in points of the gradebook."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Self

from lti_app.grading.rubrics.rules.points import rounded

MAX_VALUE = Decimal(100_000)
BANDS = 10


class CurveInvalid(ValueError):
    """A curve has no number, or one that makes no sense."""


class CurveKind(StrEnum):
    """A rule that curves grades."""

    ADD = "add"
    HIGHEST = "highest"
    """Multiply so that the highest grade becomes full marks."""
    MULTIPLY = "multiply"
    SQUARE_ROOT = "square_root"
    """The square root of the share of the points: 64% becomes 80%."""
    MEAN = "mean"
    """Add the same to all, so that the mean becomes a number."""
    MINIMUM = "minimum"
    """Raise what is less than a number to it."""
    REVIEWS = "reviews"
    """Of one student: what reviews by classmates and the student add by their weights, or take off."""

    @property
    def needs_value(self) -> bool:
        """Whether it needs a number."""
        return self not in (CurveKind.HIGHEST, CurveKind.SQUARE_ROOT, CurveKind.REVIEWS)


@dataclass(frozen=True)
class Curve:
    """A rule with its number, as it is stored with each grade that it changes."""

    kind: CurveKind
    value: Decimal | None
    """The number that was entered; None for a rule without one."""
    by: Decimal | None
    """What it came to for these grades: the points that are added, or the factor."""
    is_capped: bool = True
    """Whether no grade becomes more than full marks by it."""

    def applied(self, points: Decimal, *, possible: Decimal) -> Decimal:
        """A grade after the curve, with two decimal places, never less than 0."""
        curved = rounded(max(Decimal(0), self._applied(points, possible)))
        return min(curved, possible) if self.is_capped else curved

    def _applied(self, points: Decimal, possible: Decimal) -> Decimal:
        by = self.by or Decimal(0)
        if self.kind in (CurveKind.ADD, CurveKind.MEAN, CurveKind.REVIEWS):
            return points + by
        if self.kind in (CurveKind.MULTIPLY, CurveKind.HIGHEST):
            return points * by
        if self.kind is CurveKind.MINIMUM:
            return max(points, by)
        return possible * (points / possible).sqrt() if possible else points

    def to_stored(self) -> dict[str, Any]:
        """The form in which a grade stores it."""
        return {
            "kind": self.kind.value,
            "value": None if self.value is None else str(self.value),
            "by": None if self.by is None else str(self.by),
            "is_capped": self.is_capped,
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """Read what `to_stored` wrote; raises CurveInvalid for anything else."""
        try:
            value, by = (None if stored[key] is None else Decimal(stored[key]) for key in ("value", "by"))
            return cls(CurveKind(stored["kind"]), value, by, is_capped=bool(stored["is_capped"]))
        except (KeyError, TypeError, ValueError, InvalidOperation) as error:
            raise CurveInvalid from error


def fitted(
    kind: CurveKind, value: Decimal | None, grades: Collection[Decimal], *, is_capped: bool, possible: Decimal
) -> Curve:
    """The curve for these grades. Raises CurveInvalid for a number that makes no sense, or if it cannot be fitted."""
    if not kind.needs_value:
        value = None
    elif value is None or abs(value) > MAX_VALUE or (value < 0 and kind is not CurveKind.ADD):
        raise CurveInvalid
    if kind is CurveKind.REVIEWS:  # it is no rule for many
        raise CurveInvalid
    by = value
    if kind is CurveKind.HIGHEST:
        highest = max(grades, default=Decimal(0))
        if not highest:
            raise CurveInvalid
        by = possible / highest
    elif kind is CurveKind.MEAN and value is not None:
        if not grades:
            raise CurveInvalid
        by = value - sum(grades, Decimal(0)) / len(grades)
    return Curve(kind, value, by, is_capped)


@dataclass(frozen=True)
class CurveLine:
    """What a curve changes in a grade, as a line below the rubric total."""

    curve: Curve
    amount: Decimal
    """In points of the gradebook; negative where it lowers the grade."""


@dataclass(frozen=True)
class Distribution:
    """How grades are spread."""

    mean: Decimal
    median: Decimal
    lowest: Decimal
    highest: Decimal
    bands: tuple[int, ...]
    """How many are in each tenth of the possible points; full marks and more are in the last one."""


def distribution(grades: Sequence[Decimal], *, possible: Decimal) -> Distribution | None:
    """How grades are spread; None without any."""
    if not grades:
        return None
    ordered, half = sorted(grades), len(grades) // 2
    middle = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    counts = [0] * BANDS
    for each in ordered:
        counts[min(BANDS - 1, int(each * BANDS / possible)) if possible else 0] += 1
    mean = sum(ordered, Decimal(0)) / len(ordered)
    return Distribution(rounded(mean), rounded(middle), ordered[0], ordered[-1], tuple(counts))
