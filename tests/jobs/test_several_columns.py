"""Reading back a discussion whose grades go to the columns of several activities."""

from decimal import Decimal

import pytest

from lti_app.grading.passbacks.actions.queueing import keep_shown, send_over
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.rules.states import GradebookStanding, Shown
from tests.jobs.reading import OVERWRITTEN

FIFTEEN = Shown(Decimal(15), Decimal(20))


def beside(reading, shown, *, error_code=""):
    """Another activity opens the discussion too, and its column shows this of Ana's grade."""
    found = {reading.ana: shown} if shown else {}
    reading.gradebook.beside = ColumnReading("2", "Zaleznik (copy)", [reading.ana], found, error_code)


@pytest.mark.parametrize(
    ("shown", "standing", "where"),
    [
        (FIFTEEN, GradebookStanding.CONFIRMED, ""),
        (Shown(Decimal(30), Decimal(40)), GradebookStanding.CONFIRMED, ""),
        (OVERWRITTEN, GradebookStanding.DIFFERENT, "Zaleznik (copy)"),
        (Shown(Decimal(0), Decimal(0)), GradebookStanding.NO_POINTS, "Zaleznik (copy)"),
        (None, GradebookStanding.NO_POINTS, "Zaleznik (copy)"),
    ],
    ids=["alike", "other maximum", "overridden", "no points", "nothing"],
)
def test_grade_is_confirmed_where_every_column_shows_it(reading, shown, standing, where):
    beside(reading, shown)
    reading.release(reading.ana)
    reading.read()
    report = reading.report(reading.ana)
    assert report.standing is standing
    assert len(report.columns) == 2
    if where:
        assert report.where == where


def test_change_in_one_of_two_columns_is_told_and_our_grade_goes_to_both(reading):
    beside(reading, FIFTEEN)
    reading.release(reading.ana)
    reading.read()
    beside(reading, OVERWRITTEN)
    reading.read(2 * 86_400)
    report = reading.report(reading.ana)
    assert (report.standing, report.shown, report.where) == (
        GradebookStanding.CHANGED,
        OVERWRITTEN,
        "Zaleznik (copy)",
    )
    told = [report.seen_in(column).standing for column in report.columns]
    assert told == [GradebookStanding.CONFIRMED, GradebookStanding.CHANGED]
    assert reading.change(send_over, person_ids=[reading.ana], now=reading.clock()) == 1
    beside(reading, FIFTEEN)
    reading.sender.send_due()
    reading.read()
    assert reading.standings() == {reading.ana: GradebookStanding.CONFIRMED}


def test_grades_that_were_changed_in_two_columns_are_both_kept(reading):
    beside(reading, FIFTEEN)
    reading.release(reading.ana)
    reading.read()
    reading.gradebook.changed = {reading.ana: OVERWRITTEN}
    beside(reading, Shown(Decimal(3), Decimal(20)))
    reading.read_on_demand()
    assert reading.change(keep_shown, person_ids=[reading.ana]) == 1
    for _ in range(2):
        reading.read_on_demand()
        assert reading.standings() == {reading.ana: GradebookStanding.KEPT}
    beside(reading, Shown(Decimal(4), Decimal(20)))
    reading.read_on_demand()
    assert reading.report(reading.ana).shown == Shown(Decimal(4), Decimal(20))
    assert reading.standings() == {reading.ana: GradebookStanding.CHANGED}


@pytest.mark.parametrize("was_told", [True, False], ids=["read since", "not read since"])
def test_newer_grade_does_not_undo_a_change_in_one_of_two_columns(reading, was_told):
    beside(reading, FIFTEEN)
    reading.release(reading.ana)
    reading.read()
    beside(reading, OVERWRITTEN)
    if was_told:
        reading.read_on_demand()
    reading.release(reading.ana, given=18)
    report = reading.report(reading.ana)
    assert (report.standing, report.shown, report.where) == (GradebookStanding.HELD, OVERWRITTEN, "Zaleznik (copy)")
    assert reading.gradebook.scores[reading.ana].given == 15


def test_column_that_is_gone_beside_another_gets_everybodys_grade_again_once(reading):
    beside(reading, FIFTEEN)
    reading.release(reading.ana, reading.ben)
    reading.read()
    beside(reading, None, error_code="not_found")
    assert reading.read_on_demand() == 2
    reading.sender.send_due()
    reading.read()
    assert reading.standings() == {reading.ana: GradebookStanding.UNREADABLE, reading.ben: GradebookStanding.CONFIRMED}
    assert reading.gradebook.tries == 4
    reading.gradebook.beside = None
    reading.read_on_demand()
    assert set(reading.standings().values()) == {GradebookStanding.CONFIRMED}
