"""Second marking: blind until both have submitted, agreed or decided, and then a grade like any other."""

from decimal import Decimal

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.courses.rules import Role
from lti_app.grading.assessments.actions.bulk import give_lowest
from lti_app.grading.assessments.actions.criterion import mark_criterion
from lti_app.grading.assessments.actions.grading import release, release_all
from lti_app.grading.assessments.errors import AssessmentIncomplete
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.grades import get_assessment
from lti_app.grading.assessments.queries.history import list_history
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.graders.actions.assigning import assign_grader
from lti_app.grading.graders.errors import MarkedIndependently
from lti_app.grading.graders.queries.blind import list_blind
from lti_app.grading.graders.rules.blind import Agreement, BlindOutcome, SecondMarkingMode
from lti_app.grading.marking.actions.deciding import decide_marking, end_marking
from lti_app.grading.marking.errors import (
    DecisionChanged,
    MarkingChanged,
    MarkingClosed,
    MarkingUnfinished,
    SampleSizeWrong,
)
from lti_app.grading.marking.queries.compare import get_marking
from lti_app.grading.rubrics.queries import get_rubric
from tests.cast import arrive
from tests.factories.grades import levels, mark
from tests.factories.markings import mark_twice, submit
from tests.races import at_once, kinds


def state(session, actor, discussion, student):
    session.expire_all()
    return list_blind(session, actor, discussion).of(student.person_id)


def grade(session, cast, discussion, student):
    session.expire_all()
    return get_assessment(session, cast.ines, discussion, student.person_id)


def decide(session, actor, discussion, student, *steps, now, comment="", rubric_id=None):
    decide_marking(
        session,
        actor,
        discussion,
        student.person_id,
        marks=levels(session, discussion, *steps),
        comment=comment,
        note="",
        marked_with=rubric_id or get_rubric(session, discussion).id,
        now=now,
    )


def test_nobody_sees_the_marks_of_another_before_both_are_in(session, cast, discussion, clock):
    mark_twice(session, cast.ines, discussion, now=clock())
    assert submit(session, cast.tariq, discussion, cast.ana, 1, 1, 1, 1, 1, comment="Mine.", now=clock())
    for who in (cast.ines, cast.tariq):
        view = get_marking(session, who, discussion, cast.ana.person_id)
        assert (view.shown, view.difference, view.state.submitted) == ((), None, 1)
    assert get_marking(session, cast.ines, discussion, cast.ana.person_id).own is None
    assert get_marking(session, cast.tariq, discussion, cast.ana.person_id).own.comment == "Mine."
    empty = grade(session, cast, discussion, cast.ana)
    assert (empty.marks, empty.comment, empty.version) == ({}, "", 0)
    assert list_history(session, cast.ines, discussion, cast.ana.person_id) == []
    assert submit(session, cast.ines, discussion, cast.ana, 0, 1, 1, 1, 1, now=clock())
    view = get_marking(session, cast.tariq, discussion, cast.ana.person_id)
    assert [each.grader for each in view.shown] == ["Tariq Haddad", "Ines Navarro"]
    assert (view.difference, view.rows[0].difference, view.rows[1].difference) == (2, 2, 0)
    assert view.state.is_to_decide
    assert grade(session, cast, discussion, cast.ana).version == 0  # nobody has decided


