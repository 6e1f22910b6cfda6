"""Points beside grades: one worker sends and reads both, and what happens to one says nothing of the other."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.grading.passbacks.actions.queueing import request_check, retry_passbacks, send_column_again
from lti_app.grading.passbacks.actions.sending import claim_due, return_to_queue
from lti_app.grading.passbacks.ports import PassbackDelayed, PassbackRefused, Score
from lti_app.grading.passbacks.queries import list_problems, next_check_due, next_passback_due
from lti_app.grading.passbacks.rules.results import CHECK_AFTER
from lti_app.grading.passbacks.rules.states import PassbackState, ReadBack, ScoreKind, Shown
from lti_app.jobs.passbacks import LEASE, PassbackSender
from lti_app.jobs.read_backs import GradebookReader
from tests.factories.passbacks import passback_states, points_sent
from tests.grading.passbacks.passbacks import Class
from tests.jobs.conftest import place


class WorkerKilled(BaseException):
    """What `kill -9` looks like from inside: nothing of ours runs any more."""


@pytest.fixture
def pair(database) -> Class:
    """Two students of a placed discussion."""
    school_class = Class(database, students=2)
    place(school_class, "https://lms.example")
    return school_class


@pytest.fixture
def both(pair, clock):
    """Their grades and points are released."""
    pair.release_all(dict.fromkeys(pair.students, 15), clock())
    pair.release_points(dict.fromkeys(pair.students, 4), clock())
    return pair


@pytest.fixture
def worker(both, gradebook, clock):
    return PassbackSender(both.database, gradebook, clock)


def told(school_class):
    """What became of the grade and of the points of each student."""
    with school_class.database.read() as session:
        grades = passback_states(session, school_class.discussion_id)
        points = points_sent(session, school_class.discussion_id)
    return {each: (grades[each].state, points[each].report.state) for each in school_class.students}


def given(scores):
    return {person_id: score.given for person_id, score in scores.items()}


def test_both_are_sent(both, worker, gradebook):
    worker.send_due()
    assert set(told(both).values()) == {(PassbackState.SENT, PassbackState.SENT)}
    assert set(given(gradebook.scores).values()) == {15}
    assert set(given(gradebook.points).values()) == {4}
    assert gradebook.tries == 4
    gradebook.check_order()


@pytest.mark.parametrize("kind", ScoreKind, ids=[kind.value for kind in ScoreKind])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_around_one_answer_leaves_the_other_score_as_it_is(
    both, worker, gradebook, clock, *, moment, kind
):
    doomed = [(both.students[0], kind)]

    def die_once(score: Score) -> None:
        if (score.person_id, score.kind) in doomed:
            doomed.clear()
            raise WorkerKilled

    setattr(gradebook, moment, die_once)
    with pytest.raises(WorkerKilled):
        worker.send_due()
    survivor = PassbackSender(both.database, gradebook, clock)
    survivor.send_due()
    clock.advance(LEASE.total_seconds())
    survivor.send_due()
    assert set(told(both).values()) == {(PassbackState.SENT, PassbackState.SENT)}
    assert (set(given(gradebook.scores).values()), set(given(gradebook.points).values())) == ({15}, {4})


@pytest.mark.parametrize("kind", ScoreKind, ids=[kind.value for kind in ScoreKind])
def test_one_column_that_is_refused_does_not_keep_the_other_from_the_lms(both, worker, gradebook, clock, kind):
    def refuse(score: Score) -> None:
        if score.kind is kind:
            raise PassbackRefused("no_columns")

    gradebook.before = refuse
    worker.send_due()
    refused = (PassbackState.REFUSED, PassbackState.SENT)
    assert set(told(both).values()) == {refused if kind is ScoreKind.GRADE else refused[::-1]}
    with both.database.read() as session:
        (problem,) = list_problems(session)
    assert (problem.kind, problem.error_code, problem.count) == (kind, "no_columns", 2)
    gradebook.before = lambda _score: None
    with both.database.writing() as session:
        about = {"discussion_id": both.discussion_id, "kind": kind, "now": clock()}
        assert retry_passbacks(session, both.grader(), **about) == 2
    worker.send_due()
    assert set(told(both).values()) == {(PassbackState.SENT, PassbackState.SENT)}


def test_a_pause_of_the_platform_is_one_of_both(both, worker, gradebook, clock):
    def ask_to_wait(_score: Score) -> None:
        raise PassbackDelayed("throttled", retry_after=90)

    gradebook.before = ask_to_wait
    worker.send_due()
    assert gradebook.tries <= 2  # the first of each column, side by side
    with both.database.read() as session:
        assert next_passback_due(session) >= clock() + timedelta(seconds=80)
    gradebook.before = lambda _score: None
    clock.advance(4000)
    worker.send_due()
    assert set(told(both).values()) == {(PassbackState.SENT, PassbackState.SENT)}


def test_what_was_claimed_and_not_tried_goes_back_with_its_kind(both, clock):
    with both.database.writing() as session:
        claimed = claim_due(session, clock(), limit=3, lease=LEASE)
    assert [each.score.kind.value for each in claimed] == ["grade", "grade", "points"]
    assert claimed[0].id == claimed[2].id, "the ids of the two tables are the same"
    with both.database.writing() as session:
        return_to_queue(session, [claimed[2]], due_at=clock())
    with both.database.writing() as session:
        again = claim_due(session, clock(), limit=10, lease=LEASE)
    assert [(each.score.kind.value, each.attempts) for each in again] == [("points", 1), ("points", 1)]


def test_both_are_read_back_each_from_its_own_column(both, worker, gradebook, clock):
    worker.send_due()
    gradebook.changed = {}
    clock.advance(CHECK_AFTER[0].total_seconds())
    reader = GradebookReader(both.database, gradebook, clock, worker.stopping)
    assert reader.read_due() == 0
    with both.database.read() as session:
        grades = passback_states(session, both.discussion_id)
        points = points_sent(session, both.discussion_id)
        assert next_check_due(session) is not None
    assert {each.shown for each in grades.values()} == {Shown(Decimal(15), Decimal(20))}
    assert {each.report.shown for each in points.values()} == {Shown(Decimal(4), Decimal(5))}
    assert {each.report.read_back for each in points.values()} == {ReadBack.CONFIRMED}


def test_points_changed_in_the_lms_are_held_and_the_grade_is_not(both, worker, gradebook, clock):
    worker.send_due()
    clock.advance(CHECK_AFTER[0].total_seconds())
    GradebookReader(both.database, gradebook, clock, worker.stopping).read_due()
    first = both.students[0]
    gradebook.points[first] = Score(both.discussion_id, first, Decimal(1), Decimal(5), "", False, clock(), None)
    clock.advance(60)
    both.release_all({first: 16}, clock())
    both.release_points({first: 5}, clock())
    worker.send_due()
    assert told(both)[first] == (PassbackState.SENT, PassbackState.HELD)
    assert (gradebook.scores[first].given, gradebook.points[first].given) == (16, 1)


def test_a_new_column_of_one_kind_queues_the_scores_of_that_kind(both, worker, clock):
    worker.send_due()
    with both.database.writing() as session:
        send_column_again(session, both.discussion_id, kinds=[ScoreKind.POINTS], now=clock())
    assert set(told(both).values()) == {(PassbackState.SENT, PassbackState.PENDING)}
    with both.database.writing() as session:
        send_column_again(session, both.discussion_id, now=clock())
    assert set(told(both).values()) == {(PassbackState.PENDING, PassbackState.PENDING)}


def test_an_instructor_has_one_kind_checked(both, worker, clock):
    worker.send_due()
    with both.database.writing() as session:
        about = {"discussion_id": both.discussion_id, "kind": ScoreKind.POINTS, "now": clock()}
        assert request_check(session, both.grader(), **about) == 2
        assert request_check(session, both.grader(course_id=both.course_id + 1), **about) == 0
