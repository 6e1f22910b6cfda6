"""Reviews are assigned by the worker once first posts are due."""

from datetime import timedelta

import pytest

from lti_app.course.courses.actions import deactivate_others
from lti_app.jobs.reviews import ReviewAssigner
from tests.cast import MONDAY, FrozenClock
from tests.factories.posts import write
from tests.factories.reviews import DUE, again, plan_reviews, tasks_of
from tests.races import at_once

FIRST_POSTS_DUE = MONDAY + timedelta(days=3)


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def assigner(database, session, cast, discussion, clock):
    for student in cast.students:
        write(session, student, discussion, now=clock())
    plan_reviews(session, cast.ines, discussion)
    session.commit()
    return ReviewAssigner(database, clock)


def run(assigner):
    found = assigner.list_due()
    for discussion_id in found:
        assigner.assign(discussion_id)
    return found


def count(database, cast, discussion, clock):
    with database.read() as session:
        return [len(tasks_of(session, student, discussion, now=clock())) for student in cast.students]


def test_nothing_before_first_posts_are_due(assigner, clock):
    assert run(assigner) == []
    clock.now = FIRST_POSTS_DUE
    assert run(assigner) == []


def test_once_they_are_due_all_are_assigned(assigner, database, cast, discussion, clock):
    clock.now = FIRST_POSTS_DUE + timedelta(minutes=1)
    assert run(assigner) == [discussion.id]
    assert count(database, cast, discussion, clock) == [2, 2, 2]
    run(assigner)
    assert count(database, cast, discussion, clock) == [2, 2, 2]


def test_reviews_of_somebody_who_left_are_withdrawn(assigner, database, cast, discussion, clock):
    clock.now = FIRST_POSTS_DUE + timedelta(minutes=1)
    run(assigner)
    stay = {cast.ana.person_id, cast.ben.person_id}
    with database.writing() as session:
        deactivate_others(session, cast.course_id, stay, clock() + timedelta(days=1))
    run(assigner)
    assert count(database, cast, discussion, clock)[:2] == [1, 1]


def test_nobody_is_assigned_what_they_can_only_do_late(assigner, clock):
    clock.now = DUE + timedelta(minutes=1)
    assert run(assigner) == []


def test_not_where_the_instructor_assigns(assigner, database, cast, discussion, clock):
    with database.writing() as session:
        plan_reviews(session, cast.ines, again(session, cast.ines, discussion, now=MONDAY), automatic=False)
    clock.now = FIRST_POSTS_DUE + timedelta(minutes=1)
    assert run(assigner) == []


def test_two_at_once_assign_everything_once(assigner, database, cast, discussion, clock):
    clock.now = FIRST_POSTS_DUE + timedelta(minutes=1)
    answers = at_once([lambda: assigner.assign(discussion.id)] * 3)
    assert answers == [None] * 3
    assert count(database, cast, discussion, clock) == [2, 2, 2]