def test_draft_becomes_the_first_marking_and_is_seen_nowhere(session, cast, discussion, clock):
    mark(session, cast.tariq, discussion, cast.ana, 1, 1, 1, 1, 1, comment="First.", now=clock())
    mark_twice(session, cast.ines, discussion, now=clock())
    line = next(each for each in list_desk(session, cast.ines, discussion) if each.person_id == cast.ana.person_id)
    assert (line.total, line.is_ready, line.graded_by) == (None, False, "")
    seen = grade(session, cast, discussion, cast.ana)
    assert (seen.marks, seen.comment, seen.total) == ({}, "", 0)
    events = list_history(session, cast.ines, discussion, cast.ana.person_id)
    assert [(each.kind, each.total, each.words, each.marks) for each in events] == [
        (GradeEventKind.SET_ASIDE, None, "", ()),
        (GradeEventKind.SAVED, None, "", ()),
    ]
    own = get_marking(session, cast.tariq, discussion, cast.ana.person_id).own
    assert (own.comment, own.total, own.submitted_at) == ("First.", Decimal(12), clock())
    mark_twice(session, cast.ines, discussion, mode=SecondMarkingMode.OFF, now=clock())
    back = grade(session, cast, discussion, cast.ana)
    assert (back.comment, back.total, back.is_complete) == ("First.", Decimal(12), True)
    assert len(list_history(session, cast.ines, discussion, cast.ana.person_id)[-1].marks) == 5


def test_grades_that_students_have_seen_stay(session, cast, discussion, clock):
    mark(session, cast.tariq, discussion, cast.ana, now=clock())
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    mark_twice(session, cast.ines, discussion, now=clock())
    assert not state(session, cast.ines, discussion, cast.ana).is_open
    assert grade(session, cast, discussion, cast.ana).released_version == 1
    assert state(session, cast.ines, discussion, cast.ben).is_open


@pytest.mark.parametrize(
    "way",
    [
        lambda s, c, d, now: mark(s, c.tariq, d, c.ana, now=now),
        lambda s, c, d, now: release(s, c.ines, d, c.ana.person_id, now=now),
        lambda s, c, d, now: mark_criterion(
            s,
            c.ines,
            d,
            c.ana.person_id,
            criterion_id=(first := get_rubric(s, d).criteria[0]).id,
            mark=levels(s, d, 0)[first.id],
            version=0,
            seed="a1",
            now=now,
        ),
    ],
)
def test_no_other_way_to_a_grade_while_it_is_open(session, cast, discussion, clock, way):
    mark_twice(session, cast.ines, discussion, now=clock())
    with pytest.raises(MarkedIndependently):
        way(session, cast, discussion, clock())


def test_bulk_actions_pass_over_whoever_is_open(session, cast, discussion, clock):
    mark(session, cast.tariq, discussion, cast.ana, now=clock())
    mark(session, cast.tariq, discussion, cast.ben, now=clock())
    release(session, cast.tariq, discussion, cast.ben.person_id, now=clock())
    mark_twice(session, cast.ines, discussion, now=clock())
    everybody = [each.person_id for each in cast.students]
    assert release_all(session, cast.ines, discussion, now=clock()) == 0
    assert give_lowest(session, cast.ines, discussion, everybody, comment="", now=clock()) == 0


@pytest.mark.parametrize(
    ("agreement", "tolerance", "first", "second", "total"),
    [
        (Agreement.PERSON, "20", (0, 0, 0, 0, 0), (0, 0, 0, 0, 0), None),
        (Agreement.AVERAGE, "0", (1, 1, 1, 1, 1), (1, 1, 1, 1, 1), 12),
        (Agreement.AVERAGE, "2", (0, 0, 0, 0, 0), (1, 0, 0, 0, 0), None),  # 5 of 6 is no level
        (Agreement.AVERAGE, "4", (0, 0, 0, 0, 0), (2, 0, 0, 0, 0), 18),  # 4 is one
        (Agreement.AVERAGE, "3", (0, 0, 0, 0, 0), (2, 0, 0, 0, 0), None),
        (Agreement.AVERAGE, "3", (0, 1, 0, 0, 0), (2, 0, 0, 0, 0), None),  # in total 2 apart, in a criterion 4
        (Agreement.FIRST, "2", (0, 0, 0, 0, 0), (1, 0, 0, 0, 0), 20),
        (Agreement.FIRST, "1.99", (0, 0, 0, 0, 0), (1, 0, 0, 0, 0), None),
    ],
)
def test_agreement_within_the_tolerance(
    session, cast, discussion, clock, *, agreement, tolerance, first, second, total
):
    mark_twice(session, cast.ines, discussion, agreement=agreement, tolerance=tolerance, now=clock())
    submit(session, cast.tariq, discussion, cast.ana, *first, comment="One.", now=clock())
    submit(session, cast.ines, discussion, cast.ana, *second, comment="Two.", now=clock())
    found = grade(session, cast, discussion, cast.ana)
    assert (found.total if found.version else None) == total
    if total is None:
        assert state(session, cast.ines, discussion, cast.ana).is_to_decide
    else:
        assert found.comment == ("One." if agreement is Agreement.FIRST else "One.\n\nTwo.")
        assert state(session, cast.ines, discussion, cast.ana).outcome is BlindOutcome.AGREED
        assert list_history(session, cast.ines, discussion, cast.ana.person_id)[0].kind is GradeEventKind.AGREED


