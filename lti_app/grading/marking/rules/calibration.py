"""How far graders agree who have marked the same students."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib import import_module
from statistics import mean

from lti_app.grading.rubrics.rules.points import rounded

RELIABLE, TENTATIVE = 0.8, 0.667
"""From where on Krippendorff calls data reliable, and good for tentative conclusions."""
MOST_SAMPLES = 10


class AgreementLevel(StrEnum):
    """What a value of Krippendorff's alpha means in words."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    LOW = "low"
    NO_SPREAD = "no_spread"
    """Every mark is the same: there is nothing that could agree by more than chance."""
    TOO_FEW = "too_few"
    """No student has marks of two graders."""


@dataclass(frozen=True)
class GivenPoints:
    """What one grader gave one student for a criterion, or in total."""

    grader_id: int
    person_id: int
    points: Decimal


@dataclass(frozen=True)
class AgreementView:
    """How far graders agree on a criterion, or on the total."""

    level: AgreementLevel
    alpha: float | None
    widest: Decimal
    """By how many points the highest and the lowest mark of one student differ at most."""


def agreement_of(given: Sequence[GivenPoints]) -> AgreementView:
    """Krippendorff's alpha of points, as values on an interval scale."""
    by_student = _by_student(given)
    compared = {key: marks for key, marks in by_student.items() if len(marks) > 1}
    widest = max((max(marks) - min(marks) for marks in compared.values()), default=Decimal(0))
    if not compared:
        return AgreementView(AgreementLevel.TOO_FEW, None, widest)
    if len({points for marks in compared.values() for points in marks}) == 1:
        return AgreementView(AgreementLevel.NO_SPREAD, None, widest)
    alpha = _alpha([each for each in given if each.person_id in compared])
    level = AgreementLevel.LOW
    if alpha >= TENTATIVE:
        level = AgreementLevel.RELIABLE if alpha >= RELIABLE else AgreementLevel.TENTATIVE
    return AgreementView(level, alpha, widest)


def strictness(given: Sequence[GivenPoints]) -> dict[int, Decimal]:
    """By how many points each grader is on average above (milder) or below (stricter) the mean of all graders, over
    the students with marks of more than one.
    """
    compared = {key: marks for key, marks in _by_student(given).items() if len(marks) > 1}
    apart: dict[int, list[Decimal]] = {}
    for each in given:
        if each.person_id in compared:
            apart.setdefault(each.grader_id, []).append(each.points - mean(compared[each.person_id]))
    return {grader_id: rounded(mean(values)) for grader_id, values in apart.items()}


def _by_student(given: Iterable[GivenPoints]) -> Mapping[int, list[Decimal]]:
    found: dict[int, list[Decimal]] = {}
    for each in given:
        found.setdefault(each.person_id, []).append(each.points)
    return found


def _alpha(given: Iterable[GivenPoints]) -> float:
    # Imported here since it takes 32 MB and half a second, which only the page of results needs.
    task = import_module("nltk.metrics.agreement").AnnotationTask
    data = [(f"{each.grader_id}", f"{each.person_id}", float(each.points)) for each in given]
    return float(task(data=data, distance=_interval).alpha())


def _interval(one: float, other: float) -> float:
    return (one - other) ** 2
