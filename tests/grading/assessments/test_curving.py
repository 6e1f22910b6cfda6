"""Curving grades: preview, applying, taking off; holding back; copying to a group."""

from decimal import Decimal
from functools import partial

import pytest

from lti_app.core.errors import Forbidden, NotFound
from lti_app.course.groups.actions import make_group, place_students
from lti_app.grading.adjustments.rules.curves import CurveInvalid, CurveKind
from lti_app.grading.assessments.actions.copying import copy_grade, preview_copy
from lti_app.grading.assessments.actions.curving import CurveRequest, apply_curve, preview_curve, remove_curve
from lti_app.grading.assessments.actions.grading import release, release_all
from lti_app.grading.assessments.actions.holding import hold_back
from lti_app.grading.assessments.errors import AssessmentChanged
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.given import collect_given
from lti_app.grading.assessments.queries.grades import get_assessment, get_released_grade
from lti_app.grading.assessments.queries.history import list_history
from lti_app.grading.assessments.rules import GradeEventKind, GradingStatus
from tests.cast import MONDAY
from tests.factories.grades import mark
from tests.races import at_once
from tests.races import kinds as raced

ADD_2 = CurveRequest(CurveKind.ADD, Decimal(2), is_capped=True)
MEAN_15 = CurveRequest(CurveKind.MEAN, Decimal(15), is_capped=True)


@pytest.fixture
def graded(session, cast, clock, discussion):
    """Ana has 20 of 20, Ben 14 and Chi nothing yet."""
    mark(session, cast.ines, discussion, cast.ana, now=clock())
    mark(session, cast.ines, discussion, cast.ben, 1, 1, 1, 1, 1, now=clock())
    return discussion


def everybody(cast):
    return [student.person_id for student in cast.students]


def previewed(session, cast, discussion, wanted):
    return preview_curve(session, cast.ines, discussion, everybody(cast), wanted=wanted, now=MONDAY)


def apply(session, cast, discussion, wanted):
    seen = previewed(session, cast, discussion, wanted).fingerprint
    about = {"wanted": wanted, "fingerprint": seen, "now": MONDAY}
    return apply_curve(session, cast.ines, discussion, everybody(cast), **about)


def lines(session, cast, discussion):
    return {each.name.split()[0]: each for each in list_desk(session, cast.ines, discussion)}


def given(session, cast, discussion):
    found = lines(session, cast, discussion)
    bases = {each.person_id: each.basis for each in found.values() if each.is_graded}
    grades = collect_given(session, cast.ines, discussion, bases, now=MONDAY)
    return {name: grades[each.person_id].given for name, each in found.items() if each.person_id in grades}


def test_the_preview_lists_complete_grades_and_saves_nothing(session, cast, graded):
    before = given(session, cast, graded)
    preview = previewed(session, cast, graded, MEAN_15)
    assert [each.student.name for each in preview.lines] == ["Ana Brandt", "Ben Carter"]
    assert preview.curve.by == 15 - sum(before.values()) / 2
    assert preview.after.mean == 15
    assert given(session, cast, graded) == before


def test_a_curve_is_a_line_and_marks_stay(session, cast, clock, graded):
    release(session, cast.ines, graded, cast.ben.person_id, now=clock())
    before = given(session, cast, graded)
    marks = get_assessment(session, cast.ines, graded, cast.ben.person_id).marks
    assert apply(session, cast, graded, ADD_2) == 2
    assert given(session, cast, graded) == {"Ana": 20, "Ben": before["Ben"] + 2}  # Ana has full marks
    assert get_assessment(session, cast.ines, graded, cast.ben.person_id).marks == marks
    assert get_released_grade(session, cast.ben, graded).given == before["Ben"]
    assert lines(session, cast, graded)["Ben"].status is GradingStatus.CHANGED
    event = list_history(session, cast.ines, graded, cast.ben.person_id)[0]
    assert (event.kind, event.by, event.curve.amount) == (GradeEventKind.CURVED, "Ines Navarro", 2)
    assert release_all(session, cast.ines, graded, now=clock()) == 2
    grade = get_released_grade(session, cast.ben, graded)
    assert (grade.given, grade.curve.amount) == (before["Ben"] + 2, 2)


def test_a_curve_is_not_applied_twice_and_another_replaces_it(session, cast, graded):
    before = given(session, cast, graded)
    apply(session, cast, graded, ADD_2)
    again = previewed(session, cast, graded, ADD_2)
    assert all(each.is_same for each in again.lines)
    assert apply(session, cast, graded, ADD_2) == 0
    other = CurveRequest(CurveKind.ADD, Decimal(3), is_capped=True)
    assert all(each.replaces for each in previewed(session, cast, graded, other).lines)
    apply(session, cast, graded, other)
    assert given(session, cast, graded)["Ben"] == before["Ben"] + 3
    assert remove_curve(session, cast.ines, graded, everybody(cast), now=MONDAY) == 2
    assert remove_curve(session, cast.ines, graded, everybody(cast), now=MONDAY) == 0
    assert given(session, cast, graded) == before
    assert list_history(session, cast.ines, graded, cast.ben.person_id)[0].kind is GradeEventKind.CURVE_REMOVED


def test_new_marks_are_curved_by_the_same_rule(session, cast, clock, graded):
    apply(session, cast, graded, CurveRequest(CurveKind.SQUARE_ROOT, None, is_capped=True))
    version = lines(session, cast, graded)["Ana"].version
    mark(session, cast.ines, graded, cast.ana, 1, 1, 1, 1, 1, version=version, now=clock())
    found = given(session, cast, graded)
    assert found["Ana"] == found["Ben"]


