"""Points for participation in a gradebook column: when they are sent, and what changes nothing there unasked."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from lti_app.core.errors import Forbidden
from lti_app.course.courses.actions import deactivate_others
from lti_app.course.courses.rules import Role
from lti_app.discussion.discussions.actions.extensions import extend
from lti_app.discussion.discussions.actions.settings import save_settings
from lti_app.discussion.discussions.models import Discussion
from lti_app.discussion.discussions.queries.discussion import get_discussion
from lti_app.discussion.discussions.rules import Anonymity, Calendar
from lti_app.discussion.posts.models import Post
from lti_app.grading.assessments.actions.bulk import excuse
from lti_app.grading.assessments.actions.duplicating import copy_graded_discussion
from lti_app.grading.assessments.actions.grading import release, release_all
from lti_app.grading.assessments.actions.reopening import take_back
from lti_app.grading.assessments.actions.sending_points import Sending, send_points
from lti_app.grading.assessments.queries.history import list_history
from lti_app.grading.assessments.queries.points import collect_points, get_points
from lti_app.grading.assessments.rules import GradeEventKind
from lti_app.grading.passbacks.actions.queueing import withdraw_unsent
from lti_app.grading.passbacks.actions.sending import claim_due, finish_failed, finish_sent
from lti_app.grading.passbacks.models import Passback, PointsPassback
from lti_app.grading.passbacks.rules.states import PassbackState, ReadBack, ScoreKind
from lti_app.grading.points.errors import NoPointsColumn, PointsWait
from lti_app.grading.points.queries import get_sent_points
from lti_app.grading.rubrics.models import Criterion, Level, Rubric
from lti_app.grading.rubrics.queries import get_rubric, newest_rubric
from lti_app.participation.progress.queries import collect_class_verdicts, get_participation
from lti_app.participation.requirements.early import EarlyRule
from lti_app.participation.requirements.points import PointsUse
from lti_app.participation.requirements.registry import to_stored, use_from_stored
from tests.cast import arrive
from tests.factories.discussions import ASKED, PAID, WEEK, plan, set_up
from tests.factories.grades import mark
from tests.factories.passbacks import passback_states, points_sent
from tests.factories.posts import write
from tests.races import at_once
from tests.statements import count_statements

LEASE = timedelta(minutes=2)


@pytest.fixture
def paid(session, cast, clock):
    """The first post has 2 points and two replies have 3; the class is in its second week, Ana has posted alone."""
    discussion = set_up(session, cast.ines, clock(), **PAID)
    write(session, cast.ana, discussion, now=clock())
    clock.move(days=8)
    return discussion


def reopened(session, cast, discussion, clock):
    return get_discussion(session, cast.ines, discussion.id, now=clock())


def lines_of(session, cast, discussion, clock, actor=None):
    points_of = collect_points(session, actor or cast.ines, discussion, now=clock())
    return {each.person_id: points_of(each.person_id) for each in cast.students}


def send(session, cast, discussion, clock, *students, actor=None):
    lines = lines_of(session, cast, discussion, clock)
    ticked = {each.person_id: lines[each.person_id].fingerprint for each in students or cast.students}
    return send_points(session, actor or cast.tariq, discussion, ticked=ticked, now=clock())


def sent(session, discussion):
    found = points_sent(session, discussion.id)
    return {person_id: (each.report.given, each.report.possible) for person_id, each in found.items()}


def lms_takes(session, clock):
    for each in claim_due(session, clock(), limit=100, lease=LEASE):
        finish_sent(session, each, now=clock())


def graded(session, cast, discussion, clock, *students):
    for student in students:
        mark(session, cast.ines, discussion, student, now=clock())
        release(session, cast.ines, discussion, student.person_id, now=clock())


def test_a_release_sends_the_grade_and_the_points(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana)
    assert sent(session, paid) == {cast.ana.person_id: (Decimal(2), Decimal(5))}
    assert passback_states(session, paid.id)[cast.ana.person_id].given == 20
    claimed = claim_due(session, clock(), limit=10, lease=LEASE)
    assert [each.score.kind for each in claimed] == [ScoreKind.GRADE, ScoreKind.POINTS]
    (part,) = claimed[1].score.parts
    assert (part.key, part.label, part.given, part.possible) == ("points", "participation", 2, 5)
    assert (claimed[1].score.submitted_at, claimed[1].score.comment) == (None, "")


def test_a_release_of_the_class_sends_the_points_of_those_who_are_graded(session, cast, paid, clock):
    for student in (cast.ana, cast.ben):
        mark(session, cast.ines, paid, student, now=clock())
    excuse(session, cast.ines, paid, [cast.ben.person_id], is_excused=True, now=clock())
    assert release_all(session, cast.ines, paid, now=clock()) == 1
    assert sent(session, paid) == {cast.ana.person_id: (2, 5)}


def test_an_excused_student_has_no_points_even_where_the_grade_is_released_alone(session, cast, paid, clock):
    excuse(session, cast.ines, paid, [cast.ana.person_id], is_excused=True, now=clock())
    graded(session, cast, paid, clock, cast.ana)
    assert sent(session, paid) == {}
    assert send(session, cast, paid, clock, cast.ana) == Sending(0, 1)


@pytest.mark.parametrize("use", [PointsUse(), PointsUse(1)], ids=["nothing-but-the-page", "a-criterion"])
def test_points_without_a_column_are_sent_nowhere(session, cast, clock, use):
    discussion = set_up(session, cast.ines, clock(), **{**PAID, "use": use})
    write(session, cast.ana, discussion, now=clock())
    graded(session, cast, discussion, clock, cast.ana)
    assert sent(session, discussion) == {}
    with pytest.raises(NoPointsColumn):
        send(session, cast, discussion, clock)


def test_a_column_without_points_gets_nothing(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), use=PAID["use"])
    graded(session, cast, discussion, clock, cast.ana)
    assert sent(session, discussion) == {}
    with pytest.raises(NoPointsColumn):
        send(session, cast, discussion, clock)


def test_a_class_that_is_not_graded_is_sent_its_points_by_hand(session, cast, paid, clock):
    assert send(session, cast, paid, clock) == Sending(3, 0)
    expected = {cast.ana.person_id: (2, 5), cast.ben.person_id: (0, 5), cast.chi.person_id: (0, 5)}
    assert sent(session, paid) == expected
    assert session.scalars(select(Passback)).all() == []
    assert send(session, cast, paid, clock) == Sending(0, 3), "nothing is there to be sent again"


def test_what_changes_afterwards_is_told_and_sent_only_when_somebody_chooses_to(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana)
    lms_takes(session, clock)
    bens = write(session, cast.ben, paid, now=clock())
    session.execute(update(Discussion).values(closes_at=None))
    discussion = reopened(session, cast, paid, clock)
    write(session, cast.ana, discussion, now=clock(), to=bens)
    mark(session, cast.ines, discussion, cast.ana, 1, 0, 0, 0, 0, now=clock(), version=1)
    release(session, cast.ines, discussion, cast.ana.person_id, now=clock())
    assert sent(session, discussion) == {cast.ana.person_id: (2, 5)}, "another grade is released, and no other points"
    line = lines_of(session, cast, discussion, clock)[cast.ana.person_id]
    assert (line.now.given, line.differs, line.can_be_sent) == (Decimal("3.50"), True, True)
    assert send(session, cast, discussion, clock, cast.ana) == Sending(1, 0)
    assert sent(session, discussion) == {cast.ana.person_id: (Decimal("3.50"), 5)}
    kinds = [event.kind for event in list_history(session, cast.ines, discussion, cast.ana.person_id)]
    assert kinds.count(GradeEventKind.POINTS_SENT) == 2


def test_an_extension_afterwards_changes_nothing_by_itself(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana)
    lms_takes(session, clock)
    later = Calendar(replies_due=WEEK.replies_due + timedelta(days=5), closes_at=WEEK.closes_at + timedelta(days=5))
    extend(session, cast.ines, paid, person_id=cast.ana.person_id, dates=later, note="", now=clock())
    line = lines_of(session, cast, reopened(session, cast, paid, clock), clock)[cast.ana.person_id]
    assert (line.differs, line.now.is_open) == (False, True)
    assert sent(session, paid) == {cast.ana.person_id: (2, 5)}


def test_another_maximum_is_no_difference_where_the_share_is_the_same(session, cast, paid, clock):
    send(session, cast, paid, clock, cast.ana, cast.ben)
    lms_takes(session, clock)
    doubled = {kind: replace(own, points=own.points * 2) for kind, own in PAID["own"].items()}
    settings = plan(**{**PAID, "own": doubled})
    save_settings(session, cast.ines, paid.id, settings=settings, version=1, now=clock())
    discussion = reopened(session, cast, paid, clock)
    lines = lines_of(session, cast, discussion, clock)
    assert (lines[cast.ana.person_id].now.given, lines[cast.ana.person_id].now.possible) == (4, 10)
    assert not any(line.differs for line in lines.values())
    changed = {**PAID["own"], "first_post": replace(PAID["own"]["first_post"], points=Decimal(7))}
    save_settings(session, cast.ines, paid.id, settings=plan(**{**PAID, "own": changed}), version=2, now=clock())
    lines = lines_of(session, cast, reopened(session, cast, paid, clock), clock)
    assert [line.differs for line in lines.values()] == [True, False, False]
    assert sent(session, paid)[cast.ana.person_id] == (2, 5)


def test_the_version_of_the_rule_and_the_points_as_counted_are_kept(session, cast, paid, clock):
    session.execute(update(Discussion).values(rule_version=3))
    discussion = reopened(session, cast, paid, clock)
    graded(session, cast, discussion, clock, cast.ana)
    kept = points_sent(session, discussion.id)[cast.ana.person_id]
    assert (kept.rule_version, kept.earned, kept.countable) == (3, 2, 5)
    event = list_history(session, cast.ines, discussion, cast.ana.person_id)[0]
    assert (event.kind, event.total, event.by) == (GradeEventKind.POINTS_SENT, 2, "Ines Navarro")
    assert [(each.title, each.points, each.maximum) for each in event.marks] == [("participation", 2, 5)]


def test_what_is_excused_for_an_early_poster_is_scaled(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), **PAID, early=EarlyRule(2))
    write(session, cast.ana, discussion, now=clock())
    clock.move(days=8)
    send(session, cast, discussion, clock, cast.ana)
    kept = points_sent(session, discussion.id)[cast.ana.person_id]
    assert (kept.earned, kept.countable, kept.is_scaled) == (2, 2, True)
    assert sent(session, discussion) == {cast.ana.person_id: (5, 5)}


def test_taking_a_grade_back_withdraws_points_that_the_lms_has_not_accepted(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana, cast.ben)
    claimed = claim_due(session, clock(), limit=10, lease=LEASE)
    for each in claimed:
        if each.score.person_id == cast.ben.person_id:
            finish_sent(session, each, now=clock())
    for student in (cast.ana, cast.ben):
        take_back(session, cast.ines, paid, student.person_id, now=clock())
    assert sent(session, paid) == {cast.ben.person_id: (0, 5)}
    for each in claimed:  # the answer comes when nobody waits for it any more
        finish_sent(session, each, now=clock())
    assert sent(session, paid) == {cast.ben.person_id: (0, 5)}
    release(session, cast.ines, paid, cast.ana.person_id, now=clock())
    assert sent(session, paid)[cast.ana.person_id] == (2, 5)


def test_withdrawing_a_grade_leaves_the_points(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana)
    withdraw_unsent(session, discussion_id=paid.id, person_id=cast.ana.person_id)
    assert passback_states(session, paid.id) == {}
    assert sent(session, paid) == {cast.ana.person_id: (2, 5)}


def test_one_score_that_is_refused_does_not_keep_the_other(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana)
    grade, points = claim_due(session, clock(), limit=10, lease=LEASE)
    finish_failed(session, points, code="no_columns", refused=True, now=clock())
    finish_sent(session, grade, now=clock())
    assert passback_states(session, paid.id)[cast.ana.person_id].state is PassbackState.SENT
    report = points_sent(session, paid.id)[cast.ana.person_id].report
    assert (report.state, report.error_code) == (PassbackState.REFUSED, "no_columns")


def test_points_that_the_lms_shows_otherwise_are_replaced_only_when_chosen(session, cast, paid, clock):
    send(session, cast, paid, clock, cast.ana)
    lms_takes(session, clock)
    shown = {"read_back": ReadBack.CHANGED, "shown_given": Decimal(4), "shown_possible": Decimal(5)}
    session.execute(update(PointsPassback).values(**shown, checked_at=clock()))
    assert lines_of(session, cast, paid, clock)[cast.ana.person_id].can_be_sent
    assert send(session, cast, paid, clock, cast.ana) == Sending(1, 0)
    row = session.scalars(select(PointsPassback).execution_options(populate_existing=True)).one()
    assert (row.state, row.sends_unseen) == (PassbackState.PENDING, True)


def test_points_that_changed_since_somebody_looked_are_left_alone(session, cast, paid, clock):
    ticked = {
        cast.ana.person_id: "what it was",
        cast.ben.person_id: lines_of(session, cast, paid, clock)[cast.ben.person_id].fingerprint,
    }
    assert send_points(session, cast.ines, paid, ticked=ticked, now=clock()) == Sending(1, 1)
    assert sent(session, paid) == {cast.ben.person_id: (0, 5)}


def test_a_deleted_post_is_a_difference(session, cast, paid, clock):
    graded(session, cast, paid, clock, cast.ana)
    session.execute(update(Post).values(deleted_at=clock(), deleted_by_id=cast.ana.person_id))
    line = lines_of(session, cast, paid, clock)[cast.ana.person_id]
    assert (line.now.given, line.differs) == (0, True)


def test_only_active_students_have_points(session, cast, paid, clock):
    stay = {cast.ana.person_id, cast.ines.person_id, cast.tariq.person_id}
    deactivate_others(session, cast.course_id, stay, clock() + timedelta(days=1))
    points_of = collect_points(session, cast.ines, paid, now=clock())
    people = (cast.ana, cast.ben, cast.olga, cast.ines, cast.stranger)
    ticked = {each.person_id: points_of(each.person_id).fingerprint for each in people}
    assert send_points(session, cast.ines, paid, ticked=ticked, now=clock()) == Sending(1, 4)
    assert sent(session, paid) == {cast.ana.person_id: (2, 5)}


def test_a_student_who_comes_late_has_points_like_everybody_else(session, cast, paid, clock):
    late = arrive(session, cast.course_id, "Lena Late", Role.STUDENT, now=clock())
    points_of = collect_points(session, cast.ines, paid, now=clock())
    ticked = {late.person_id: points_of(late.person_id).fingerprint}
    assert send_points(session, cast.ines, paid, ticked=ticked, now=clock()) == Sending(1, 0)
    assert sent(session, paid) == {late.person_id: (0, 5)}


def test_while_names_are_hidden_points_go_with_released_grades_alone(session, cast, clock):
    discussion = set_up(session, cast.ines, clock(), **PAID, anonymity=Anonymity.BLIND)
    write(session, cast.ana, discussion, now=clock())
    discussion = reopened(session, cast, discussion, clock)
    with pytest.raises(PointsWait):
        send(session, cast, discussion, clock)
    graded(session, cast, discussion, clock, cast.ana)
    assert sent(session, discussion) == {cast.ana.person_id: (2, 5)}


@pytest.mark.parametrize("who", ["ana", "olga"])
def test_students_and_observers_send_nothing_and_see_only_their_own(session, cast, paid, clock, who):
    send(session, cast, paid, clock)
    actor = getattr(cast, who)
    with pytest.raises(Forbidden):
        send_points(session, actor, paid, ticked={}, now=clock())
    with pytest.raises(Forbidden):
        lines_of(session, cast, paid, clock, actor=actor)
    with pytest.raises(Forbidden):
        get_sent_points(session, actor, paid, cast.ben.person_id)
    own = get_participation(session, cast.ana, paid, now=clock())
    line = get_points(session, cast.ana, paid, cast.ana.person_id, own.verdicts)
    assert (line.now.given, line.sent.report.given) == (2, 2)


def test_an_assistant_sends_as_an_instructor_does(session, cast, paid, clock):
    assert send(session, cast, paid, clock, actor=cast.tariq) == Sending(3, 0)


def test_a_copy_has_the_choice_and_no_scores(session, cast, paid, clock):
    send(session, cast, paid, clock)
    copy_id = copy_graded_discussion(session, paid.id, course_id=paid.course_id, title="Copy", now=clock())
    assert use_from_stored(tuple(session.get_one(Discussion, copy_id).requirements)) == PAID["use"]
    assert points_sent(session, copy_id) == {}


@pytest.mark.parametrize("has_rubric", [True, False], ids=["rubric", "no-rubric"])
def test_a_copy_fills_the_criterion_of_its_own_rubric(session, cast, clock, has_rubric):
    discussion = set_up(session, cast.ines, clock())
    old = get_rubric(session, discussion).criteria[1].key
    stored = to_stored(ASKED, PAID["own"], use=PointsUse(old))
    session.execute(update(Discussion).values(requirements=[dict(each) for each in stored]))
    if not has_rubric:
        for table in (Level, Criterion, Rubric):
            session.execute(delete(table))
    copy_id = copy_graded_discussion(session, discussion.id, course_id=discussion.course_id, title="", now=clock())
    use = use_from_stored(tuple(session.get_one(Discussion, copy_id).requirements))
    assert use == (PointsUse(newest_rubric(session, copy_id).criteria[1].key) if has_rubric else PointsUse())


def test_a_class_costs_one_statement_beside_its_evaluation(database, session, cast, paid, clock):
    verdicts_of = collect_class_verdicts(session, cast.ines, paid, now=clock())
    with count_statements(database.engine) as statements:
        points_of = collect_points(session, cast.ines, paid, verdicts_of=verdicts_of, now=clock())
        assert [points_of(each.person_id).now.given for each in cast.students] == [2, 0, 0]
    assert len(statements) == 1


def test_of_a_release_and_two_clicks_at_once_one_sends_the_points(database, session, cast, paid, clock):
    mark(session, cast.ines, paid, cast.ana, now=clock())
    line = lines_of(session, cast, paid, clock)[cast.ana.person_id]
    ticked = {cast.ana.person_id: line.fingerprint}
    session.commit()

    def send_them():
        with database.writing() as own:
            return send_points(own, cast.tariq, paid, ticked=ticked, now=clock()).queued

    def release_it():
        with database.writing() as own:
            release(own, cast.ines, paid, cast.ana.person_id, now=clock())
        return 0

    outcomes = at_once([send_them, send_them, release_it])
    assert sorted(outcomes)[:2] == [0, 0]
    row = session.scalars(select(PointsPassback)).one()
    assert (row.wanted_version, row.given) == (1, 2)
    assert [each.kind for each in list_history(session, cast.ines, paid, cast.ana.person_id)].count(
        GradeEventKind.POINTS_SENT
    ) == 1
