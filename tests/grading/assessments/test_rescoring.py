"""Changing the rubric of a discussion before and after somebody is graded by it."""

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select, update

from lti_app.core.errors import Forbidden
from lti_app.discussion.discussions.rules import Anonymity
from lti_app.grading.assessments.actions.grading import assess, release
from lti_app.grading.assessments.actions.rescoring import Regrading, change_rubric, is_graded, preview_rescoring
from lti_app.grading.assessments.errors import AssessmentChanged, RubricInUse
from lti_app.grading.assessments.models import Assessment, Mark
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.grades import get_assessment, get_released_grade
from lti_app.grading.assessments.rules import GradingStatus
from lti_app.grading.rubrics.errors import RubricChanged, RubricInvalid
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.queries import get_rubric, list_versions
from lti_app.grading.rubrics.rules.plans import CriterionPlan, LevelPlan, plan_of
from lti_app.grading.rubrics.rules.ready import HOLISTIC
from tests.cast import MONDAY
from tests.factories.discussions import set_up
from tests.factories.grades import levels, mark
from tests.races import at_once
from tests.statements import count_statements

RESCORE, UNGRADED_ONLY = Regrading.RESCORE, Regrading.UNGRADED_ONLY
EXTRA = CriterionPlan("Style", (LevelPlan(Decimal(3)), LevelPlan(Decimal(0))))


def current(session, discussion):
    return plan_of(get_rubric(session, discussion))


def doubled(plan):
    """The first criterion counts twice."""
    return replace(plan, criteria=(replace(plan.criteria[0], weight=Decimal(2)), *plan.criteria[1:]))


def change(session, cast, discussion, plan, *, version=1, regrading=None):
    about = {"version": version, "regrading": regrading, "now": MONDAY}
    change_rubric(session, cast.ines, discussion, plan, **about)
    session.flush()


def grade_of(session, cast, discussion, student):
    return get_assessment(session, cast.ines, discussion, student.person_id)


def test_a_rubric_nobody_is_graded_by_is_simply_changed(session, cast, discussion):
    assert not is_graded(session, discussion)
    change(session, cast, discussion, doubled(current(session, discussion)))
    rubric = get_rubric(session, discussion)
    assert (rubric.version, rubric.maximum) == (2, 26)
    assert len(list_versions(session, discussion)) == 1  # nobody needs the one before
    change(session, cast, discussion, HOLISTIC, version=2)
    assert [view.title for view in list_versions(session, discussion).values()] == ["Holistic"]
    assert session.scalar(select(func.count()).select_from(Criterion)) == 1
    assert session.scalar(select(func.count()).select_from(Level)) == 5


def test_saving_the_same_again_changes_nothing(session, cast, clock, discussion):
    mark(session, cast.ines, discussion, cast.ana, now=clock())
    change(session, cast, discussion, current(session, discussion))
    assert get_rubric(session, discussion).version == 1


def test_once_somebody_is_graded_one_must_choose(session, cast, clock, discussion):
    mark(session, cast.tariq, discussion, cast.ana, now=clock())
    with pytest.raises(RubricInUse):
        change(session, cast, discussion, doubled(current(session, discussion)))
    assert get_rubric(session, discussion).version == 1
    assert is_graded(session, discussion)


def test_rescoring_keeps_levels_and_counts_anew(session, cast, clock, discussion):
    mark(session, cast.tariq, discussion, cast.ana, 1, 0, 0, 0, 0, now=clock(), comment="Good.")
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    change(session, cast, discussion, doubled(current(session, discussion)), regrading=RESCORE)
    found = grade_of(session, cast, discussion, cast.ana)
    assert (found.total, found.rubric.version, found.version, found.comment) == (22, 2, 2, "Good.")
    assert set(found.marks) == {each.id for each in found.rubric.criteria}
    assert found.is_complete
    seen = get_released_grade(session, cast.ana, discussion)
    assert (seen.given, seen.possible) == (18, 20)  # as released
    line = next(each for each in list_desk(session, cast.ines, discussion) if each.person_id == cast.ana.person_id)
    assert line.status is GradingStatus.CHANGED
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    assert get_released_grade(session, cast.ana, discussion).given == Decimal("16.92")  # 22 of 26


