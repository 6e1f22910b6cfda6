"""Rubrics: criteria, levels, totals, and the default rubric."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from lti_app.core.wording import marked


class Evidence(StrEnum):
    """The facts about participation that are shown beside a criterion on the grading desk."""

    NONE = "none"
    FIRST_POST = "first_post"
    REPLIES = "replies"
    READINGS = "readings"
    TIMELINESS = "timeliness"


@dataclass(frozen=True)
class LevelView:
    """One level of a criterion."""

    id: int
    points: Decimal
    title: str


@dataclass(frozen=True)
class CriterionView:
    """One row of a rubric, with its levels from the most points down."""

    id: int
    title: str
    description: str
    evidence: Evidence
    levels: tuple[LevelView, ...]

    @property
    def maximum(self) -> Decimal:
        """The highest possible number of points."""
        return max((level.points for level in self.levels), default=Decimal(0))

    def level(self, level_id: int | None) -> LevelView | None:
        """The level with this id; None if it is not a level of this criterion."""
        return next((level for level in self.levels if level.id == level_id), None)


@dataclass(frozen=True)
class RubricView:
    """A whole rubric."""

    criteria: tuple[CriterionView, ...]

    @property
    def maximum(self) -> Decimal:
        """The highest possible number of points."""
        return sum((criterion.maximum for criterion in self.criteria), Decimal(0))


@dataclass(frozen=True)
class CriterionPlan:
    """A criterion before it is stored; its levels are (points, title) from the most points down."""

    title: str
    description: str
    evidence: Evidence
    levels: tuple[tuple[int | Decimal, str], ...]


DEFAULT_RUBRIC = (
    CriterionPlan(
        marked("Content and argument"),
        marked("Takes a clear position, supports it with reasons and answers the prompt."),
        Evidence.FIRST_POST,
        (
            (6, marked("A clear position, supported by an example or case and a conclusion")),
            (4, marked("A position with reasons, but with a gap or without an example")),
            (2, marked("Summarizes more than it argues")),
            (0, marked("No position, or nothing written")),
        ),
    ),
    CriterionPlan(
        marked("Use of the readings"),
        marked("Supports the argument with each required reading and gives page numbers."),
        Evidence.READINGS,
        (
            (5, marked("Each required reading is cited precisely and supports the argument")),
            (3, marked("All are cited loosely, or one is cited well")),
            (1, marked("Mentioned but not used")),
            (0, marked("Not used")),
        ),
    ),
    CriterionPlan(
        marked("Replies move the discussion forward"),
        marked("Replies extend, question, connect or challenge the post they answer."),
        Evidence.REPLIES,
        (
            (5, marked("Replies change the argument: a new case, a sharp question, a counter-argument")),
            (3, marked("Replies add something new")),
            (1, marked("Replies mostly agree or repeat")),
            (0, marked("No replies")),
        ),
    ),
    CriterionPlan(
        marked("Timeliness"),
        marked("First post and replies on time, as counted."),
        Evidence.TIMELINESS,
        (
            (2, marked("Everything required, on time")),
            (1, marked("Everything required, some of it late")),
            (0, marked("Something is missing")),
        ),
    ),
    CriterionPlan(
        marked("Clarity"),
        marked("Easy to follow; clear which words are quoted and which are your own."),
        Evidence.NONE,
        (
            (2, marked("Clear and well organized")),
            (1, marked("Understandable with some effort")),
            (0, marked("Hard to understand")),
        ),
    ),
)
"""Twenty points for what most courses score in discussions: argument, readings, replies, timeliness, clarity."""


def in_language(criteria: Sequence[CriterionPlan], translate: Callable[[str], str]) -> tuple[CriterionPlan, ...]:
    """The default rubric, translated by `translate`."""
    return tuple(
        CriterionPlan(
            translate(criterion.title),
            translate(criterion.description),
            criterion.evidence,
            tuple((points, translate(title)) for points, title in criterion.levels),
        )
        for criterion in criteria
    )


def total(points: Iterable[Decimal]) -> Decimal:
    """The sum of marks."""
    return sum(points, Decimal(0))


def scaled(points: Decimal, *, out_of: Decimal, to: Decimal) -> Decimal:
    """Convert rubric points to points of the gradebook column: two decimal places, halves rounded up; 0 for a
    rubric without points.
    """
    if out_of == 0:
        return Decimal("0.00")
    return (points * to / out_of).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