def test_the_assigned_grader_is_the_first_marker(session, cast, discussion, clock):
    assign_grader(session, cast.ines, discussion, grader_id=cast.ines.person_id, person_id=cast.ana.person_id)
    mark_twice(session, cast.ines, discussion, agreement=Agreement.FIRST, tolerance="2", now=clock())
    submit(session, cast.tariq, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    submit(session, cast.ines, discussion, cast.ana, 1, 0, 0, 0, 0, now=clock())
    assert grade(session, cast, discussion, cast.ana).total == 18


def test_a_third_person_decides_and_the_grade_is_released_as_always(session, cast, discussion, clock):
    third = arrive(session, cast.course_id, "Uma Third", Role.ASSISTANT, now=clock())
    fourth = arrive(session, cast.course_id, "Vic Fourth", Role.ASSISTANT, now=clock())
    mark_twice(session, cast.ines, discussion, now=clock())
    submit(session, cast.tariq, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    with pytest.raises(MarkingUnfinished):
        decide(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    submit(session, third, discussion, cast.ana, 2, 0, 0, 0, 0, now=clock())
    with pytest.raises(MarkingClosed):  # two are enough
        submit(session, fourth, discussion, cast.ana, now=clock())
    with pytest.raises(MarkingClosed):  # the other one's marks have been shown
        submit(session, third, discussion, cast.ana, 0, 0, 0, 0, 0, version=1, now=clock())
    with pytest.raises(Forbidden):
        decide(session, third, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    with pytest.raises(AssessmentIncomplete):
        decide(session, fourth, discussion, cast.ana, 1, now=clock())
    with pytest.raises(DecisionChanged):
        decide(session, fourth, discussion, cast.ana, 1, 0, 0, 0, 0, rubric_id=10**6, now=clock())
    decide(session, fourth, discussion, cast.ana, 1, 0, 0, 0, 0, comment="Between.", now=clock())
    found = grade(session, cast, discussion, cast.ana)
    assert (found.total, found.comment, found.assessed_by) == (18, "Between.", "Vic Fourth")
    with pytest.raises(DecisionChanged):
        decide(session, cast.ines, discussion, cast.ana, 0, 0, 0, 0, 0, now=clock())
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    kinds_of = [each.kind for each in list_history(session, cast.ines, discussion, cast.ana.person_id)]
    assert kinds_of == [GradeEventKind.RELEASED, GradeEventKind.DECIDED]


def test_incomplete_marks_are_a_draft_and_an_older_form_overwrites_nothing(session, cast, discussion, clock):
    mark_twice(session, cast.ines, discussion, now=clock())
    assert not submit(session, cast.tariq, discussion, cast.ana, 1, comment="Half.", now=clock())
    assert state(session, cast.tariq, discussion, cast.ana).submitted == 0
    with pytest.raises(MarkingChanged):
        submit(session, cast.tariq, discussion, cast.ana, now=clock())
    assert submit(session, cast.tariq, discussion, cast.ana, version=1, now=clock())
    assert submit(session, cast.tariq, discussion, cast.ana, version=1, now=clock())  # the second of two clicks


def test_an_instructor_ends_it_with_the_only_marking(session, cast, discussion, clock):
    mark_twice(session, cast.ines, discussion, now=clock())
    submit(session, cast.tariq, discussion, cast.ana, comment="Only.", now=clock())
    with pytest.raises(Forbidden):
        end_marking(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    end_marking(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert grade(session, cast, discussion, cast.ana).comment == "Only."
    end_marking(session, cast.ines, discussion, cast.ben.person_id, now=clock())
    mark(session, cast.tariq, discussion, cast.ben, now=clock())  # graded as always


def test_a_sample_is_rounded_up_and_keeps_whom_it_had(session, cast, discussion, clock):
    sample = SecondMarkingMode.SAMPLE
    for wrong in (0, 101):
        with pytest.raises(SampleSizeWrong):
            mark_twice(session, cast.ines, discussion, mode=sample, percent=wrong, now=clock())
    with pytest.raises(SampleSizeWrong):
        mark_twice(session, cast.ines, discussion, tolerance="20.01", now=clock())
    mark_twice(session, cast.ines, discussion, mode=sample, percent=34, now=clock())
    first = set(list_blind(session, cast.ines, discussion).states)
    assert len(first) == 2
    mark_twice(session, cast.ines, discussion, mode=sample, percent=100, now=clock())
    mark_twice(session, cast.ines, discussion, mode=sample, percent=34, now=clock())
    assert list_blind(session, cast.ines, discussion).states.keys() == first
    chosen = next(each for each in cast.students if each.person_id in first)
    submit(session, cast.tariq, discussion, chosen, now=clock())
    mark_twice(session, cast.ines, discussion, mode=sample, percent=1, now=clock())
    assert [*list_blind(session, cast.ines, discussion).states] == [chosen.person_id]


def test_latecomers_are_marked_twice_where_everybody_is(session, cast, discussion, clock):
    mark_twice(session, cast.ines, discussion, now=clock())
    late = arrive(session, cast.course_id, "Lea Late", Role.STUDENT, now=clock())
    assert state(session, cast.ines, discussion, late).is_open
    with pytest.raises(MarkedIndependently):
        mark(session, cast.ines, discussion, late, now=clock())
    submit(session, cast.ines, discussion, late, now=clock())
    assert state(session, cast.ines, discussion, late).submitted == 1


def test_only_staff_and_only_students_who_are_marked_twice(session, cast, discussion, clock):
    with pytest.raises(NotFound):
        submit(session, cast.tariq, discussion, cast.ana, now=clock())
    with pytest.raises(NotFound):
        get_marking(session, cast.tariq, discussion, cast.ana.person_id)
    mark_twice(session, cast.ines, discussion, now=clock())
    for who in (cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            submit(session, who, discussion, cast.ana, now=clock())
        with pytest.raises(Forbidden):
            get_marking(session, who, discussion, cast.ana.person_id)
    with pytest.raises(NotFound):
        submit(session, cast.tariq, discussion, cast.stranger, now=clock())
    with pytest.raises(Forbidden):
        mark_twice(session, cast.tariq, discussion, now=clock())


def test_second_markers_at_once(database, session, cast, discussion, clock):
    third = arrive(session, cast.course_id, "Uma Third", Role.ASSISTANT, now=clock())
    mark_twice(session, cast.ines, discussion, agreement=Agreement.AVERAGE, tolerance="20", now=clock())
    session.commit()
    now = clock()

    def work(grader):
        def save():
            with database.writing() as own:
                return submit(own, grader, discussion, cast.ana, now=now)

        return save

    answers = at_once([work(each) for each in (cast.ines, cast.tariq, third)])
    assert kinds(answers) == ["MarkingClosed", "bool", "bool"]
    assert grade(session, cast, discussion, cast.ana).total == 20