def test_ungraded_work_alone_gets_the_new_rubric(session, cast, clock, discussion):
    mark(session, cast.tariq, discussion, cast.ana, now=clock())
    session.execute(update(Assessment).values(rubric_id=None))  # as an earlier release left it
    change(session, cast, discussion, doubled(current(session, discussion)), regrading=UNGRADED_ONLY)
    old = grade_of(session, cast, discussion, cast.ana)
    assert (old.rubric.version, old.total, old.version) == (1, 20, 1)
    mark(session, cast.tariq, discussion, cast.ben, now=clock())
    new = grade_of(session, cast, discussion, cast.ben)
    assert (new.rubric.version, new.total) == (2, 26)
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    assert get_released_grade(session, cast.ana, discussion).given == 20
    change(session, cast, discussion, current(session, discussion), version=2, regrading=RESCORE)  # nothing new
    extra = replace(current(session, discussion), criteria=(*current(session, discussion).criteria, EXTRA))
    change(session, cast, discussion, extra, version=2, regrading=RESCORE)
    for student in (cast.ana, cast.ben):  # each from the version of their own
        found = grade_of(session, cast, discussion, student)
        assert (found.rubric.version, found.total, found.is_complete) == (3, 26, False)
    assert len(list_versions(session, discussion)) == 1


def test_the_preview_says_what_rescoring_then_does(session, cast, clock, discussion):
    mark(session, cast.tariq, discussion, cast.ana, 1, 0, 0, 0, 0, now=clock())
    mark(session, cast.tariq, discussion, cast.ben, 0, 0, now=clock())
    release(session, cast.tariq, discussion, cast.ana.person_id, now=clock())
    plan = current(session, discussion)
    plan = replace(doubled(plan), criteria=(*doubled(plan).criteria, EXTRA))
    lines = preview_rescoring(session, cast.ines, discussion, plan, now=MONDAY)
    told = [(each.name, each.total, each.new_total, each.becomes_incomplete, each.is_released) for each in lines]
    assert told == [("Ana Brandt", 18, 22, True, True), ("Ben Carter", 11, 17, False, False)]
    assert {(each.maximum, each.new_maximum) for each in lines} == {(20, 29)}
    change(session, cast, discussion, plan, regrading=RESCORE)
    totals = [grade_of(session, cast, discussion, each).total for each in (cast.ana, cast.ben)]
    assert totals == [each.new_total for each in lines]
    same = preview_rescoring(session, cast.ines, discussion, current(session, discussion), now=MONDAY)
    assert all(each.is_same for each in same)


def test_the_preview_costs_the_same_for_a_large_class(session, cast, clock, discussion, database):
    def cost():
        session.flush()
        with count_statements(database.engine) as statements:
            preview_rescoring(session, cast.ines, discussion, HOLISTIC, now=MONDAY)
        return len(statements)

    mark(session, cast.tariq, discussion, cast.ana, now=clock())
    first = cost()
    for student in (cast.ben, cast.chi):
        mark(session, cast.tariq, discussion, student, now=clock())
    assert cost() == first <= 4


def test_the_preview_of_a_blind_discussion_has_pseudonyms(session, cast, clock):
    from_blind = set_up(session, cast.ines, clock(), anonymity=Anonymity.BLIND)
    mark(session, cast.tariq, from_blind, cast.ana, now=clock())
    (line,) = preview_rescoring(session, cast.ines, from_blind, HOLISTIC, now=MONDAY)
    assert "Ana" not in line.name


