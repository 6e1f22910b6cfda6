"""What a rubric and its marks become when the rubric changes."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from lti_app.grading.rubrics.rules.continuing import carried, continuing, without_keys
from lti_app.grading.rubrics.rules.criteria import CriterionMark, CriterionView, Evidence, LevelView, RubricView
from lti_app.grading.rubrics.rules.plans import plan_of


def criterion(key, *steps, id_offset=0, **about):
    """Its levels have the keys 10 × key + n."""
    levels = tuple(
        LevelView(id_offset + 10 * key + n, Decimal(step), "", "", 10 * key + n) for n, step in enumerate(steps)
    )
    return CriterionView(id_offset + key, f"C{key}", "", Evidence.NONE, levels, key=key, **about)


OLD = RubricView((criterion(1, 4, 2, 0), criterion(2, 3, 1, 0)), id=1, version=1)


def later(*criteria):
    return RubricView(criteria, id=2, version=2)


def test_a_mark_follows_its_criterion_and_level():
    new = later(criterion(2, 5, 1, 0, id_offset=100), criterion(1, 8, 6, 0, id_offset=100))
    marks = {1: CriterionMark(11, Decimal(2), "Why?"), 2: CriterionMark(20, Decimal(3))}
    assert carried(OLD, new, marks) == {
        101: CriterionMark(111, Decimal(6), "Why?"),
        102: CriterionMark(120, Decimal(5)),
    }
    assert new.total(carried(OLD, new, marks)) == 11


def test_what_is_gone_takes_its_mark_along_and_a_comment_stays():
    new = later(replace(criterion(1, 4, 2, 0, id_offset=100), levels=criterion(1, 4, 2, 0, id_offset=100).levels[:1]))
    marks = {1: CriterionMark(11, Decimal(2), "Why?"), 2: CriterionMark(20, Decimal(3), "Gone")}
    found = carried(OLD, new, marks)
    assert found == {101: CriterionMark(comment="Why?")}
    assert not new.is_complete([key for key, mark in found.items() if mark.points is not None])


def test_points_within_a_range_stay_where_they_fit():
    old = RubricView((criterion(1, 4, 2, 0, uses_range=True),))
    marks = {1: CriterionMark(10, Decimal("3.5"))}
    roomy = later(criterion(1, 6, 3, 0, id_offset=100, uses_range=True))
    assert carried(old, roomy, marks) == {101: CriterionMark(110, Decimal("3.5"))}
    tight = later(criterion(1, 3, 1, 0, id_offset=100, uses_range=True))
    assert carried(old, tight, marks) == {101: CriterionMark(110, Decimal(3))}
    fixed = later(criterion(1, 5, 1, 0, id_offset=100))
    assert carried(old, fixed, marks) == {101: CriterionMark(110, Decimal(5))}


@given(st.integers(0, 2), st.integers(0, 2))
def test_a_rubric_that_stays_the_same_keeps_every_mark(one, two):
    chosen = {each.id: each.levels[step] for each, step in zip(OLD.criteria, (one, two), strict=True)}
    marks = {key: CriterionMark(level.id, level.points) for key, level in chosen.items()}
    again = later(criterion(1, 4, 2, 0, id_offset=100), criterion(2, 3, 1, 0, id_offset=100))
    assert again.total(carried(OLD, again, marks)) == OLD.total(marks)
    assert len(carried(OLD, again, marks)) == 2


def test_keys_count_once_and_only_in_their_criterion():
    plan = plan_of(OLD)
    first, second = plan.criteria
    twice = replace(plan, criteria=(first, first, replace(second, levels=(*first.levels[:1], *second.levels))))
    kept = continuing(twice, OLD)
    assert [each.key for each in kept.criteria] == [1, 0, 2]
    assert [level.key for level in kept.criteria[0].levels] == [10, 11, 12]
    assert [level.key for level in kept.criteria[1].levels] == [0, 0, 0]
    assert [level.key for level in kept.criteria[2].levels] == [0, 20, 21, 22]
    made_up = replace(plan, criteria=(replace(first, key=77), second))
    assert [each.key for each in continuing(made_up, OLD).criteria] == [0, 2]
    bare = without_keys(plan)
    assert {each.key for each in bare.criteria} | {lev.key for each in bare.criteria for lev in each.levels} == {0}


def test_a_range_begins_just_above_the_next_lower_level():
    row = criterion(1, 4, 2, 0, uses_range=True)
    assert [row.least_of(level) for level in row.levels] == [Decimal("2.01"), Decimal("0.01"), Decimal(0)]
    assert [criterion(1, 4, 2).least_of(level) for level in criterion(1, 4, 2).levels] == [4, 2]
