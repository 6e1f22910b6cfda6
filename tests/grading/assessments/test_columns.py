"""The columns of the gradebook: chosen before the first release, followed by every release, copied along."""

from dataclasses import replace
from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden
from lti_app.grading.assessments.actions.duplicating import copy_graded_discussion
from lti_app.grading.assessments.actions.grading import release
from lti_app.grading.passbacks.actions.columns import choose_columns
from lti_app.grading.passbacks.actions.queueing import withdraw_unsent
from lti_app.grading.passbacks.errors import ColumnsInUse
from lti_app.grading.passbacks.models import Passback
from lti_app.grading.passbacks.queries import column_plan_of, get_column_plan, get_passback
from lti_app.grading.passbacks.rules.parts import ColumnPlan, GradeColumns
from lti_app.grading.rubrics.queries import get_rubric, newest_rubric
from tests.factories.grades import mark


@pytest.fixture
def rubric(session, discussion):
    return get_rubric(session, discussion)


@pytest.fixture
def stages(rubric):
    """The third criterion is about the replies."""
    return ColumnPlan(GradeColumns.STAGES, frozenset({rubric.criteria[2].key}), ("First post", "Replies"))


def released_parts(session, cast, discussion, clock):
    mark(session, cast.ines, discussion, cast.ana, 1, 0, 2, 0, 0, now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    return get_passback(session, cast.ines, discussion, cast.ana.person_id).parts


def test_one_column_unless_others_are_chosen(session, cast, discussion, clock):
    assert get_column_plan(session, discussion) == ColumnPlan()
    assert released_parts(session, cast, discussion, clock) == ()


def test_stages(session, cast, discussion, stages, clock):
    choose_columns(session, cast.ines, discussion, stages)
    assert get_column_plan(session, discussion) == stages
    first_post, replies = released_parts(session, cast, discussion, clock)
    assert [(part.key, part.label) for part in (first_post, replies)] == [
        ("first_post", "First post"),
        ("replies", "Replies"),
    ]
    third = get_rubric(session, discussion).criteria[2]
    assert (replies.given, replies.possible) == (third.levels[2].points, third.maximum)
    report = get_passback(session, cast.ines, discussion, cast.ana.person_id)
    assert first_post.given + replies.given == report.given
    assert first_post.possible + replies.possible == discussion.points


def test_criteria(session, cast, discussion, rubric, clock):
    choose_columns(session, cast.ines, discussion, ColumnPlan(GradeColumns.CRITERIA))
    parts = released_parts(session, cast, discussion, clock)
    assert [part.label for part in parts] == [each.title for each in rubric.criteria]
    assert [part.given for part in parts] == [Decimal(points) for points in (4, 5, 1, 2, 2)]


def test_columns_stay_once_a_grade_is_released(session, cast, discussion, stages, clock):
    choose_columns(session, cast.ines, discussion, stages)
    released_parts(session, cast, discussion, clock)
    choose_columns(session, cast.ines, discussion, stages)  # the same again
    with pytest.raises(ColumnsInUse):
        choose_columns(session, cast.ines, discussion, ColumnPlan())
    assert get_column_plan(session, discussion) == stages


def test_columns_can_be_one_again_before(session, cast, discussion, stages):
    choose_columns(session, cast.ines, discussion, stages)
    choose_columns(session, cast.ines, discussion, ColumnPlan())
    assert get_column_plan(session, discussion) == ColumnPlan()


@pytest.mark.parametrize("who", ["tariq", "ana", "olga"])
def test_only_instructors_choose(session, cast, discussion, stages, who):
    with pytest.raises(Forbidden):
        choose_columns(session, getattr(cast, who), discussion, stages)


def test_copy_has_the_same_columns_of_its_own_criteria(session, cast, discussion, stages, clock):
    choose_columns(session, cast.ines, discussion, stages)
    copy_id = copy_graded_discussion(session, discussion.id, course_id=discussion.course_id, title="Copy", now=clock())
    rubric, copied = get_rubric(session, discussion), newest_rubric(session, copy_id)
    assert column_plan_of(session, copy_id) == replace(stages, reply_criteria=frozenset({copied.criteria[2].key}))
    assert copied.criteria[2].key != rubric.criteria[2].key


def test_taking_back_an_unsent_change_has_the_parts_that_the_lms_has(session, cast, discussion, stages, clock):
    choose_columns(session, cast.ines, discussion, stages)
    before = released_parts(session, cast, discussion, clock)
    row = session.query(Passback).one()
    row.sent_version, row.sent_at = 1, clock()
    row.sent_given, row.sent_possible, row.sent_parts = row.given, row.possible, row.parts
    mark(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, version=1, now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    withdraw_unsent(session, discussion_id=discussion.id, person_id=cast.ana.person_id)
    assert get_passback(session, cast.ines, discussion, cast.ana.person_id).parts == before
