"""Rubrics as they are read: criteria, levels, and how many points marks come to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from lti_app.grading.rubrics.rules.points import HUNDREDTH, rounded, scaled


class Evidence(StrEnum):
    """The facts about participation that are shown beside a criterion on the grading desk."""

    NONE = "none"
    FIRST_POST = "first_post"
    REPLIES = "replies"
    READINGS = "readings"
    TIMELINESS = "timeliness"


class Scoring(StrEnum):
    """How the total of a rubric is told, and what the gradebook gets."""

    POINTS = "points"
    PERCENT = "percent"
    COMPLETE = "complete"
    """Complete or incomplete: all points of the gradebook column from the pass mark up, none below it."""


@dataclass(frozen=True)
class LevelView:
    """One level of a criterion."""

    id: int
    points: Decimal
    """In a criterion with ranges, the most points of the level; it begins above those of the next lower one."""
    name: str
    """A word or two, such as "Excellent"; empty where the level has a description alone."""
    description: str
    key: int = 0
    """The same in every version of a rubric."""

    @property
    def label(self) -> str:
        """What the level is called where there is room for one line."""
        return self.name or self.description


@dataclass(frozen=True)
class CriterionMark:
    """What a grader chose for one criterion: a level, or points within a range, and a comment."""

    level_id: int | None = None
    points: Decimal | None = None
    """Empty without a level; a criterion with levels of fixed points takes them from the level."""
    comment: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to store."""
        return self.level_id is None and self.points is None and not self.comment


@dataclass(frozen=True)
class CriterionView:
    """One row of a rubric, with its levels from the most points down."""

    id: int
    title: str
    description: str
    evidence: Evidence
    levels: tuple[LevelView, ...]
    uses_range: bool = False
    """Whether a grader may give any points up to the maximum; the levels then say what a range of points means."""
    counts: bool = True
    """Whether its points are part of the total. One that does not count is feedback, and need not be marked."""
    weight: Decimal = Decimal(1)
    """How many times its points count."""
    preselects: bool = False
    """Whether the desk chooses the level that the counted facts suggest, for the grader to confirm."""
    key: int = 0
    """The same in every version of a rubric."""

    @property
    def maximum(self) -> Decimal:
        """The highest possible number of points, before the weight."""
        return max((level.points for level in self.levels), default=Decimal(0))

    @property
    def weighted_maximum(self) -> Decimal:
        """What the criterion adds to the total at most."""
        return rounded(self.maximum * self.weight) if self.counts else Decimal(0)

    def level(self, level_id: int | None) -> LevelView | None:
        """The level with this id; None if it is not a level of this criterion."""
        return next((level for level in self.levels if level.id == level_id), None)

    def level_of(self, points: Decimal) -> LevelView | None:
        """The level whose range has these points: the lowest that reaches them; None beyond the maximum."""
        reached = [level for level in self.levels if level.points >= points]
        return min(reached, key=lambda level: level.points, default=None)

    def least_of(self, level: LevelView) -> Decimal:
        """The fewest points of a level: in a criterion with ranges, just above the next lower one, or 0."""
        if not self.uses_range:
            return level.points
        below = max((each.points for each in self.levels if each.points < level.points), default=None)
        return Decimal(0) if below is None else below + HUNDREDTH

    def settled(self, mark: CriterionMark) -> CriterionMark:
        """The mark as it is stored: its level and points agree, and what is not of this criterion is left out.

        Points count in a criterion with ranges, from 0 to the maximum; elsewhere the level alone decides.
        """
        if self.uses_range and mark.points is not None and 0 <= mark.points <= self.maximum:
            level = self.level_of(mark.points)
            return CriterionMark(level.id if level else None, mark.points, mark.comment)
        level = self.level(mark.level_id)
        return CriterionMark(level.id, level.points, mark.comment) if level else CriterionMark(comment=mark.comment)


@dataclass(frozen=True)
class RubricView:
    """A whole rubric."""

    criteria: tuple[CriterionView, ...]
    id: int = 0
    title: str = ""
    version: int = 0
    """Counts its versions in a discussion, or its changes in the library; 0 if there is none."""
    scoring: Scoring = Scoring.POINTS
    pass_mark: Decimal = Decimal(0)
    """From how many points work is complete, where the scoring is complete or incomplete."""

    @property
    def maximum(self) -> Decimal:
        """The highest possible number of points."""
        return sum((criterion.weighted_maximum for criterion in self.criteria), Decimal(0))

    @property
    def is_holistic(self) -> bool:
        """Whether there is one scale for the work as a whole."""
        return len(self.criteria) == 1

    def total(self, marks: Mapping[int, CriterionMark]) -> Decimal:
        """The weighted points of the criteria that count, each rounded to hundredths."""
        return sum(
            (
                rounded(mark.points * criterion.weight)
                for criterion in self.criteria
                if criterion.counts and (mark := marks.get(criterion.id)) and mark.points is not None
            ),
            Decimal(0),
        )

    def is_complete(self, marked: Collection[int]) -> bool:
        """Whether every criterion that counts is among the marked ones, or every one if none counts; never without
        criteria.
        """
        wanted = [each.id for each in self.criteria if each.counts] or [each.id for each in self.criteria]
        return bool(wanted) and all(key in marked for key in wanted)

    def given(self, total: Decimal, *, possible: Decimal) -> Decimal:
        """The points of a gradebook column of `possible` points: scaled, with two decimal places and halves rounded
        up; all or none where the scoring is complete or incomplete.
        """
        if self.scoring is Scoring.COMPLETE:
            return possible if total >= self.pass_mark else Decimal("0.00")
        return scaled(total, out_of=self.maximum, to=possible)


NO_RUBRIC = RubricView(())
