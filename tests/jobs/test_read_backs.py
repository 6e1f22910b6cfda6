"""Reading back: what the pages say of a grade is what the LMS shows."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from lti_app.core.db import Database
from lti_app.grading.passbacks.actions.queueing import keep_shown, send_column_again, send_over
from lti_app.grading.passbacks.ports import PassbackDelayed, PassbackRefused
from lti_app.grading.passbacks.rules.results import CHECK_AFTER, MOST_RESENDS
from lti_app.grading.passbacks.rules.states import GradebookStanding, Shown
from lti_app.jobs.read_backs import LEASE, GradebookReader
from tests.jobs.reading import OVERWRITTEN, SOON


def test_accepted_is_not_confirmed_until_it_was_read(reading):
    reading.release(reading.ana)
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}
    reading.read()
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED}
    assert reading.report(reading.ana).shown == Shown(Decimal(15), Decimal(20))
    assert reading.report(reading.ana).checked_at == reading.clock()


def test_column_is_read_at_once(reading):
    reading.release(reading.ana, reading.ben, reading.chi)
    reading.read()
    assert len(reading.gradebook.readings) == 1
    assert set(reading.standings().values()) == {GradebookStanding.CONFIRMED}


def test_grade_that_never_appears_is_told_and_not_sent_for_ever(reading):
    reading.gradebook.erased = {reading.ben}
    reading.release(reading.ana, reading.ben)
    reading.read()
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED, reading.ben: GradebookStanding.MISSING}
    assert reading.gradebook.tries == 2


def test_column_that_keeps_nothing_is_told(reading):
    reading.gradebook.erased = set(reading.school_class.students)
    reading.release(reading.ana, reading.ben)
    reading.read()
    assert set(reading.standings().values()) == {GradebookStanding.NO_POINTS}
    for _ in CHECK_AFTER:
        reading.read(8 * 86_400)
    assert reading.gradebook.tries == 2
    assert len(reading.gradebook.readings) <= len(CHECK_AFTER)


def test_column_that_was_emptied_gets_everybodys_grade_again(reading):
    reading.release(reading.ana, reading.ben)
    reading.read()
    reading.gradebook.scores.clear()
    assert reading.read(2 * 86_400) == 2
    reading.sender.send_due()
    reading.read()
    assert set(reading.standings().values()) == {GradebookStanding.CONFIRMED}
    assert reading.gradebook.tries == 4


def test_column_that_is_emptied_again_and_again_is_not_fought_over(reading):
    reading.release(reading.ana)
    for _ in range(MOST_RESENDS + 3):
        reading.read()
        reading.gradebook.scores.clear()
        reading.read_on_demand()
        reading.sender.send_due()
    assert reading.gradebook.tries == 1 + MOST_RESENDS


def test_new_maximum_gets_everybodys_grade_again(reading):
    reading.release(reading.ana)
    reading.read()
    reading.gradebook.changed = {reading.ana: Shown(Decimal(15), Decimal(50))}
    assert reading.read(2 * 86_400) == 1
    reading.gradebook.changed = {reading.ana: Shown(Decimal("37.5"), Decimal(50))}
    reading.sender.send_due()
    reading.read()
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED}


def test_change_in_the_lms_is_told_and_an_instructor_chooses_ours(reading):
    reading.release(reading.ana, reading.ben)
    reading.read()
    reading.gradebook.changed = {reading.ana: OVERWRITTEN}
    reading.read(2 * 86_400)
    assert reading.standings() == {reading.ana: GradebookStanding.CHANGED, reading.ben: GradebookStanding.CONFIRMED}
    assert reading.report(reading.ana).shown == OVERWRITTEN
    assert reading.change(send_over, person_ids=[reading.ana], now=reading.clock()) == 1
    reading.gradebook.changed = {}
    reading.sender.send_due()
    reading.read()
    assert set(reading.standings().values()) == {GradebookStanding.CONFIRMED}


def test_kept_grade_of_the_lms_is_left_alone_until_it_changes(reading):
    reading.release(reading.ana)
    reading.read()
    reading.gradebook.changed = {reading.ana: OVERWRITTEN}
    reading.read(2 * 86_400)
    assert reading.change(keep_shown, person_ids=[reading.ana]) == 1
    reading.read_on_demand()
    assert reading.standings() == {reading.ana: GradebookStanding.KEPT}
    reading.gradebook.changed = {reading.ana: Shown(Decimal(3), Decimal(20))}
    reading.read_on_demand()
    assert reading.standings() == {reading.ana: GradebookStanding.CHANGED}


@pytest.mark.parametrize("was_told", [True, False], ids=["read since", "not read since"])
def test_newer_grade_does_not_undo_a_change_in_the_lms(reading, was_told):
    reading.release(reading.ana, reading.ben)
    reading.read()
    reading.gradebook.changed = {reading.ana: OVERWRITTEN}
    if was_told:
        reading.read(2 * 86_400)
    reading.release(reading.ana, reading.ben, given=18)
    assert reading.standings() == {reading.ana: GradebookStanding.HELD, reading.ben: GradebookStanding.SENT}
    assert reading.gradebook.scores[reading.ana].given == 15
    assert reading.report(reading.ana).shown == OVERWRITTEN
    assert reading.change(send_over, person_ids=[reading.ana], now=reading.clock()) == 1
    reading.sender.send_due()
    assert reading.gradebook.scores[reading.ana].given == 18
    assert reading.standings()[reading.ana] is GradebookStanding.SENT


def test_only_the_named_students_are_sent_over(reading):
    reading.release(reading.ana, reading.ben)
    reading.gradebook.changed = {reading.ana: OVERWRITTEN, reading.ben: OVERWRITTEN}
    reading.read()
    assert reading.change(keep_shown, person_ids=[reading.ana]) == 1
    assert reading.change(send_over, person_ids=[reading.ben], now=reading.clock()) == 1
    assert reading.standings() == {reading.ana: GradebookStanding.KEPT, reading.ben: GradebookStanding.PENDING}
    assert reading.change(send_over, person_ids=[reading.ana], now=reading.clock()) == 1


def test_held_grade_may_give_way(reading):
    reading.release(reading.ana)
    reading.gradebook.changed = {reading.ana: OVERWRITTEN}
    reading.release(reading.ana, given=18)
    reading.change(keep_shown, person_ids=[reading.ana])
    assert reading.standings() == {reading.ana: GradebookStanding.KEPT}
    reading.release(reading.ana, given=19)
    assert reading.standings() == {reading.ana: GradebookStanding.HELD}
    assert reading.gradebook.scores[reading.ana].given == 15


def test_look_before_a_change_of_many_is_one_reading(reading):
    reading.release(*reading.school_class.students)
    reading.read()
    readings = len(reading.gradebook.readings)
    reading.release(*reading.school_class.students, given=18)
    assert len(reading.gradebook.readings) == readings + 1


def test_attempt_without_an_answer_is_not_taken_for_a_change_in_the_lms(reading, gradebook):
    reading.release(reading.ana)

    def time_out(_score):
        gradebook.after = lambda _score: None
        raise PassbackDelayed("timeout")

    gradebook.after = time_out
    reading.release(reading.ana, given=16)
    reading.school_class.release(reading.ana, 17, reading.clock())
    reading.clock.advance(60)
    reading.sender.send_due()
    assert gradebook.scores[reading.ana].given == 17
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}


def test_results_that_cannot_be_read_now_hold_a_change_up_only_for_a_while(reading, gradebook):
    reading.release(reading.ana)
    gradebook.not_readable = PassbackDelayed("server_error")
    reading.release(reading.ana, given=18)
    assert gradebook.scores[reading.ana].given == 15
    for _ in range(6):
        reading.clock.advance(120)
        reading.sender.send_due()
    assert gradebook.scores[reading.ana].given == 18


def test_lms_that_lets_nobody_read_is_asked_once(reading, gradebook):
    gradebook.not_readable = PassbackRefused("unreadable")
    reading.release(reading.ana)
    for _ in range(5):
        reading.read(86_400)
    assert reading.standings() == {reading.ana: GradebookStanding.UNREADABLE}
    assert len(gradebook.readings) == 1
    gradebook.not_readable = None
    reading.read_on_demand()
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED}


def test_failed_reading_is_repeated_and_ends(reading, gradebook):
    gradebook.not_readable = PassbackDelayed("timeout")
    reading.release(reading.ana)
    for _ in range(20):
        reading.read(8 * 86_400)
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}
    assert len(gradebook.readings) == len(CHECK_AFTER)


def test_column_that_is_gone_gets_everybodys_grade_again_once(reading, gradebook):
    reading.release(reading.ana, reading.ben)
    reading.read()
    gradebook.not_readable = PassbackRefused("not_found")
    reading.read(2 * 86_400)
    assert set(reading.standings().values()) == {GradebookStanding.PENDING}
    reading.sender.send_due()
    reading.read()
    assert set(reading.standings().values()) == {GradebookStanding.UNREADABLE}
    assert gradebook.tries == 4


def test_new_column_gets_everybodys_grade_whatever_became_of_it(reading, gradebook):
    reading.release(reading.ana, reading.ben)

    def refuse(_score):
        raise PassbackRefused("locked")

    gradebook.before = refuse
    reading.release(reading.ben, reading.chi, given=11)
    gradebook.before = lambda _score: None
    with reading.school_class.database.writing() as session:
        send_column_again(session, reading.school_class.discussion_id, now=reading.clock())
    gradebook.scores.clear()
    reading.clock.advance(3600)
    reading.sender.send_due()
    assert {person: score.given for person, score in gradebook.scores.items()} == {
        reading.ana: 15,
        reading.ben: 11,
        reading.chi: 11,
    }


def test_answer_from_the_old_column_does_not_settle_a_score_of_the_new_one(reading, gradebook):
    reading.school_class.release(reading.ana, 15, reading.clock())

    def be_replaced(_score):
        gradebook.after = lambda _score: None
        with reading.school_class.database.writing() as session:
            send_column_again(session, reading.school_class.discussion_id, now=reading.clock())

    gradebook.after = be_replaced
    reading.sender.send_due()
    assert gradebook.tries == 2
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}


def test_result_of_an_earlier_score_says_nothing_about_a_newer_one(reading, gradebook):
    reading.release(reading.ana)
    ordinary = gradebook.read

    def release_meanwhile(*about, **more):
        shown = ordinary(*about, **more)
        gradebook.read = ordinary
        reading.release(reading.ana, given=18)
        return shown

    gradebook.read = release_meanwhile
    reading.read()
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}
    reading.read()
    assert reading.report(reading.ana).shown.given == 18


def test_dead_readers_column_is_read_after_its_lease(reading, gradebook):
    reading.release(reading.ana)

    def die(*_about, **_more):
        raise SystemExit

    ordinary, gradebook.read = gradebook.read, die
    with pytest.raises(SystemExit):
        reading.read()
    gradebook.read = ordinary
    assert GradebookReader(reading.sender.database, gradebook, reading.clock, threading.Event()).read_due() == 0
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}
    reading.read(LEASE.total_seconds())
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED}


def test_columns_to_which_scores_are_being_sent_wait(reading):
    reading.release(reading.ana)
    reading.school_class.release(reading.ben, 15, reading.clock() + timedelta(seconds=SOON))
    reading.read()
    assert reading.gradebook.readings == []
    reading.sender.send_due()
    reading.read()
    assert set(reading.standings().values()) == {GradebookStanding.CONFIRMED}


def test_column_of_complete_and_incomplete_takes_a_newer_grade_before_its_first_reading(reading):
    """Canvas shows full points for every grade above zero: nobody has changed it there."""
    reading.release(reading.ana)
    reading.gradebook.changed = {reading.ana: Shown(Decimal(20), Decimal(20))}
    reading.release(reading.ana, given=18)
    assert reading.gradebook.scores[reading.ana].given == 18
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}


def test_full_points_in_a_column_that_keeps_points_are_a_change(reading):
    reading.release(reading.ana, reading.ben)
    reading.gradebook.changed = {reading.ana: Shown(Decimal(20), Decimal(20))}
    reading.release(reading.ana, reading.ben, given=18)
    assert reading.standings()[reading.ana] is GradebookStanding.HELD


def test_worker_without_work_waits_for_nobody_who_writes(reading, monkeypatch):
    """A sweep of a worker that has nothing to do must not queue for the one place where SQLite lets somebody write."""
    reading.release(reading.ana)

    def wait(_database):
        raise TimeoutError("waits for those who write")

    monkeypatch.setattr(Database, "writing", wait)
    reading.sender.send_due()
    assert reading.reader.read_due() == 0
    assert reading.standings() == {reading.ana: GradebookStanding.SENT}
