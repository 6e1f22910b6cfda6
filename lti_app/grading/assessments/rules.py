"""Grading status, suggested levels, and what happened to posts after grading."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from lti_app.grading.adjustments.rules.given import GradeBasis
from lti_app.grading.adjustments.rules.late import LateLine, WorkPart
from lti_app.grading.graders.rules.assignment import NO_GRADERS, GradersOf
from lti_app.grading.graders.rules.blind import BlindState
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns, Share
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, Evidence, LevelView, RubricView
from lti_app.participation.requirements.evaluation import Verdicts

STAGES = (WorkPart.FIRST_POST, WorkPart.REPLIES)
"""The parts of the work that may have columns of their own."""
MAX_COMMENT = 4000
"""Characters. Moodle stores 5000."""
MAX_CRITERION_COMMENT = 1000
MAX_NOTE = 4000
MAX_REASON = 2000


class GradingStatus(StrEnum):
    """The grading status of one student."""

    UNGRADED = "ungraded"
    PARTLY = "partly"
    """Some criteria have a level."""
    DRAFT = "draft"
    """Complete, not released."""
    CHANGED = "changed"
    """Released and changed since then: the student still sees the older grade."""
    RELEASED = "released"
    EXCUSED = "excused"
    """Need not be graded."""


class GradeEventKind(StrEnum):
    """What can be done with a grade."""

    SAVED = "saved"
    LOWEST = "lowest"
    """Given the lowest level of every criterion, together with others."""
    RESCORED = "rescored"
    """The marks were carried over to a new version of the rubric."""
    RELEASED = "released"
    TAKEN_BACK = "taken_back"
    POINTS_SENT = "points_sent"
    """The points for participation were released to their gradebook column."""
    COMMENTED = "commented"
    """A comment on a sentence of a post was written, changed or deleted."""
    EXCUSED = "excused"
    NOT_EXCUSED = "not_excused"
    LATE_WAIVED = "late_waived"
    """Lateness takes nothing off any more."""
    LATE_APPLIED = "late_applied"
    """A waived reduction applies again."""
    LATE_RULE = "late_rule"
    """Another late rule of the discussion applies."""
    CURVED = "curved"
    CURVE_REMOVED = "curve_removed"
    WEIGHTED = "weighted"
    """Reviews count for the grade by their weights."""
    HELD_BACK = "held_back"
    LET_GO = "let_go"
    """Not held back any more."""
    COPIED = "copied"
    """The marks of another member of the group were copied."""
    SET_ASIDE = "set_aside"
    """The marks became those of one grader, to be compared with those of another."""
    AGREED = "agreed"
    """Two graders' marks were within the tolerance."""
    DECIDED = "decided"
    """Somebody decided after graders had marked independently."""


class PostEventKind(StrEnum):
    """What can happen to a post after its author was graded."""

    WRITTEN = "written"
    EDITED = "edited"
    DELETED = "deleted"
    HIDDEN = "hidden"
    SPLIT = "split"
    """Moved to a new thread."""


@dataclass(frozen=True)
class PostEvent:
    """What happened to a post, and when."""

    address: str
    kind: PostEventKind
    at: datetime


