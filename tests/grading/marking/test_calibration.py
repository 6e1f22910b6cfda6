"""A calibration set: marked blind by every grader, compared once one has finished, and no grade unless decided."""

from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden
from lti_app.course.courses.rules import Role
from lti_app.grading.assessments.actions.grading import release
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.graders.errors import MarkedIndependently
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.marking.actions.calibrating import choose_calibration, end_calibration
from lti_app.grading.marking.actions.deciding import decide_marking
from lti_app.grading.marking.errors import MarkingClosed, SampleSizeWrong
from lti_app.grading.marking.queries.calibration import get_calibration
from lti_app.grading.marking.queries.compare import get_marking
from lti_app.grading.marking.rules.calibration import (
    MOST_SAMPLES,
    AgreementLevel,
    GivenPoints,
    agreement_of,
    strictness,
)
from lti_app.grading.rubrics.queries import get_rubric
from tests.cast import arrive
from tests.factories.grades import levels, mark
from tests.factories.markings import mark_twice, submit

# Units 1 to 12, observers A to D, as printed in Krippendorff, "Computing Krippendorff's alpha-reliability" (2011).
PRINTED = {
    1: "1 2 3 3 2 1 4 1 2 . . .",
    2: "1 2 3 3 2 2 4 1 2 5 . 3",
    3: ". 3 3 3 2 3 4 2 2 5 1 .",
    4: "1 2 3 3 2 4 4 1 2 5 1 .",
}


def given(table):
    return [
        GivenPoints(grader, student, Decimal(value))
        for grader, row in table.items()
        for student, value in enumerate(row.split())
        if value != "."
    ]


def choose(session, cast, discussion, *students, now):
    people = [each.person_id for each in students]
    return choose_calibration(session, cast.ines, discussion, people, now=now)


def test_alpha_is_that_of_the_printed_example():
    found = agreement_of(given(PRINTED))
    assert found.alpha is not None
    assert round(found.alpha, 3) == 0.849
    assert (found.level, found.widest) == (AgreementLevel.RELIABLE, 3)


@pytest.mark.parametrize(
    ("table", "level"),
    [
        ({}, AgreementLevel.TOO_FEW),
        ({1: "3 ."}, AgreementLevel.TOO_FEW),
        ({1: "3 .", 2: ". 4"}, AgreementLevel.TOO_FEW),
        ({1: "3 3", 2: "3 3"}, AgreementLevel.NO_SPREAD),
        ({1: "0 6 4", 2: "6 0 2"}, AgreementLevel.LOW),
        ({1: "0 6 4", 2: "0 6 4"}, AgreementLevel.RELIABLE),
    ],
)
def test_levels_of_agreement(table, level):
    assert agreement_of(given(table)).level is level


def test_who_is_milder():
    assert strictness(given({1: "6 4 .", 2: "3 3 1"})) == {1: Decimal("1.0"), 2: Decimal("-1.0")}


def test_nobody_sees_results_before_having_finished(session, cast, discussion, clock):
    assert choose(session, cast, discussion, cast.ana, cast.ben, now=clock()) == 2
    for student in (cast.ana, cast.ben):
        submit(session, cast.tariq, discussion, student, 1, 1, 1, 1, 1, now=clock())
    submit(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    assert get_calibration(session, cast.ines, discussion).results is None
    assert get_marking(session, cast.ines, discussion, cast.ana.person_id).shown == ()
    seen = get_calibration(session, cast.tariq, discussion)
    assert seen.results is not None
    assert seen.finished == {cast.tariq.person_id: 2, cast.ines.person_id: 1}
    assert len(get_marking(session, cast.tariq, discussion, cast.ana.person_id).shown) == 2
    with pytest.raises(MarkingClosed):  # he has seen her marks
        submit(session, cast.tariq, discussion, cast.ana, 0, 0, 0, 0, 0, version=1, now=clock())
    submit(session, cast.ines, discussion, cast.ben, 0, 0, 0, 0, 0, now=clock())
    results = get_calibration(session, cast.ines, discussion).results
    assert results is not None
    assert results.total.widest == 8
    assert results.apart == {cast.tariq.person_id: Decimal("-4.0"), cast.ines.person_id: Decimal("4.0")}


def test_calibration_marks_are_no_grades_unless_an_instructor_decides(session, cast, discussion, clock):
    third = arrive(session, cast.course_id, "Uma Third", Role.ASSISTANT, now=clock())
    choose(session, cast, discussion, cast.ana, now=clock())
    for grader in (cast.tariq, third, cast.ines):
        submit(session, grader, discussion, cast.ana, now=clock())
    assert get_assessment(session, cast.ines, discussion, cast.ana.person_id).version == 0
    with pytest.raises(MarkedIndependently):
        release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    about = {
        "marks": levels(session, discussion, 0, 0, 0, 0, 0),
        "comment": "",
        "note": "",
        "marked_with": get_rubric(session, discussion).id,
        "now": clock(),
    }
    with pytest.raises(Forbidden):
        decide_marking(session, third, discussion, cast.ana.person_id, **about)
    decide_marking(session, cast.ines, discussion, cast.ana.person_id, **about)
    assert get_assessment(session, cast.ines, discussion, cast.ana.person_id).total == 20


def test_ended_it_shows_results_to_all_and_students_are_graded_as_always(session, cast, discussion, clock):
    choose(session, cast, discussion, cast.ana, now=clock())
    submit(session, cast.tariq, discussion, cast.ana, now=clock())
    with pytest.raises(Forbidden):
        end_calibration(session, cast.tariq, discussion, now=clock())
    assert end_calibration(session, cast.ines, discussion, now=clock()) == 1
    assert get_calibration(session, cast.ines, discussion).results is not None
    mark(session, cast.ines, discussion, cast.ana, now=clock())


def test_who_can_be_in_the_set(session, cast, discussion, clock):
    mark(session, cast.tariq, discussion, cast.ana, now=clock())
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    mark_twice(session, cast.ines, discussion, now=clock())
    submit(session, cast.tariq, discussion, cast.ben, now=clock())
    assert choose(session, cast, discussion, *cast.students, cast.stranger, now=clock()) == 1  # Chi, unmarked
    assert list_blind(session, cast.ines, discussion).of(cast.chi.person_id).purpose == "calibration"
    with pytest.raises(SampleSizeWrong):
        choose_calibration(session, cast.ines, discussion, range(MOST_SAMPLES + 1), now=clock())
    with pytest.raises(Forbidden):
        choose_calibration(session, cast.tariq, discussion, [cast.chi.person_id], now=clock())
