"""What becomes of one score: queued, claimed, sent, delayed, refused, wanted anew."""

from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Role
from lti_app.grading.passbacks.actions.queueing import retry_passbacks
from lti_app.grading.passbacks.actions.sending import (
    ClaimedPassback,
    claim_due,
    finish_failed,
    finish_sent,
    return_to_queue,
)
from lti_app.grading.passbacks.ports import PassbackRefused
from lti_app.grading.passbacks.queries import next_passback_due
from lti_app.grading.passbacks.rules.reports import PassbackReport
from lti_app.grading.passbacks.rules.retries import GIVE_UP_AFTER
from lti_app.grading.passbacks.rules.states import PassbackState
from tests.factories.passbacks import count_passbacks, passback_states
from tests.grading.passbacks.passbacks import Class, MovableClock

LEASE = timedelta(minutes=2)


def claim(school_class: Class, clock: MovableClock, limit: int = 10) -> list[ClaimedPassback]:
    with school_class.database.writing() as session:
        return claim_due(session, clock(), limit=limit, lease=LEASE)


def sent(school_class: Class, claimed: ClaimedPassback, clock: MovableClock) -> None:
    with school_class.database.writing() as session:
        finish_sent(session, claimed, now=clock())


def failed(
    school_class: Class,
    claimed: ClaimedPassback,
    clock: MovableClock,
    code: str,
    *,
    refused: bool = False,
    **more: float,
) -> bool:
    with school_class.database.writing() as session:
        return finish_failed(session, claimed, code=code, detail="HTTP 418", refused=refused, now=clock(), **more)


def report(school_class: Class, person_id: int) -> PassbackReport:
    with school_class.database.read() as session:
        return passback_states(session, school_class.discussion_id)[person_id]


@pytest.fixture
def student(school_class: Class) -> int:
    return school_class.students[0]


@pytest.fixture
def queued(school_class: Class, student: int, clock: MovableClock) -> int:
    school_class.release(student, Decimal("17.25"), clock(), "Well argued.")
    return student


