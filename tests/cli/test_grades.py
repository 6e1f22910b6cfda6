"""`colloquy grades problems`: what instructors read beside a grade, for whoever runs the tool."""

from datetime import timedelta

from lti_app.core.db import Database
from lti_app.grading.passbacks.actions.reading_back import claim_column, finish_read
from lti_app.grading.passbacks.actions.sending import claim_due, finish_failed, finish_sent
from lti_app.grading.passbacks.ports import ColumnReading
from lti_app.grading.passbacks.rules.states import Shown
from lti_app.grading.passbacks.rules.wording import PROBLEMS
from tests.cli.conftest import Run
from tests.grading.passbacks.passbacks import START, Class

LEASE = timedelta(minutes=1)


def test_nothing_to_tell(run: Run):
    result = run("grades", "problems")
    assert (result.returncode, result.stdout) == (0, "Every grade is where it should be.\n")


def test_problems_are_told_with_their_number_and_in_the_words_of_the_pages(run: Run, database_url: str):
    school_class = Class(Database.at(database_url), students=4)
    for student in school_class.students:
        school_class.release(student, 15, START)
    with school_class.database.writing() as session:
        locked, also_locked, confirmed, other = claim_due(session, START, limit=4, lease=LEASE)
        for each in (locked, also_locked):
            finish_failed(session, each, code="unknown_user", detail="Ana Brandt", refused=True, now=START)
        for each in (confirmed, other):
            finish_sent(session, each, now=START)
    with school_class.database.writing() as session:
        column = claim_column(session, START + LEASE, lease=LEASE)
        shown = {confirmed.score.person_id: Shown(confirmed.score.given, confirmed.score.possible)}
        finish_read(session, column, [ColumnReading("1", "", column.versions.keys(), shown)], now=START)
    school_class.database.engine.dispose()
    lines = run("grades", "problems").stdout.splitlines()
    place = f"course {school_class.course_id}, discussion {school_class.discussion_id}: Leadership / Zaleznik"
    assert lines[:3] == [place, "  2 refused since 2026-11-23 09:00 UTC", f"  {PROBLEMS['unknown_user'].text}"]
    assert lines[3:5] == [place, "  1 missing since 2026-11-23 09:00 UTC"]
    assert len(lines) == 6
    assert "Ana" not in "".join(lines)


def test_points_are_told_as_such(run: Run, database_url: str):
    school_class = Class(Database.at(database_url), students=1)
    school_class.release_points({school_class.students[0]: 4}, START)
    with school_class.database.writing() as session:
        (points,) = claim_due(session, START, limit=4, lease=LEASE)
        finish_failed(session, points, code="no_columns", refused=True, now=START)
    school_class.database.engine.dispose()
    lines = run("grades", "problems").stdout.splitlines()
    assert lines[0].endswith("Leadership / Zaleznik (participation points)")
    assert lines[2] == f"  {PROBLEMS['no_columns'].text}"
