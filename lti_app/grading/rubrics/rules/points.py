"""Arithmetic of points: exact decimals, rounded to hundredths where they must be, halves up."""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def rounded(points: Decimal) -> Decimal:
    """Points with two decimal places, halves rounded up."""
    return points.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def scaled(points: Decimal, *, out_of: Decimal, to: Decimal) -> Decimal:
    """Convert rubric points to points of the gradebook column: two decimal places, halves rounded up; 0 for a
    rubric without points.
    """
    return rounded(points * to / out_of) if out_of else Decimal("0.00")
