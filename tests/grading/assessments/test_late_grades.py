"""The late rule of a discussion in grades: drafts, releases, scores, waivers, and what a change of the rule does."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from lti_app.core.errors import Forbidden
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.actions.linking import copy_discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Calendar
from lti_app.grading.adjustments.rules.given import rule_of
from lti_app.grading.adjustments.rules.late import LateRule, LateUnit
from lti_app.grading.assessments.actions.grading import release, release_all
from lti_app.grading.assessments.actions.late_rules import change_late_rule, preview_late_rule
from lti_app.grading.assessments.actions.rescoring import Regrading
from lti_app.grading.assessments.actions.waiving import waive_late
from lti_app.grading.assessments.errors import LateRuleChanged, LateRuleInUse
from lti_app.grading.assessments.queries.desk import list_desk
from lti_app.grading.assessments.queries.given import collect_given
from lti_app.grading.assessments.queries.grades import get_released_grade
from lti_app.grading.assessments.queries.history import list_history
from lti_app.grading.assessments.rules import GradeEventKind, GradingStatus
from lti_app.grading.passbacks.models import Passback
from tests.cast import MONDAY
from tests.factories.discussions import WEEK
from tests.factories.grades import mark
from tests.factories.posts import write
from tests.races import at_once
from tests.races import kinds as raced

TEN = LateRule(LateUnit.OF_EARNED, Decimal(10))
TWENTY = replace(TEN, rate=Decimal(20))


def ruled(session, cast, discussion, rule, *, seen=None, regrading=None, actor=None):
    about = {"seen": seen, "regrading": regrading, "now": MONDAY}
    change_late_rule(session, actor or cast.ines, discussion, rule, **about)
    return get_discussion(session, cast.ines, discussion.id, now=MONDAY)


@pytest.fixture
def late(session, cast, clock, discussion):
    """Ana posted two days late, Ben in time; both have full marks. The rule takes 10% a day."""
    discussion = ruled(session, cast, discussion, TEN)
    write(session, cast.ben, discussion, now=MONDAY)
    write(session, cast.ana, discussion, now=WEEK.first_post_due + timedelta(days=1, hours=1))
    clock.move(days=5)
    mark(session, cast.ines, discussion, cast.ana, now=clock())
    mark(session, cast.ines, discussion, cast.ben, now=clock())
    return discussion


def line_of(session, cast, discussion, student):
    return next(each for each in list_desk(session, cast.ines, discussion) if each.person_id == student.person_id)


def given(session, cast, clock, discussion, student):
    basis = line_of(session, cast, discussion, student).basis
    found = collect_given(session, cast.ines, discussion, {student.person_id: basis}, now=clock())
    return found[student.person_id].given


def kinds(session, cast, discussion, student):
    return [event.kind for event in list_history(session, cast.ines, discussion, student.person_id)]


def score(session, student):
    return session.scalar(select(Passback.given).where(Passback.person_id == student.person_id))


def test_lateness_is_in_the_draft_the_release_and_the_score(session, cast, clock, late):
    assert given(session, cast, clock, late, cast.ana) == 16
    assert given(session, cast, clock, late, cast.ben) == 20
    assert release_all(session, cast.ines, late, now=clock()) == 2
    grade = get_released_grade(session, cast.ana, get_discussion(session, cast.ana, late.id, now=clock()))
    assert (grade.given, grade.total, grade.late.amount, grade.curve) == (16, 20, 4, None)
    assert (score(session, cast.ana), score(session, cast.ben)) == (16, 20)
    assert get_released_grade(session, cast.ben, late).late is None


def test_an_old_release_keeps_its_lines(session, cast, clock, late):
    release(session, cast.ines, late, cast.ana.person_id, now=clock())
    before = get_released_grade(session, cast.ana, late)
    later = Calendar(first_post_due=WEEK.first_post_due + timedelta(days=2))
    extend(session, cast.ines, late, person_id=cast.ana.person_id, dates=later, note="", now=clock())
    late = get_discussion(session, cast.ines, late.id, now=clock())
    assert given(session, cast, clock, late, cast.ana) == 20  # by her own dates
    assert get_released_grade(session, cast.ana, late) == before
    assert line_of(session, cast, late, cast.ana).status is GradingStatus.RELEASED
    assert release_all(session, cast.ines, late, now=clock()) == 1  # Ben's alone
    assert get_released_grade(session, cast.ana, late) == before
    release(session, cast.ines, late, cast.ana.person_id, now=clock())
    assert (get_released_grade(session, cast.ana, late).given, score(session, cast.ana)) == (20, 20)
    release(session, cast.ines, late, cast.ana.person_id, now=clock())  # the second of two clicks
    assert kinds(session, cast, late, cast.ana).count(GradeEventKind.RELEASED) == 2


def test_a_waived_reduction_takes_nothing_off(session, cast, clock, late):
    release(session, cast.ines, late, cast.ana.person_id, now=clock())
    about = {"reason": "She was ill.", "now": clock()}
    assert waive_late(session, cast.tariq, late, [cast.ana.person_id], is_waived=True, **about) == 1
    assert waive_late(session, cast.tariq, late, [cast.ana.person_id], is_waived=True, **about) == 0
    assert get_released_grade(session, cast.ana, late).given == 16
    assert line_of(session, cast, late, cast.ana).status is GradingStatus.CHANGED
    release_all(session, cast.ines, late, now=clock())
    grade = get_released_grade(session, cast.ana, late)
    assert (grade.given, grade.late.is_waived, grade.late.due_amount) == (20, True, 4)
    events = list_history(session, cast.ines, late, cast.ana.person_id)
    waived = next(event for event in events if event.kind is GradeEventKind.LATE_WAIVED)
    assert (waived.by, waived.words) == ("Tariq Haddad", "She was ill.")
    waive_late(session, cast.ines, late, [cast.ana.person_id], is_waived=False, now=clock())
    assert given(session, cast, clock, late, cast.ana) == 16


def test_waiving_before_any_marks_leaves_the_student_ungraded(session, cast, clock, late):
    waive_late(session, cast.ines, late, [cast.chi.person_id], is_waived=True, now=clock())
    assert line_of(session, cast, late, cast.chi).status is GradingStatus.UNGRADED
    mark(session, cast.ines, late, cast.chi, now=clock())
    assert line_of(session, cast, late, cast.chi).status is GradingStatus.DRAFT


def test_students_and_strangers_waive_nothing(session, cast, clock, late):
    for actor in (cast.ana, cast.olga):
        with pytest.raises(Forbidden):
            waive_late(session, actor, late, [cast.ana.person_id], is_waived=True, now=clock())
    assert waive_late(session, cast.ines, late, [cast.stranger.person_id], is_waived=True, now=clock()) == 0


def test_a_rule_that_changes_grades_must_say_what_becomes_of_them(session, cast, clock, late):
    with pytest.raises(LateRuleInUse):
        ruled(session, cast, late, TWENTY, seen=TEN)
    changes = preview_late_rule(session, cast.ines, late, TWENTY, now=clock())
    assert [(each.name, each.before.given, each.after.given) for each in changes if not each.is_same] == [
        ("Ana Brandt", 16, 12)
    ]
    assert given(session, cast, clock, late, cast.ana) == 16


def test_rescored_grades_are_drafts_until_they_are_released(session, cast, clock, late):
    release_all(session, cast.ines, late, now=clock())
    late = ruled(session, cast, late, TWENTY, seen=TEN, regrading=Regrading.RESCORE)
    assert given(session, cast, clock, late, cast.ana) == 12
    assert get_released_grade(session, cast.ana, late).given == 16
    assert line_of(session, cast, late, cast.ana).status is GradingStatus.CHANGED
    assert line_of(session, cast, late, cast.ben).status is GradingStatus.RELEASED
    assert kinds(session, cast, late, cast.ana)[0] is GradeEventKind.LATE_RULE
    assert kinds(session, cast, late, cast.ben)[0] is GradeEventKind.RELEASED


def test_graded_work_can_keep_the_rule_of_before(session, cast, clock, late):
    release(session, cast.ines, late, cast.ana.person_id, now=clock())
    late = ruled(session, cast, late, None, seen=TEN, regrading=Regrading.UNGRADED_ONLY)
    assert given(session, cast, clock, late, cast.ana) == 16
    assert line_of(session, cast, late, cast.ana).status is GradingStatus.RELEASED
    write(session, cast.chi, late, now=WEEK.first_post_due + timedelta(days=1))
    mark(session, cast.ines, late, cast.chi, now=clock())
    assert given(session, cast, clock, late, cast.chi) == 20
    late = ruled(session, cast, late, TWENTY, regrading=Regrading.RESCORE)  # from now on for everybody
    assert given(session, cast, clock, late, cast.ana) == 12
    assert given(session, cast, clock, late, cast.chi) == 16


def test_a_change_that_changes_no_grade_asks_nothing(session, cast, clock, late):
    capped = replace(TEN, most=Decimal(50))
    assert rule_of(ruled(session, cast, late, capped, seen=TEN).late_rule) == capped


def test_who_saw_another_rule_does_not_replace_it(session, cast, late):
    with pytest.raises(LateRuleChanged):
        ruled(session, cast, late, TWENTY, seen=None, regrading=Regrading.RESCORE)


def test_assistants_and_students_change_no_rule(session, cast, clock, late):
    for actor in (cast.tariq, cast.ana):
        with pytest.raises(Forbidden):
            ruled(session, cast, late, None, seen=TEN, actor=actor)
        with pytest.raises(Forbidden):
            preview_late_rule(session, actor, late, None, now=clock())


def test_a_copy_of_the_discussion_has_the_rule(session, cast, clock, late):
    copy = get_discussion(session, cast.ines, copy_discussion(session, late.id, title="", now=clock()), now=clock())
    assert rule_of(copy.late_rule) == TEN


def test_of_two_who_change_the_rule_at_once_one_is_told(database, cast, discussion, session):
    session.commit()

    def change(rule):
        with database.writing() as own:
            change_late_rule(own, cast.ines, discussion, rule, seen=None, now=MONDAY)

    outcomes = at_once([partial(change, TEN), partial(change, TWENTY)])
    assert raced(outcomes) == ["LateRuleChanged", "NoneType"]
