"""Marks as one grader gave them, whatever becomes of the rubric, and what two of them come to."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lti_app.grading.graders.rules.blind import Agreement
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, RubricView
from lti_app.grading.rubrics.rules.points import rounded

Marks = Mapping[int, CriterionMark]
"""By criterion id."""


def stored(rubric: RubricView, marks: Marks) -> dict[str, Any]:
    """Marks by keys that are the same in every version of the rubric, with exact points as text."""
    return {
        str(criterion.key): {
            "level": level.key if (level := criterion.level(mark.level_id)) else None,
            "points": None if mark.points is None else str(mark.points),
            "comment": mark.comment,
        }
        for criterion in rubric.criteria
        if (mark := marks.get(criterion.id)) and not mark.is_empty
    }


def restored(rubric: RubricView, given: Mapping[str, Any]) -> dict[int, CriterionMark]:
    """The same marks by this version of the rubric: a level that is gone takes its mark along."""
    found = {each.id: _restored(each, given[str(each.key)]) for each in rubric.criteria if str(each.key) in given}
    return {key: mark for key, mark in found.items() if not mark.is_empty}


def _restored(criterion: CriterionView, given: Mapping[str, Any]) -> CriterionMark:
    level = next((each for each in criterion.levels if each.key == given["level"]), None)
    points = None if given["points"] is None else Decimal(given["points"])
    return criterion.settled(CriterionMark(level.id if level else None, points, given["comment"]))


def with_points(marks: Marks) -> list[int]:
    """The criteria that are marked, and not only commented on."""
    return [key for key, mark in marks.items() if mark.points is not None]


def difference(criterion: CriterionView, first: Marks, second: Marks) -> Decimal | None:
    """How many more points the second marking gives for a criterion; None where one of them has none."""
    before, after = (marks.get(criterion.id, CriterionMark()).points for marks in (first, second))
    return None if before is None or after is None else after - before


def is_within(rubric: RubricView, first: Marks, second: Marks, tolerance: Decimal) -> bool:
    """Whether neither the total nor any criterion differs by more than the tolerance; never if one is incomplete."""
    if not all(rubric.is_complete(with_points(marks)) for marks in (first, second)):
        return False
    apart = [each for criterion in rubric.criteria if (each := difference(criterion, first, second)) is not None]
    return all(abs(each) <= tolerance for each in [*apart, rubric.total(first) - rubric.total(second)])


def agreed(
    rubric: RubricView, first: Marks, second: Marks, *, agreement: Agreement, tolerance: Decimal
) -> dict[int, CriterionMark] | None:
    """The marks that two markings come to without a person; None where somebody has to decide.

    An average is exact to hundredths. A criterion with levels of fixed points has an average only if a level has these
    points, since no grade may have points that the rubric does not.
    """
    if agreement is Agreement.PERSON or not is_within(rubric, first, second, tolerance):
        return None
    if agreement is Agreement.FIRST:
        return dict(first)
    means = {each.id: _mean(each, first, second) for each in rubric.criteria if each.id in {*first, *second}}
    found = {key: mark for key, mark in means.items() if mark is not None}
    return found if len(found) == len(means) else None


def _mean(criterion: CriterionView, first: Marks, second: Marks) -> CriterionMark | None:
    one, other = (marks.get(criterion.id, CriterionMark()) for marks in (first, second))
    comment = joined(one.comment, other.comment)
    if one.points is None or other.points is None:
        # Feedback that one of them left out, or a comment alone.
        given = other if one.points is None else one
        return CriterionMark(given.level_id, given.points, comment)
    points = rounded((one.points + other.points) / 2)
    if criterion.uses_range:
        return criterion.settled(CriterionMark(points=points, comment=comment))
    level = next((each for each in criterion.levels if each.points == points), None)
    return CriterionMark(level.id, level.points, comment) if level else None


def joined(one: str, other: str) -> str:
    """Two comments as one; the same words once."""
    return one if one == other else "\n\n".join(each for each in (one, other) if each)
