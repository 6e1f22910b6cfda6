"""What makes a rubric valid, and what is wrong with one that is not, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lti_app.core.wording import Phrase, marked, phrase
from lti_app.grading.rubrics.rules.criteria import Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan

MAX_TITLE = 255
"""Characters of the title of a rubric or a criterion, and of the name of a level."""
MAX_DESCRIPTION = 2000
"""Characters of the description of a criterion or a level."""
MAX_CRITERIA = 20
MAX_LEVELS = 10
MAX_POINTS = Decimal(1000)
MAX_WEIGHT = Decimal(100)
UNREADABLE = Decimal(-1)
"""Stands for a number that cannot be read; it is refused like one that is too small."""


class RubricField(StrEnum):
    """A part of a rubric that can be wrong."""

    TITLE = "title"
    DESCRIPTION = "description"
    NAME = "name"
    POINTS = "points"
    WEIGHT = "weight"
    COMPLETE_FROM = "complete_from"
    CRITERIA = "criteria"
    LEVELS = "levels"


LABELS = {
    RubricField.TITLE: marked("Title"),
    RubricField.DESCRIPTION: marked("Description"),
    RubricField.NAME: marked("Name"),
    RubricField.POINTS: marked("Points"),
    RubricField.WEIGHT: marked("Weight"),
    RubricField.COMPLETE_FROM: marked("Complete from"),
    RubricField.CRITERIA: marked("Criteria"),
    RubricField.LEVELS: marked("Levels"),
}
_TOO_LONG = phrase(marked("Use %(max)d characters or fewer."))
_UNEVEN = phrase(marked("Enter a number from %(min)s to %(max)s with up to two decimal places."))


@dataclass(frozen=True)
class RubricProblem:
    """One thing that is wrong with a rubric: where, and what to do about it."""

    field: RubricField
    reason: Phrase
    criterion: int | None = None
    """Its place among the criteria, from 0; None for the rubric as a whole."""
    level: int | None = None
    """The place of the level among those of its criterion, from 0; None for the criterion itself."""

    @property
    def place(self) -> Phrase:
        """Where it is: Criterion 2, level 1, points."""
        label = phrase(LABELS[self.field])
        if self.criterion is None:
            return label
        number = self.criterion + 1
        if self.level is None:
            return phrase(marked("Criterion %(criterion)s, %(field)s"), criterion=number, field=label)
        values = {"criterion": number, "level": self.level + 1, "field": label}
        return phrase(marked("Criterion %(criterion)s, level %(level)s, %(field)s"), **values)

    @property
    def sentence(self) -> Phrase:
        """Place and reason in one line."""
        return phrase(marked("%(place)s: %(reason)s"), place=self.place, reason=self.reason)


def problems_in(plan: RubricPlan) -> tuple[RubricProblem, ...]:
    """All that is wrong with a rubric, from the top down; empty for a valid one.

    The order of the levels is not looked at: `in_order` puts them right.
    """
    return tuple(_problems(plan))


def _problems(plan: RubricPlan) -> Iterator[RubricProblem]:
    if not plan.title.strip():
        yield RubricProblem(RubricField.TITLE, phrase(marked("Enter a title.")))
    elif len(plan.title) > MAX_TITLE:
        yield RubricProblem(RubricField.TITLE, _TOO_LONG.with_values(max=MAX_TITLE))
    if not plan.criteria:
        yield RubricProblem(RubricField.CRITERIA, phrase(marked("Add at least one criterion.")))
    elif len(plan.criteria) > MAX_CRITERIA:
        many = phrase(marked("A rubric can have up to %(max)d criteria. Delete some."), max=MAX_CRITERIA)
        yield RubricProblem(RubricField.CRITERIA, many)
    found = [problem for n, each in enumerate(plan.criteria) for problem in _of_criterion(n, each)]
    yield from found
    if not found:
        yield from _of_total(plan)


def _of_total(plan: RubricPlan) -> Iterator[RubricProblem]:
    """What is wrong with the total of criteria that are valid."""
    maximum = plan.numbered().maximum
    if plan.scoring is Scoring.COMPLETE:
        if not _is_within(plan.pass_mark, Decimal(0), maximum):
            reason = _UNEVEN.with_values(min="0", max=f"{maximum.normalize():f}")
            yield RubricProblem(RubricField.COMPLETE_FROM, reason)
    elif plan.criteria and not maximum:
        reason = phrase(marked("At least one criterion must be part of the grade and have more than 0 points."))
        yield RubricProblem(RubricField.CRITERIA, reason)


def _of_criterion(number: int, plan: CriterionPlan) -> Iterator[RubricProblem]:
    def problem(field: RubricField, reason: Phrase) -> RubricProblem:
        return RubricProblem(field, reason, number)

    if not plan.title.strip():
        yield problem(RubricField.TITLE, phrase(marked("Enter a title.")))
    elif len(plan.title) > MAX_TITLE:
        yield problem(RubricField.TITLE, _TOO_LONG.with_values(max=MAX_TITLE))
    if len(plan.description) > MAX_DESCRIPTION:
        yield problem(RubricField.DESCRIPTION, _TOO_LONG.with_values(max=MAX_DESCRIPTION))
    if not _is_within(plan.weight, Decimal("0.01"), MAX_WEIGHT):
        yield problem(RubricField.WEIGHT, _UNEVEN.with_values(min="0.01", max=f"{MAX_WEIGHT:f}"))
    if not plan.levels:
        yield problem(RubricField.LEVELS, phrase(marked("Add at least one level.")))
    elif len(plan.levels) > MAX_LEVELS:
        many = phrase(marked("A criterion can have up to %(max)d levels. Delete some."), max=MAX_LEVELS)
        yield problem(RubricField.LEVELS, many)
    seen: set[Decimal] = set()
    for at, level in enumerate(plan.levels):
        yield from _of_level(number, at, level, seen)
        seen.add(level.points)


def _of_level(criterion: int, number: int, plan: LevelPlan, seen: set[Decimal]) -> Iterator[RubricProblem]:
    def problem(field: RubricField, reason: Phrase) -> RubricProblem:
        return RubricProblem(field, reason, criterion, number)

    if not _is_within(plan.points, Decimal(0), MAX_POINTS):
        yield problem(RubricField.POINTS, _UNEVEN.with_values(min="0", max=f"{MAX_POINTS:f}"))
    elif plan.points in seen:
        yield problem(
            RubricField.POINTS, phrase(marked("Another level has the same points. Enter a different number."))
        )
    if len(plan.name) > MAX_TITLE:
        yield problem(RubricField.NAME, _TOO_LONG.with_values(max=MAX_TITLE))
    if len(plan.description) > MAX_DESCRIPTION:
        yield problem(RubricField.DESCRIPTION, _TOO_LONG.with_values(max=MAX_DESCRIPTION))


def _is_within(number: Decimal, low: Decimal, high: Decimal) -> bool:
    """Whether it is a number with two decimal places at most between these."""
    return number.is_finite() and low <= number <= high and number == round(number, 2)