def test_grades_that_changed_since_the_preview_are_not_curved(session, cast, clock, graded):
    seen = previewed(session, cast, graded, MEAN_15).fingerprint
    mark(session, cast.tariq, graded, cast.ben, 2, 2, 2, 1, 1, version=1, now=clock())
    about = {"fingerprint": seen, "now": MONDAY}
    with pytest.raises(AssessmentChanged):
        apply_curve(session, cast.ines, graded, everybody(cast), wanted=MEAN_15, **about)
    seen = previewed(session, cast, graded, MEAN_15).fingerprint
    with pytest.raises(AssessmentChanged):  # other students are meant
        apply_curve(session, cast.ines, graded, [cast.ana.person_id], wanted=MEAN_15, fingerprint=seen, now=MONDAY)


def test_nobody_to_curve_and_nobody_else_may(session, cast, discussion):
    with pytest.raises(CurveInvalid):
        previewed(session, cast, discussion, MEAN_15)
    for actor in (cast.tariq, cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            preview_curve(session, actor, discussion, [], wanted=ADD_2, now=MONDAY)
        with pytest.raises(Forbidden):
            apply_curve(session, actor, discussion, [], wanted=ADD_2, fingerprint="", now=MONDAY)
        with pytest.raises(Forbidden):
            remove_curve(session, actor, discussion, [], now=MONDAY)


def test_two_curves_at_once_do_not_add_up(database, session, cast, graded):
    session.commit()
    seen = previewed(session, cast, graded, ADD_2).fingerprint

    def work():
        with database.writing() as own:
            people = everybody(cast)
            return apply_curve(own, cast.ines, graded, people, wanted=ADD_2, fingerprint=seen, now=MONDAY)

    before = given(session, cast, graded)
    session.commit()
    assert raced(at_once([work, work])) == ["AssessmentChanged", "int"]
    assert given(session, cast, graded)["Ben"] == before["Ben"] + 2


def test_what_is_held_back_is_released_only_by_itself(session, cast, clock, graded):
    hold = partial(hold_back, session, cast.tariq, graded, [cast.ana.person_id], now=clock())
    assert (hold(is_held=True), hold(is_held=True)) == (1, 0)
    assert not lines(session, cast, graded)["Ana"].is_ready
    assert release_all(session, cast.ines, graded, now=clock()) == 1
    assert release_all(session, cast.ines, graded, person_ids=[cast.ana.person_id], now=clock()) == 0
    assert get_released_grade(session, cast.ana, graded) is None
    assert hold(is_held=False) == 1
    kinds = [event.kind for event in list_history(session, cast.ines, graded, cast.ana.person_id)]
    assert kinds[:2] == [GradeEventKind.LET_GO, GradeEventKind.HELD_BACK]
    hold(is_held=True)
    release(session, cast.ines, graded, cast.ana.person_id, now=clock())
    assert not lines(session, cast, graded)["Ana"].is_held
    with pytest.raises(Forbidden):
        hold_back(session, cast.ana, graded, [cast.ana.person_id], is_held=True, now=clock())


def together(session, cast, *students):
    """The id of a group of these."""
    group_id = make_group(session, cast.ines, "Readers")
    place_students(session, cast.ines, {student.person_id: group_id for student in students})
    return group_id


@pytest.fixture
def group_id(session, cast):
    return together(session, cast, *cast.students)


def versions(session, cast, discussion, *names):
    found = lines(session, cast, discussion)
    return {found[name].person_id: found[name].version for name in names}


def copy(session, cast, discussion, group_id, seen, *, version=1):
    about = {"group_id": group_id, "version": version, "seen_versions": seen, "now": MONDAY}
    return copy_grade(session, cast.tariq, discussion, cast.ana.person_id, **about)


def test_a_grade_is_copied_to_those_who_are_chosen(session, cast, clock, graded, group_id):
    release(session, cast.ines, graded, cast.ben.person_id, now=clock())
    preview = preview_copy(session, cast.tariq, graded, cast.ana.person_id, group_id=group_id)
    assert [each.name for each in preview.others] == ["Ben Carter", "Chi Nguyen"]
    before = given(session, cast, graded)["Ben"]
    assert copy(session, cast, graded, group_id, versions(session, cast, graded, "Chi")) == 1
    assert given(session, cast, graded) == {"Ana": 20, "Ben": before, "Chi": 20}
    assert copy(session, cast, graded, group_id, versions(session, cast, graded, "Ben")) == 1
    assert given(session, cast, graded)["Ben"] == 20
    assert get_released_grade(session, cast.ben, graded).given == before
    event = list_history(session, cast.ines, graded, cast.ben.person_id)[0]
    assert (event.kind, event.by, len(event.marks)) == (GradeEventKind.COPIED, "Tariq Haddad", 5)


def test_nothing_is_copied_over_a_grade_that_has_changed(session, cast, clock, graded, group_id):
    seen = versions(session, cast, graded, "Ben", "Chi")
    mark(session, cast.ines, graded, cast.ben, 2, 2, 2, 1, 1, version=1, now=clock())
    with pytest.raises(AssessmentChanged):
        copy(session, cast, graded, group_id, seen)
    with pytest.raises(AssessmentChanged):  # the copied grade is another one
        copy(session, cast, graded, group_id, versions(session, cast, graded, "Chi"), version=0)
    assert "Chi" not in given(session, cast, graded)


def test_nobody_outside_the_group_gets_it(session, cast, clock, graded):
    pair = together(session, cast, cast.ana, cast.ben)
    assert copy(session, cast, graded, pair, {cast.chi.person_id: 0, cast.stranger.person_id: 0}) == 0
    with pytest.raises(NotFound):
        preview_copy(session, cast.ines, graded, cast.chi.person_id, group_id=pair)
    with pytest.raises(Forbidden):
        preview_copy(session, cast.ben, graded, cast.ana.person_id, group_id=pair)