def test_only_instructors_change_it_and_two_at_once_are_told(session, cast, clock, discussion):
    plan = current(session, discussion)
    for actor in (cast.tariq, cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            change_rubric(session, actor, discussion, HOLISTIC, version=1, now=clock())
        with pytest.raises(Forbidden):
            preview_rescoring(session, actor, discussion, HOLISTIC, now=MONDAY)
    change(session, cast, discussion, doubled(plan))
    with pytest.raises(RubricChanged):
        change(session, cast, discussion, HOLISTIC, version=1)
    with pytest.raises(RubricInvalid):
        change(session, cast, discussion, replace(plan, criteria=()), version=2)


def test_marks_of_a_page_with_another_rubric_are_refused(session, cast, clock, discussion):
    seen = get_rubric(session, discussion)
    marks = levels(session, discussion, 0, 0, 0, 0, 0)
    change(session, cast, discussion, HOLISTIC)
    about = {"comment": "", "version": 0, "now": clock()}
    with pytest.raises(AssessmentChanged):
        assess(session, cast.tariq, discussion, cast.ana.person_id, marks=marks, marked_with=seen.id, **about)


def test_marks_never_belong_to_another_version_than_their_rubric(database, session, cast, clock, discussion):
    for student in (cast.ana, cast.ben):
        mark(session, cast.tariq, discussion, student, 0, 0, 0, 0, 0, now=clock())
    session.commit()

    def grade(student, version):
        for number in range(6):
            with database.writing() as own:
                assessment = get_assessment(own, cast.tariq, discussion, student.person_id)
                chosen = {
                    each.id: replace(mark, comment=f"{version}.{number}")
                    for each in assessment.rubric.criteria
                    if (mark := assessment.marks.get(each.id))
                }
                try:
                    about = {"version": assessment.version, "marked_with": assessment.rubric.id, "now": clock()}
                    assess(own, cast.tariq, discussion, student.person_id, marks=chosen, comment="", **about)
                except AssessmentChanged:
                    continue

    def alter(regrading):
        for number in range(6):
            with database.writing() as own:
                rubric = get_rubric(own, discussion)
                plan = plan_of(rubric)
                first = replace(plan.criteria[0], weight=Decimal(number + 1))
                plan = replace(plan, title=f"{regrading} {number}", criteria=(first, *plan.criteria[1:]))
                try:
                    about = {"version": rubric.version, "regrading": regrading, "now": clock()}
                    change_rubric(own, cast.ines, discussion, plan, **about)
                except RubricChanged:
                    continue

    works = [partial(grade, student, n) for n, student in enumerate((cast.ana, cast.ben, cast.chi))]
    assert at_once([*works, partial(alter, RESCORE), partial(alter, UNGRADED_ONLY)]) == [None] * 5
    session.rollback()
    of_marks = (
        select(func.count())
        .select_from(Mark)
        .join(Assessment, Assessment.id == Mark.assessment_id)
        .join(Criterion, Criterion.id == Mark.criterion_id)
        .join(Level, Level.id == Mark.level_id)
    )
    assert session.scalar(of_marks) == 10
    wrong = (Criterion.rubric_id != Assessment.rubric_id) | (Level.criterion_id != Criterion.id)
    assert session.scalar(of_marks.where(wrong)) == 0
    for student in (cast.ana, cast.ben):
        found = grade_of(session, cast, discussion, student)
        assert found.total == found.rubric.total(found.marks)
        assert found.is_complete
    kept = {each for (each,) in session.execute(select(Assessment.rubric_id).distinct()) if each}
    newest = get_rubric(session, discussion).id
    assert set(session.scalars(select(Rubric.id).where(Rubric.discussion_id == discussion.id))) == kept | {newest}


def test_two_first_rubrics_at_once(database, session, cast, clock, discussion):
    versions = select(Rubric.id).where(Rubric.discussion_id == discussion.id)
    old = session.scalars(versions).one()
    criteria = select(Criterion.id).where(Criterion.rubric_id == old)
    session.execute(Level.__table__.delete().where(Level.criterion_id.in_(criteria)))
    session.execute(Criterion.__table__.delete().where(Criterion.rubric_id == old))
    session.execute(Rubric.__table__.delete().where(Rubric.id == old))
    session.commit()

    def begin():
        with database.writing() as own:
            change_rubric(own, cast.ines, discussion, HOLISTIC, version=0, now=clock())

    answers = at_once([begin] * 3)
    assert [type(each).__name__ for each in answers if each] == ["RubricChanged"] * 2
    session.rollback()
    assert get_rubric(session, discussion).version == 1
