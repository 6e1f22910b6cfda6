"""What makes a rubric valid, and how the ready ones are made."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_app.grading.rubrics.rules.continuing import settled
from lti_app.grading.rubrics.rules.criteria import Evidence, Scoring
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, RubricPlan
from lti_app.grading.rubrics.rules.ready import DEFAULT_RUBRIC, HOLISTIC, READY
from lti_app.grading.rubrics.rules.validation import (
    MAX_CRITERIA,
    MAX_DESCRIPTION,
    MAX_LEVELS,
    MAX_TITLE,
    RubricField,
    problems_in,
)

FIRST = DEFAULT_RUBRIC.criteria[0]
TOP = FIRST.levels[0]


def with_criterion(**changes):
    return replace(DEFAULT_RUBRIC, criteria=(replace(FIRST, **changes),))


def with_level(**changes):
    return with_criterion(levels=(replace(TOP, **changes), *FIRST.levels[1:]))


def places(plan):
    return [(problem.criterion, problem.level, problem.field.value) for problem in problems_in(plan)]


@pytest.mark.parametrize("plan", READY.values(), ids=READY)
def test_ready_rubrics_are_valid_and_keep_the_conventions_of_the_field(plan):
    assert problems_in(plan) == ()
    assert settled(plan) == plan
    assert 10 <= plan.numbered().maximum <= 30
    assert plan is HOLISTIC or 3 <= len(plan.criteria) <= 6
    for criterion in plan.criteria:
        assert 3 <= len(criterion.levels) <= 5
        assert criterion.levels[-1].points == 0
        assert criterion.levels[0].name
    shares = {
        evidence: sum(each.levels[0].points for each in plan.criteria if each.evidence is evidence)
        / plan.numbered().maximum
        for evidence in Evidence
    }
    if shares[Evidence.TIMELINESS]:
        assert Decimal("0.05") <= shares[Evidence.TIMELINESS] <= Decimal("0.15")


def test_the_short_weekly_post_is_half_first_post_and_a_fifth_each_reply():
    points = [criterion.levels[0].points for criterion in READY["weekly"].criteria]
    assert points == [5, 2, 2, 1]


INVALID = {
    "no title": (replace(DEFAULT_RUBRIC, title="  "), (None, None, "title")),
    "a long title": (replace(DEFAULT_RUBRIC, title="x" * (MAX_TITLE + 1)), (None, None, "title")),
    "no criteria": (replace(DEFAULT_RUBRIC, criteria=()), (None, None, "criteria")),
    "too many criteria": (replace(DEFAULT_RUBRIC, criteria=(FIRST,) * (MAX_CRITERIA + 1)), (None, None, "criteria")),
    "a criterion without a title": (with_criterion(title=""), (0, None, "title")),
    "a long description": (with_criterion(description="x" * (MAX_DESCRIPTION + 1)), (0, None, "description")),
    "no levels": (with_criterion(levels=()), (0, None, "levels")),
    "too many levels": (
        with_criterion(levels=tuple(LevelPlan(Decimal(n)) for n in range(MAX_LEVELS + 1))),
        (0, None, "levels"),
    ),
    "no weight": (with_criterion(weight=Decimal(0)), (0, None, "weight")),
    "a heavy weight": (with_criterion(weight=Decimal("100.01")), (0, None, "weight")),
    "too exact a weight": (with_criterion(weight=Decimal("0.125")), (0, None, "weight")),
    "no number": (with_level(points=Decimal("NaN")), (0, 0, "points")),
    "less than nothing": (with_level(points=Decimal("-0.01")), (0, 0, "points")),
    "too many points": (with_level(points=Decimal("1000.01")), (0, 0, "points")),
    "too exact points": (with_level(points=Decimal("1.005")), (0, 0, "points")),
    "the same points twice": (with_level(points=FIRST.levels[1].points), (0, 1, "points")),
    "a long name": (with_level(name="x" * (MAX_TITLE + 1)), (0, 0, "name")),
    "a long descriptor": (with_level(description="x" * (MAX_DESCRIPTION + 1)), (0, 0, "description")),
    "nothing to earn": (with_criterion(levels=(LevelPlan(Decimal(0)),)), (None, None, "criteria")),
    "nothing that counts": (with_criterion(counts=False), (None, None, "criteria")),
    "an unreachable pass mark": (
        replace(DEFAULT_RUBRIC, scoring=Scoring.COMPLETE, pass_mark=Decimal("20.01")),
        (None, None, "complete_from"),
    ),
}


@pytest.mark.parametrize(("plan", "place"), INVALID.values(), ids=INVALID)
def test_what_is_wrong_is_found_where_it_is(plan, place):
    assert places(plan) == [place]


def test_a_problem_names_criterion_level_and_field():
    (problem,) = problems_in(with_level(points=Decimal(-1)))
    assert (problem.place.text, problem.place.values["criterion"], problem.place.values["level"]) == (
        "Criterion %(criterion)s, level %(level)s, %(field)s",
        1,
        1,
    )
    assert problem.sentence.values["reason"] is problem.reason


def test_feedback_alone_can_be_complete_or_incomplete():
    feedback = with_criterion(counts=False)
    assert problems_in(replace(feedback, scoring=Scoring.COMPLETE)) == ()


def test_all_problems_are_told_at_once():
    faulty = CriterionPlan("", (LevelPlan(Decimal(-1)),))
    assert places(RubricPlan((FIRST, faulty), "")) == [(None, None, "title"), (1, None, "title"), (1, 0, "points")]
    assert {RubricField.TITLE, RubricField.POINTS} == {p.field for p in problems_in(RubricPlan((FIRST, faulty), ""))}


@given(st.permutations(FIRST.levels))
def test_levels_are_put_in_order(levels):
    plan = settled(with_criterion(levels=tuple(levels)))
    assert plan.criteria[0].levels == FIRST.levels
