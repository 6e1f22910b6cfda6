"""The sender: everything due is sent, whatever dies, fails or races meanwhile."""

import threading
from collections import Counter

import pytest

from lti_app.grading.passbacks.ports import PassbackDelayed, PassbackRefused, Score
from lti_app.grading.passbacks.rules.states import PassbackState
from lti_app.jobs.passbacks import LEASE, PassbackSender
from tests.factories.passbacks import count_passbacks, passback_states
from tests.grading.passbacks.passbacks import Class, MovableClock, RecordingGradebook
from tests.jobs.conftest import place

PATIENCE = 60.0


class WorkerKilled(BaseException):
    """What `kill -9` looks like from inside: nothing of ours runs any more."""


def release_all(school_class: Class, clock: MovableClock, given: int = 15) -> None:
    for student in school_class.students:
        school_class.release(student, given, clock())


def states(school_class: Class) -> dict[PassbackState, int]:
    with school_class.database.read() as session:
        return count_passbacks(session)


def grades(gradebook: RecordingGradebook) -> dict[int, int]:
    return {person_id: int(score.given) for person_id, score in gradebook.scores.items()}


def test_everything_due_is_sent_once(school_class, sender, gradebook, clock):
    release_all(school_class, clock)
    sender.send_due()
    assert states(school_class) == {PassbackState.SENT: 60}
    assert grades(gradebook) == dict.fromkeys(school_class.students, 15)
    assert gradebook.tries == 60


@pytest.mark.parametrize("moment", ["before", "after"])
def test_worker_killed_around_the_answer_only_sends_again(school_class, sender, gradebook, clock, moment):
    doomed = [school_class.students[25]]
    release_all(school_class, clock)

    def die_once(score: Score) -> None:
        if score.person_id in doomed:
            doomed.clear()
            raise WorkerKilled

    setattr(gradebook, moment, die_once)
    with pytest.raises(WorkerKilled):
        sender.send_due()
    survivor = PassbackSender(sender.database, gradebook, clock)
    survivor.send_due()
    clock.advance(LEASE.total_seconds())
    survivor.send_due()
    assert states(school_class) == {PassbackState.SENT: 60}
    assert grades(gradebook) == dict.fromkeys(school_class.students, 15)
    assert set(Counter(map(len, gradebook.accepted.values()))) <= {1, 2}