@dataclass(frozen=True)
class StudentLine:
    """One student in the list of the grading desk. It is kept for as long as nothing in it changes, and what follows
    from it with it."""

    person_id: int
    name: str
    key: str
    """Identifies the student in addresses; in blind grading it is different in each discussion."""
    posts: int
    status: GradingStatus
    total: Decimal | None
    """The sum of the marks so far, in points of the rubric."""
    released_given: Decimal | None
    is_ready: bool
    """Whether there is a complete grade that is not released."""
    passback: PassbackReport | None
    """What became of the newest released grade in the LMS; None before the first release."""
    is_changed: bool = False
    """Whether anything happened to the student's posts after the marks were saved."""
    rubric_id: int | None = None
    """The version of the rubric that the marks were given by; None for the one in use."""
    asks_again: bool = False
    """Whether the student has asked for a second look that nobody has answered."""
    basis: GradeBasis | None = None
    """What the grade is computed from; None before the first save."""
    is_graded: bool = False
    """Whether any marks are saved."""
    is_complete: bool = False
    """Whether every criterion that counts is marked."""
    is_held: bool = False
    """Whether the grade is held back from releases of several grades."""

    version: int = 0
    """Counts what was changed of the grade."""
    graded_by: str = ""
    """Who saved the marks last; empty while there are none."""
    graders: GradersOf = NO_GRADERS
    """Who is to grade the student."""
    blind: BlindState | None = None
    """How far graders who mark the student independently are; None where nobody does or did."""

    @property
    def can_be_curved(self) -> bool:
        """Whether there is a complete grade that counts."""
        return self.is_complete and self.is_graded and self.status is not GradingStatus.EXCUSED

    @cached_property
    def told(self) -> tuple[object, ...] | None:
        """What the words about the grade in the LMS depend on; None before the first release."""
        return self.passback.told if self.passback else None

    @property
    def is_blind(self) -> bool:
        """Whether graders still mark the student independently, so that there is no grade."""
        return self.blind is not None and self.blind.is_open

    @cached_property
    def needs_marks(self) -> bool:
        """Whether no complete grade is saved; of a student who is marked independently, whether the reader's marks are
        still wanted.
        """
        if self.blind is not None and self.blind.is_open:
            return self.blind.waits_for_actor
        return self.status in (GradingStatus.UNGRADED, GradingStatus.PARTLY)

    @cached_property
    def needs_grading(self) -> bool:
        """Whether there is anything left to do for this student."""
        return self.status not in (GradingStatus.RELEASED, GradingStatus.EXCUSED)


class ClassLines(tuple[StudentLine, ...]):
    """The students of a class in their order. It is the same object for as long as nothing in it changes, and keeps
    what follows from it."""

    @cached_property
    def by_person(self) -> dict[int, StudentLine]:
        """Each line by person id."""
        return {line.person_id: line for line in self}

    @cached_property
    def are_named(self) -> bool:
        """Whether everybody has a name."""
        return all(line.name for line in self)

    @cached_property
    def has_graders(self) -> bool:
        """Whether anybody is to be graded by a certain person."""
        return any(line.graders.everybody for line in self)

    @cached_property
    def graded_by(self) -> frozenset[str]:
        """Who has graded anybody."""
        return frozenset(line.graded_by for line in self if line.graded_by)

    @cached_property
    def bases(self) -> dict[int, GradeBasis]:
        """By person id, what the grades are computed from; none of those of whom nothing is stored."""
        return {line.person_id: line.basis for line in self if line.basis}

    @cached_property
    def graded_count(self) -> int:
        """How many need no grading any more."""
        return sum(not line.needs_grading for line in self)


def grading_status(
    *, is_complete: bool | None, version: int | None, released_version: int | None, is_excused: bool = False
) -> GradingStatus:
    """The grading status; all arguments are None, or the version is 0, if nothing was saved yet."""
    if is_excused:
        return GradingStatus.EXCUSED
    if not version:
        return GradingStatus.UNGRADED
    if released_version is not None:
        return GradingStatus.RELEASED if version == released_version else GradingStatus.CHANGED
    return GradingStatus.DRAFT if is_complete else GradingStatus.PARTLY


