"""Rubrics, points, suggested levels, and how far grading is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.grading.assessments.rules import (
    GradingStatus,
    PostEvent,
    PostEventKind,
    StudentLine,
    events_after,
    grading_status,
    suggested_level,
)
from lti_app.grading.rubrics.rules.criteria import (
    CriterionMark,
    CriterionView,
    Evidence,
    LevelView,
    RubricView,
    Scoring,
)
from lti_app.grading.rubrics.rules.plans import plan_of
from lti_app.grading.rubrics.rules.points import scaled
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC
from lti_app.participation.requirements.base import Standing, Verdict
from lti_app.participation.requirements.evaluation import Verdicts
from tests.cast import MONDAY
from tests.factories.requirements import READING

SCALED = [
    ("17", "20", "20", "17.00"),
    ("17", "20", "100", "85.00"),
    ("1", "3", "20", "6.67"),
    ("2", "3", "20", "13.33"),
    ("1", "8", "1", "0.13"),
    ("0.5", "100", "1", "0.01"),
    ("0.49", "100", "1", "0.00"),
    ("1.5", "100", "1", "0.02"),
    ("2.5", "100", "1", "0.03"),
    ("22", "20", "20", "22.00"),
    ("0", "20", "20", "0.00"),
    ("20", "20", "0", "0.00"),
    ("0", "0", "20", "0.00"),
]


@pytest.mark.parametrize(("points", "out_of", "to", "given_points"), SCALED)
def test_scaled_rounds_halves_up(points, out_of, to, given_points):
    result = scaled(Decimal(points), out_of=Decimal(out_of), to=Decimal(to))
    assert str(result) == given_points


points = st.decimals(0, 1000, places=2)


@given(points, st.decimals(1, 1000, places=2), points, points)
def test_more_marks_never_make_fewer_points(some, out_of, to, more):
    assert scaled(some, out_of=out_of, to=to) <= scaled(some + more, out_of=out_of, to=to)
    assert scaled(out_of, out_of=out_of, to=to) == to


def test_the_rubric_that_ships_gives_twenty_points_and_every_kind_of_evidence():
    assert DEFAULT_RUBRIC.numbered().maximum == 20
    assert {criterion.evidence for criterion in DEFAULT_RUBRIC.criteria} == set(Evidence)
    for criterion in DEFAULT_RUBRIC.criteria:
        steps = [level.points for level in criterion.levels]
        assert steps == sorted(set(steps), reverse=True)
        assert steps[-1] == 0


def test_totals():
    assert RubricView(()).maximum == 0
    assert RubricView((criterion(Evidence.NONE, 2, 1, 0), criterion(Evidence.NONE))).maximum == 2


def criterion(evidence, *steps, **about):
    levels = tuple(LevelView(number, Decimal(step), str(step), "") for number, step in enumerate(steps, 1))
    return CriterionView(about.pop("id", 1), "Timeliness", "", evidence, levels, **about)


def marked(**points):
    return {int(key.removeprefix("c")): CriterionMark(points=Decimal(value)) for key, value in points.items()}


def test_the_total_is_of_weighted_criteria_that_count():
    rubric = RubricView(
        (
            criterion(Evidence.NONE, 4, 0, id=1, weight=Decimal("1.5")),
            criterion(Evidence.NONE, 2, 0, id=2),
            criterion(Evidence.NONE, 9, 0, id=3, counts=False),
        )
    )
    assert rubric.maximum == 8
    assert rubric.total(marked(c1="4", c2="2", c3="9")) == 8
    assert rubric.total(marked(c1="0.01", c2="0.5")) == Decimal("0.52")  # halves of a hundredth are rounded up
    assert rubric.total({}) == 0
    assert rubric.is_complete([1, 2])
    assert not rubric.is_complete([1, 3])
    only_feedback = RubricView((criterion(Evidence.NONE, 2, 0, id=5, counts=False),))
    assert (only_feedback.is_complete([5]), only_feedback.is_complete([])) == (True, False)
    assert not RubricView(()).is_complete([])


@pytest.mark.parametrize(("total", "given_points"), [("4.99", "0.00"), ("5", "12.50"), ("8", "12.50")])
def test_complete_or_incomplete_gives_all_points_or_none(total, given_points):
    rubric = RubricView((criterion(Evidence.NONE, 8, 0),), scoring=Scoring.COMPLETE, pass_mark=Decimal(5))
    assert str(rubric.given(Decimal(total), possible=Decimal("12.50"))) == given_points


@pytest.mark.parametrize(
    ("level_id", "points", "stored"),
    [
        (None, "3.5", (1, "3.5")),
        (3, "3.5", (1, "3.5")),  # the points decide
        (None, "2", (2, "2")),
        (None, "0.25", (2, "0.25")),
        (None, "0", (3, "0")),
        (2, "4.01", (2, "2")),  # beyond the range, so that the level decides
        (2, "-1", (2, "2")),
        (7, None, (None, None)),
    ],
)
def test_points_within_a_range_belong_to_a_level(level_id, points, stored):
    row = criterion(Evidence.NONE, 4, 2, 0, uses_range=True)
    mark = row.settled(CriterionMark(level_id, points and Decimal(points), "Why?"))
    assert (mark.level_id, mark.points) == (stored[0], stored[1] and Decimal(stored[1]))
    assert mark.comment == "Why?"


def test_points_of_fixed_levels_come_from_the_level():
    row = criterion(Evidence.NONE, 4, 2, 0)
    assert row.settled(CriterionMark(2, Decimal("3.5"))) == CriterionMark(2, Decimal(2))
    assert row.settled(CriterionMark(None, Decimal("3.5"))).is_empty


def test_a_rubric_and_its_plan_say_the_same():
    shown = DEFAULT_RUBRIC.numbered()
    assert plan_of(shown) == DEFAULT_RUBRIC


def test_a_level_is_found_by_its_id_only_in_its_own_criterion():
    row = criterion(Evidence.NONE, 2, 1, 0)
    assert row.level(2) == LevelView(2, Decimal(1), "1", "")
    assert row.level(7) is None
    assert row.level(None) is None


def verdicts(*standings):
    return Verdicts(
        tuple(Verdict(READING, standing, 0, 1, None, None, standing is Standing.MET_LATE, ()) for standing in standings)
    )


MET, LATE, OPEN, PARTLY, MISSED = Standing.MET, Standing.MET_LATE, Standing.OPEN, Standing.PARTLY, Standing.MISSED
SUGGESTED = {
    "all in time": ((MET, MET), 2),
    "one late": ((MET, LATE), 1),
    "all late": ((LATE, LATE), 1),
    "one missed": ((MET, MISSED), 0),
    "late and missed": ((LATE, MISSED), 0),
    "missed, and one still open": ((MISSED, OPEN), None),
    "one begun": ((MET, PARTLY), None),
    "one open": ((MET, OPEN), None),
}


@pytest.mark.parametrize(("standings", "points"), SUGGESTED.values(), ids=SUGGESTED)
@pytest.mark.parametrize("steps", [(2, 1, 0), (0, 1, 2)])
def test_timeliness_is_suggested_by_what_was_counted(standings, points, steps):
    suggestion = suggested_level(criterion(Evidence.TIMELINESS, *steps), verdicts(*standings))
    assert (suggestion and suggestion.points) == points


def test_nothing_is_suggested_where_nothing_was_counted():
    for evidence in set(Evidence) - {Evidence.TIMELINESS}:
        assert suggested_level(criterion(evidence, 2, 1, 0), verdicts(MET)) is None
    assert suggested_level(criterion(Evidence.TIMELINESS), verdicts(MET)) is None
    assert suggested_level(criterion(Evidence.TIMELINESS, 2, 1, 0), verdicts()) is None


LINE = StudentLine(
    person_id=1,
    key="1",
    name="Ana",
    posts=0,
    status=GradingStatus.UNGRADED,
    total=None,
    released_given=None,
    is_ready=False,
    passback=None,
)
PROGRESS = [
    (None, None, None, GradingStatus.UNGRADED),
    (False, 0, None, GradingStatus.UNGRADED),
    (False, 1, None, GradingStatus.PARTLY),
    (True, 2, None, GradingStatus.DRAFT),
    (True, 2, 2, GradingStatus.RELEASED),
    (True, 3, 2, GradingStatus.CHANGED),
    (False, 3, 2, GradingStatus.CHANGED),
]


@pytest.mark.parametrize(("is_complete", "version", "released", "progress"), PROGRESS)
def test_progress_of(is_complete, version, released, progress):
    found = grading_status(is_complete=is_complete, version=version, released_version=released)
    assert found is progress
    line = replace(LINE, status=found)
    assert line.needs_grading == (progress is not GradingStatus.RELEASED)


def test_what_changed_after_the_marks_is_told_in_its_order():
    written = PostEvent("2", PostEventKind.WRITTEN, MONDAY)
    hidden = PostEvent("2", PostEventKind.HIDDEN, MONDAY + timedelta(seconds=2))
    edited = PostEvent("2.3", PostEventKind.EDITED, MONDAY + timedelta(seconds=1))
    assert events_after(None, [edited]) == []
    assert events_after(MONDAY, []) == []
    assert events_after(MONDAY, [written]) == []
    assert events_after(MONDAY, [hidden, written, edited]) == [edited, hidden]