def test_released_score_is_due_at_once(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    assert (claimed.score.given, claimed.score.possible) == (Decimal("17.25"), Decimal(20))
    assert claimed.score.comment == "Well argued."
    assert claimed.score.timestamp == clock()
    assert report(school_class, queued).state is PassbackState.PENDING


def test_accepted_score_is_done(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    sent(school_class, claimed, clock)
    assert report(school_class, queued).state is PassbackState.SENT
    assert report(school_class, queued).sent_at == clock()
    clock.advance(3600)
    assert claim(school_class, clock) == []


def test_nobody_else_can_claim_while_the_lease_lasts(school_class, queued, clock):
    assert len(claim(school_class, clock)) == 1
    assert claim(school_class, clock) == []


def test_score_of_a_dead_worker_is_claimed_again_with_a_later_timestamp(school_class, queued, clock):
    (dead,) = claim(school_class, clock)
    clock.advance(LEASE.total_seconds())
    (again,) = claim(school_class, clock)
    assert again.score.given == dead.score.given
    assert again.score.timestamp > dead.score.timestamp
    sent(school_class, dead, clock)  # it was not dead after all, but the lease is no longer its own
    assert report(school_class, queued).state is PassbackState.PENDING


def test_timestamp_grows_by_a_second_even_when_the_clock_stands(school_class, queued, clock):
    (first,) = claim(school_class, clock)
    with school_class.database.writing() as session:
        return_to_queue(session, [first], due_at=clock())
    (second,) = claim(school_class, clock)
    assert second.score.timestamp == first.score.timestamp + timedelta(seconds=1)


def test_newer_grade_during_the_send_is_sent_next(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    school_class.release(queued, 12, clock(), "On second thoughts.")
    assert claim(school_class, clock) == []  # the older one may still be on its way
    sent(school_class, claimed, clock)
    assert report(school_class, queued).state is PassbackState.PENDING
    (newer,) = claim(school_class, clock)
    assert (newer.score.given, newer.version) == (Decimal(12), 2)
    assert newer.score.timestamp > claimed.score.timestamp


def test_refusal_of_an_older_grade_does_not_stop_the_newer_one(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    school_class.release(queued, 12, clock())
    failed(school_class, claimed, clock, "unknown_user", refused=True)
    assert [each.score.given for each in claim(school_class, clock)] == [Decimal(12)]


def test_refused_score_waits_for_a_person(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    assert not failed(school_class, claimed, clock, "unknown_user", refused=True)
    refused = report(school_class, queued)
    assert (refused.state, refused.error_code, refused.error_detail) == (
        PassbackState.REFUSED,
        "unknown_user",
        "HTTP 418",
    )
    clock.advance(86_400)
    assert claim(school_class, clock) == []


def test_staff_send_again_what_was_refused(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    failed(school_class, claimed, clock, "unknown_user", refused=True)
    with school_class.database.writing() as session:
        count = retry_passbacks(session, school_class.grader(), discussion_id=school_class.discussion_id, now=clock())
    assert count == 1
    assert report(school_class, queued).error_code is None
    assert len(claim(school_class, clock)) == 1


def test_students_cannot_send_again(school_class, queued, clock, database):
    with database.write() as session, pytest.raises(Forbidden):
        retry_passbacks(session, school_class.grader(role=Role.STUDENT), discussion_id=1, now=clock())


def test_nobody_sends_again_what_belongs_to_another_course(school_class, queued, clock, database):
    (claimed,) = claim(school_class, clock)
    failed(school_class, claimed, clock, "unknown_user", refused=True)
    stranger = school_class.grader(course_id=school_class.course_id + 1)
    with database.writing() as session:
        assert retry_passbacks(session, stranger, discussion_id=school_class.discussion_id, now=clock()) == 0


def test_delayed_score_is_tried_later_and_says_why(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    assert failed(school_class, claimed, clock, "timeout")
    delayed = report(school_class, queued)
    assert (delayed.state, delayed.error_code, delayed.attempts) == (PassbackState.PENDING, "timeout", 1)
    assert timedelta(seconds=2.5) <= delayed.due_at - clock() <= timedelta(seconds=5)
    assert claim(school_class, clock) == []
    clock.advance(5)
    assert len(claim(school_class, clock)) == 1


def test_retry_after_is_honoured(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    failed(school_class, claimed, clock, "throttled", retry_after=90)
    assert report(school_class, queued).due_at == clock() + timedelta(seconds=90)


def test_hopeless_delay_is_shown_as_a_refusal(school_class, queued, clock):
    clock.advance(GIVE_UP_AFTER.total_seconds())
    (claimed,) = claim(school_class, clock)
    assert not failed(school_class, claimed, clock, "timeout")
    assert report(school_class, queued).error_code == "unreachable_too_long"


def test_stale_is_tried_again_a_few_times(school_class, queued, clock):
    for _ in range(9):
        (claimed,) = claim(school_class, clock)
        waits = failed(school_class, claimed, clock, "stale", refused=True)
        clock.advance(3600)
    assert not waits
    assert report(school_class, queued).error_code == "stale"


def test_comment_is_known_only_while_it_is_the_one_accepted(school_class, queued, clock):
    (first,) = claim(school_class, clock)
    assert not first.score.comment_is_known
    sent(school_class, first, clock)
    school_class.release(queued, 18, clock(), "Well argued.")
    (same,) = claim(school_class, clock)
    assert same.score.comment_is_known
    sent(school_class, same, clock)
    school_class.release(queued, 18, clock(), "Better still.")
    (other,) = claim(school_class, clock)
    assert not other.score.comment_is_known


def test_given_back_score_has_not_been_tried(school_class, queued, clock):
    (claimed,) = claim(school_class, clock)
    with school_class.database.writing() as session:
        return_to_queue(session, [claimed], due_at=clock() + timedelta(seconds=30))
    back = report(school_class, queued)
    assert (back.attempts, back.due_at) == (0, clock() + timedelta(seconds=30))


def test_limit_takes_the_longest_waiting_first(school_class, clock):
    for student in school_class.students:
        school_class.release(student, 1, clock())
        clock.advance(1)
    assert [each.score.person_id for each in claim(school_class, clock, limit=2)] == school_class.students[:2]


def test_next_due_looks_past_what_a_worker_holds(school_class, queued, clock):
    claim(school_class, clock)
    with school_class.database.read() as session:
        assert next_passback_due(session) == clock() + LEASE


def test_count_by_state(school_class, clock):
    for student in school_class.students:
        school_class.release(student, 1, clock())
    sent(school_class, claim(school_class, clock, limit=1)[0], clock)
    with school_class.database.read() as session:
        assert count_passbacks(session) == {PassbackState.PENDING: 2, PassbackState.SENT: 1}


def test_message_that_was_given_up_cannot_win_when_it_arrives_late(school_class, queued, clock, gradebook):
    (slow,) = claim(school_class, clock)
    failed(school_class, slow, clock, "timeout")
    clock.advance(-30)  # the newer grade and its worker live on servers whose clocks are behind
    school_class.release(queued, 12, clock())
    (newer,) = claim(school_class, clock)
    gradebook.receive(newer.score)
    with pytest.raises(PassbackRefused, match="stale"):
        gradebook.receive(slow.score)
