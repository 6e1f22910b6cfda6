"""What a rubric and the marks given by it become when the rubric changes."""

from collections.abc import Mapping
from dataclasses import replace

from lti_app.core.prose import clean_line, clean_text
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, RubricView
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan


def settled(plan: RubricPlan) -> RubricPlan:
    """A rubric as it is stored: texts cleaned, levels from the most points down, and no pass mark that says nothing."""
    return replace(
        plan,
        title=clean_line(plan.title),
        criteria=tuple(
            replace(
                criterion,
                title=clean_line(criterion.title),
                description=clean_text(criterion.description),
                levels=tuple(sorted(map(_clean_level, criterion.levels), key=lambda each: each.points, reverse=True)),
            )
            for criterion in plan.criteria
        ),
    )


def _clean_level(level: LevelPlan) -> LevelPlan:
    return replace(level, name=clean_line(level.name), description=clean_text(level.description))


def without_keys(plan: RubricPlan) -> RubricPlan:
    """A rubric that continues no other one, as copies are."""
    return _with_keys(plan, RubricView(()))


def continuing(plan: RubricPlan, before: RubricView) -> RubricPlan:
    """The rubric with the keys that continue criteria and levels of the version before it; others are dropped.

    A key counts once, and that of a level only within the criterion that continues the level's.
    """
    return _with_keys(plan, before)


def _with_keys(plan: RubricPlan, before: RubricView) -> RubricPlan:
    left = {criterion.key: criterion for criterion in before.criteria}
    return replace(plan, criteria=tuple(_continued(each, left.pop(each.key, None)) for each in plan.criteria))


def _continued(plan: CriterionPlan, before: CriterionView | None) -> CriterionPlan:
    left = {level.key for level in before.levels} if before else set()
    levels = []
    for level in plan.levels:
        levels.append(replace(level, key=level.key if level.key in left else 0))
        left.discard(level.key)
    return replace(plan, key=before.key if before else 0, levels=tuple(levels))


def carried(before: RubricView, after: RubricView, marks: Mapping[int, CriterionMark]) -> dict[int, CriterionMark]:
    """Marks by criterion id that were given by one version of a rubric, as they are by another one.

    A mark follows its criterion and its level. Points within a range stay where they fit; else the points are those
    that the level has now. What is gone takes its mark along; a comment stays with its criterion.
    """
    old = {criterion.key: criterion for criterion in before.criteria}
    found = {
        criterion.id: _carried(known, criterion, mark)
        for criterion in after.criteria
        if (known := old.get(criterion.key)) and (mark := marks.get(known.id))
    }
    return {key: mark for key, mark in found.items() if not mark.is_empty}


def _carried(before: CriterionView, after: CriterionView, mark: CriterionMark) -> CriterionMark:
    chosen = before.level(mark.level_id)
    level = next((each for each in after.levels if chosen and each.key == chosen.key), None)
    keeps_points = before.uses_range and after.uses_range
    points = mark.points if keeps_points else level.points if level else None
    return after.settled(CriterionMark(level.id if level else None, points, mark.comment))
