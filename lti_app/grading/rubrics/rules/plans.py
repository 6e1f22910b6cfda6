"""Rubrics before they are stored, and what makes one valid."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from lti_app.grading.rubrics.rules.criteria import CriterionView, Evidence, LevelView, RubricView, Scoring


@dataclass(frozen=True)
class LevelPlan:
    """A level before it is stored."""

    points: Decimal
    name: str = ""
    description: str = ""
    key: int = 0
    """That of the level which it continues, in the version before; 0 for a new one."""


@dataclass(frozen=True)
class CriterionPlan:
    """A criterion before it is stored; its levels stand from the most points down. The fields are those of
    CriterionView.
    """

    title: str
    levels: tuple[LevelPlan, ...]
    description: str = ""
    evidence: Evidence = Evidence.NONE
    uses_range: bool = False
    counts: bool = True
    weight: Decimal = Decimal(1)
    preselects: bool = False
    key: int = 0
    """That of the criterion which it continues, in the version before; 0 for a new one."""


@dataclass(frozen=True)
class RubricPlan:
    """A rubric before it is stored."""

    criteria: tuple[CriterionPlan, ...]
    title: str = ""
    scoring: Scoring = Scoring.POINTS
    pass_mark: Decimal = Decimal(0)

    def numbered(self) -> RubricView:
        """The rubric as it would be read, to show it before it is stored; the ids say only what is the same."""
        return RubricView(
            criteria=tuple(
                CriterionView(
                    id=row,
                    title=plan.title,
                    description=plan.description,
                    evidence=plan.evidence,
                    levels=tuple(
                        LevelView(row * 100 + n, level.points, level.name, level.description, level.key)
                        for n, level in enumerate(plan.levels, 1)
                    ),
                    uses_range=plan.uses_range,
                    counts=plan.counts,
                    weight=plan.weight,
                    preselects=plan.preselects,
                    key=plan.key,
                )
                for row, plan in enumerate(self.criteria, 1)
            ),
            title=self.title,
            scoring=self.scoring,
            pass_mark=self.pass_mark,
        )

    def translated(self, translate: Callable[[str], str]) -> "RubricPlan":
        """A rubric that ships, in the language of `translate`."""
        return replace(
            self,
            title=translate(self.title),
            criteria=tuple(
                replace(
                    criterion,
                    title=translate(criterion.title),
                    description=translate(criterion.description) if criterion.description else "",
                    levels=tuple(
                        replace(
                            level,
                            name=translate(level.name) if level.name else "",
                            description=translate(level.description) if level.description else "",
                        )
                        for level in criterion.levels
                    ),
                )
                for criterion in self.criteria
            ),
        )


def plan_of(rubric: RubricView) -> RubricPlan:
    """The plan that a stored rubric came from, to copy or to change it."""
    return RubricPlan(
        title=rubric.title,
        scoring=rubric.scoring,
        pass_mark=rubric.pass_mark,
        criteria=tuple(
            CriterionPlan(
                title=each.title,
                description=each.description,
                evidence=each.evidence,
                levels=tuple(
                    LevelPlan(level.points, level.name, level.description, level.key) for level in each.levels
                ),
                uses_range=each.uses_range,
                counts=each.counts,
                weight=each.weight,
                preselects=each.preselects,
                key=each.key,
            )
            for each in rubric.criteria
        ),
    )