def suggested_level(criterion: CriterionView, verdicts: Verdicts) -> LevelView | None:
    """The level that the counted facts suggest; None for criteria that need judgment.

    For the criterion that the points of requirements fill, it is the best level for which the share of these points is
    enough. Otherwise only timeliness follows from facts: the top level if all requirements were met on time, the middle
    level if they were met late, the bottom level if something is missing after its due date. No level is suggested
    while something can still be done on time. The grader decides.
    """
    if verdicts.use.criterion and verdicts.use.criterion == criterion.key:
        return _level_by_points(criterion, verdicts)
    if criterion.evidence is not Evidence.TIMELINESS or not criterion.levels or not verdicts.requirements:
        return None
    best_first = sorted(criterion.levels, key=lambda level: level.points, reverse=True)
    if verdicts.any_pending:
        return None
    if not verdicts.all_met:
        return best_first[-1]
    return best_first[len(best_first) // 2] if verdicts.any_late else best_first[0]


def _level_by_points(criterion: CriterionView, verdicts: Verdicts) -> LevelView | None:
    """A level is earned with its share of the criterion's points; the lowest one is for everybody."""
    possible = verdicts.points_possible
    if not criterion.levels or not possible or verdicts.any_pending:
        return None
    best_first = sorted(criterion.levels, key=lambda level: level.points, reverse=True)
    best = best_first[0].points
    earned = (level for level in best_first if level.points * possible <= verdicts.points * best)
    return next(earned, best_first[-1])


def events_after(assessed_at: datetime | None, events: Iterable[PostEvent]) -> list[PostEvent]:
    """What happened to the student's posts after the marks were saved, oldest first."""
    if assessed_at is None:
        return []
    return sorted((event for event in events if event.at > assessed_at), key=lambda event: event.at)


def shares_of(
    rubric: RubricView, marks: Mapping[int, CriterionMark], plan: ColumnPlan, late: LateLine | None = None
) -> list[Share]:
    """What each part of a grade has of the whole, where the parts have columns of their own; none where they do not.

    What lateness takes off the first post or the replies alone is taken off their own column.
    """
    if plan.columns is GradeColumns.ONE:
        return []
    counted = [criterion for criterion in rubric.criteria if criterion.counts]
    if plan.columns is GradeColumns.CRITERIA:
        return [_share(rubric, marks, f"criterion-{each.key}", each.title, [each]) for each in counted]
    replies = [each for each in counted if each.key in plan.reply_criteria]
    first_post = [each for each in counted if each.key not in plan.reply_criteria]
    shares = (
        _share(rubric, marks, part.value, name, criteria)
        for part, name, criteria in zip(STAGES, plan.names, (first_post, replies), strict=True)
    )
    lost = {each.part.value: each.amount for each in late.parts} if late and not late.is_waived else {}
    return [replace(each, points=max(each.points - lost.get(each.key, Decimal(0)), Decimal(0))) for each in shares]


def _share(
    rubric: RubricView, marks: Mapping[int, CriterionMark], key: str, label: str, criteria: Sequence[CriterionView]
) -> Share:
    own = {each.id: mark for each in criteria if (mark := marks.get(each.id))}
    return Share(key, label, rubric.total(own), sum((each.weighted_maximum for each in criteria), Decimal(0)))


SEED = "seed"
"""Names, in the marks of a saved event, the seed of the pass that gave them."""


def in_pass(seed: str, key: str) -> str:
    """What stands for a student in a pass, and orders them: a hash, so that the class list does not tell the place."""
    return sha256(f"{seed} {key}".encode()).hexdigest()[:24]


def pass_order(lines: Iterable[StudentLine], seed: str) -> list[StudentLine]:
    """The students who have written something, in an order that depends on the seed alone; not those excused, nor
    those whom graders mark independently.
    """
    written = [line for line in lines if line.posts and line.status is not GradingStatus.EXCUSED and not line.is_blind]
    return sorted(written, key=lambda line: in_pass(seed, line.key))


def anchors(places: Sequence[int]) -> list[int]:
    """The first, the middle and the last of the places that were marked; fewer where there are fewer."""
    return sorted({places[0], places[len(places) // 2], places[-1]}) if places else []


def spread(criterion: CriterionView, marks: Collection[CriterionMark]) -> list[tuple[LevelView, int]]:
    """How many marks each level has, the best level first."""
    counts = Counter(mark.level_id for mark in marks)
    return [(level, counts[level.id]) for level in criterion.levels]