def test_two_workers_share_the_work(school_class, gradebook, clock):
    release_all(school_class, clock)
    senders = [PassbackSender(school_class.database, gradebook, clock) for _ in range(2)]
    threads = [threading.Thread(target=each.send_due) for each in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(school_class) == {PassbackState.SENT: 60}
    assert gradebook.tries == 60


def test_grades_changed_while_two_workers_send_all_arrive(school_class, gradebook, clock):
    release_all(school_class, clock, given=1)
    changed = iter(range(2, 20))
    lock = threading.Lock()

    def change_mind(score: Score) -> None:
        with lock:
            given = next(changed, None)
        if given is not None:
            school_class.release(score.person_id, given, clock())

    gradebook.before = change_mind
    senders = [PassbackSender(school_class.database, gradebook, clock) for _ in range(2)]
    threads = [threading.Thread(target=each.send_due) for each in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    senders[0].send_due()
    with school_class.database.read() as session:
        wanted = passback_states(session, school_class.discussion_id)
    assert {state.state for state in wanted.values()} == {PassbackState.SENT}
    assert grades(gradebook) == {person_id: int(state.given) for person_id, state in wanted.items()}
    gradebook.check_order()


def test_what_was_seen_before_a_score_was_sent_holds_no_later_one(school_class, sender, gradebook, clock):
    """A grade that changes twice while the class is being sent is not held as one that somebody changed in the LMS."""
    release_all(school_class, clock, given=1)
    first, changed = school_class.students[0], iter((2, 3))

    def change_mind(score: Score) -> None:
        if score.person_id == first and (given := next(changed, None)) is not None:
            school_class.release(first, given, clock())

    gradebook.before = change_mind
    sender.send_due()
    assert states(school_class) == {PassbackState.SENT: 60}
    assert grades(gradebook)[first] == 3


def test_a_platform_that_does_not_answer_keeps_no_other_waiting(placed, school_class, sender, gradebook, clock):
    other = Class(school_class.database, students=3, issuer="https://other.example")
    assert place(other, "https://other.example") != placed
    is_asked, answers, others_are_sent = threading.Event(), threading.Event(), threading.Event()

    def hang(score: Score) -> None:
        if score.discussion_id == school_class.discussion_id:
            is_asked.set()
            answers.wait(PATIENCE)

    def count(_score: Score) -> None:
        if len(gradebook.scores) == len(other.students):
            others_are_sent.set()

    gradebook.before, gradebook.after = hang, count
    release_all(school_class, clock)
    sending = threading.Thread(target=sender.send_due)
    sending.start()
    assert is_asked.wait(PATIENCE)
    for student in other.students:
        other.release(student, 12, clock())
    sender.send_due()  # the thread is sending already, and looks for more
    assert others_are_sent.wait(PATIENCE)
    assert not answers.is_set()
    answers.set()
    sending.join(PATIENCE)
    assert states(school_class) == {PassbackState.SENT: 63}


@pytest.mark.parametrize("fault", [PassbackDelayed("unreachable"), PassbackRefused("unauthorized")])
def test_platform_that_is_down_is_left_alone(placed, school_class, sender, gradebook, *, clock, fault):
    release_all(school_class, clock)

    def be_down(_score: Score) -> None:
        raise fault

    gradebook.before = be_down
    sender.send_due()
    assert gradebook.tries == 1
    for _ in range(20):
        clock.advance(60)
        sender.send_due()
    assert gradebook.tries <= 21
    gradebook.before = lambda _score: None
    clock.advance(3600)
    sender.send_due()
    outcome = states(school_class)
    assert PassbackState.PENDING not in outcome
    assert outcome.get(PassbackState.REFUSED, 0) <= 3  # those few that were tried for all the others


def test_one_refused_score_keeps_no_other_back(placed, school_class, sender, gradebook, clock):
    release_all(school_class, clock)

    def refuse_one(score: Score) -> None:
        if score.person_id == school_class.students[0]:
            raise PassbackRefused("unknown_user", "HTTP 422")

    gradebook.before = refuse_one
    sender.send_due()
    assert states(school_class) == {PassbackState.SENT: 59, PassbackState.REFUSED: 1}


def test_fault_of_ours_keeps_no_other_back(placed, school_class, sender, gradebook, clock):
    release_all(school_class, clock)

    def stumble(score: Score) -> None:
        if score.person_id == school_class.students[0]:
            raise KeyError("a comment that must not reach the log")

    gradebook.before = stumble
    sender.send_due()
    assert states(school_class) == {PassbackState.SENT: 59, PassbackState.PENDING: 1}
    assert sender.seconds_to_next() is not None


def test_worker_that_must_stop_gives_back_what_it_has_not_sent(placed, school_class, sender, gradebook, clock):
    release_all(school_class, clock)

    def stop(_score: Score) -> None:
        sender.stopping.set()

    gradebook.after = stop
    sender.send_due()
    assert gradebook.tries == 1
    successor = PassbackSender(sender.database, gradebook, clock)
    successor.send_due()
    assert states(school_class) == {PassbackState.SENT: 60}


def test_lease_that_runs_out_is_not_overstayed(placed, school_class, gradebook, clock):
    """One score at a time, or the clock of the test would count what passes side by side."""
    release_all(school_class, clock)
    gradebook.before = lambda _score: clock.advance(20)
    PassbackSender(school_class.database, gradebook, clock, at_once=1).send_due()
    assert states(school_class) == {PassbackState.SENT: 60}
    assert gradebook.tries == 60


def test_nothing_due_means_no_wake(school_class, sender):
    assert sender.seconds_to_next() is None
